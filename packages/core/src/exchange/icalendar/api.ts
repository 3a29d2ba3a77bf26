import type { NamedSubscriber } from '../../events/subscribers'
import type { EmailPort } from '../../messages/ports'
import type { Caller } from '../../records/caller'
import type { FeedsApi } from './feeds'
import type { ReadCalendarOptions } from './read'
import type { Received, ReceiveOptions } from './receive'
import type { CalendarFile } from './types'
import type { WrittenCalendar } from './write'

/**
 * Reads iCalendar text (`.ics`, RFC 5545): events and todos with their instants, zones, recurrence, attendees and answers.
 * Zones are known by their IANA name, by what Windows calls them, or by what the file says about them. What cannot be read
 * is left out and told in `problems`, by line; a start that cannot be read, text that is no calendar, was cut off, or is
 * larger than 5 million characters is VALIDATION on `calendar`.
 *
 * @example
 * const { method, events } = await readCalendar(await file.text(), { zone: 'Europe/Berlin' })
 */
export async function readCalendar(text: string, options?: ReadCalendarOptions): Promise<CalendarFile> {
  return (await import('./read')).readCalendarText(text, options)
}

/**
 * Writes iCalendar text: what {@link readCalendar} gives can be written again. Times on the clocks of a zone come with its
 * description (VTIMEZONE), so that Outlook and others follow a recurrence when the clocks change.
 * Throws VALIDATION on `calendar` for an event without uid, start or zone, or with a rule that is none.
 *
 * @example
 * const ics = await writeCalendar({ name: 'Sales', events: [{ uid: 'kick-off@example.com', title: 'Kick-off', start, zone: 'Europe/Berlin' }] })
 */
export async function writeCalendar(calendar: WrittenCalendar): Promise<string> {
  return (await import('./write')).writeCalendarText(calendar, new Date())
}

export const feedsApi = (caller: Caller): FeedsApi => ({
  create: async () => (await import('./feeds')).createFeed(caller),
  rotate: async () => (await import('./feeds')).rotateFeed(caller),
  revoke: async () => (await import('./feeds')).revokeFeed(caller),
})

/** Mails attendees what they must hear of a meeting, as its events are read from the log. */
export const invitationMail = (email: EmailPort, callerOf: (tenant: string) => Caller): NamedSubscriber => ({
  name: 'calendar.invitations',
  timeout: 50_000,
  hears: ({ recordType }) => recordType === 'meetings',
  handle: async ({ recordId }, { tenant }) =>
    (await import('./invitations')).tellEverybody(callerOf(tenant), email, recordId),
})

/** Mail about meetings, as calendar programs send it. */
export interface MeetingMailApi {
  /**
   * Takes in a letter about a meeting, by the calendar text that came with a mail. A reply sets the answer of the attendee
   * whose address it came from, in a meeting that the caller may change. An invitation of somebody else makes a meeting
   * of the caller's, or changes it; their cancellation calls it off. Letters that come again, late or out of order change
   * nothing. `from` is who sent the mail, as the mail system knows it: nobody speaks for another.
   *
   * NOT_FOUND for a reply to, or a cancellation of, a meeting that is not among the caller's; FORBIDDEN for one from
   * somebody else's address; VALIDATION for what cannot be read.
   *
   * @example
   * await me.meetings.receive(mail.calendarText, { from: mail.sender })
   */
  receive(ics: string, options: ReceiveOptions): Promise<Received>
}

export const meetingMailApi = (caller: Caller): MeetingMailApi => ({
  receive: async (ics, options) => (await import('./receive')).receiveMail(caller, ics, options),
})
