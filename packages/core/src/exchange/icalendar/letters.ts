import type { MailAddress, OutgoingEmail } from '../../messages/ports'
import type { AnyRecord } from '../../records/types'
import { meetingEvents } from './meeting-events'
import type { Word } from './told'
import type { CalendarAnswer, CalendarAttendee, CalendarPerson } from './types'
import { writeCalendarText } from './write'

/** What a letter about a meeting is made of. */
export interface Letter {
  meeting: AnyRecord
  word: Word
  organizer: CalendarPerson
  /** Whom the calendar text names: all of them in an invitation, otherwise whom it is about. */
  attendees: CalendarAttendee[]
  to: MailAddress
  now: Date
}

/** An email that calendar programs take for an invitation, a cancellation or an answer. */
export async function letterOf(letter: Letter): Promise<OutgoingEmail> {
  const { meeting, word, organizer, attendees, to, now } = letter
  const { method, sequence, told, address } = word
  const status = method === 'CANCEL' ? { status: 'cancelled' } : {}
  const events = meetingEvents(meeting, { organizer, attendees, sequence, stamp: now, ...status })
  // An answer is about the whole series, as is a cancellation.
  const content = await writeCalendarText({ method, events: method === 'REQUEST' ? events : events.slice(0, 1) }, now)
  const subject = `${subjectOf(letter)}: ${meeting.title as string}`.replace(/\s+/g, ' ')
  const lines = [subject, whenOf(meeting), meeting.location, meeting.url, meeting.description]
  return {
    id: ['meeting', meeting.id, address, method, sequence, told].join(':'),
    to: [to],
    subject,
    text: `${lines.filter(Boolean).join('\n')}\n`,
    calendar: { method, content },
  }
}

const ANSWERED: Record<CalendarAnswer, string> = {
  accepted: 'Accepted',
  declined: 'Declined',
  tentative: 'Tentative',
  pending: 'Not answered',
}

function subjectOf({ word, attendees }: Letter): string {
  if (word.method === 'CANCEL') return 'Cancelled'
  if (word.method === 'REPLY') return ANSWERED[attendees[0]?.answer ?? 'pending']
  return word.told === 'again' ? 'Updated invitation' : 'Invitation'
}

function whenOf({ startAt, endAt, startDate, endDate, zone }: AnyRecord): string {
  if (startDate !== null) return `${startDate} – ${endDate}`
  const shown = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: zone as string })
  return `${shown.formatRange(startAt as Date, endAt as Date)} (${zone})`
}
