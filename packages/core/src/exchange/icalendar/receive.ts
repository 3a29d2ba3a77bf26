import { answerInvitation } from '../../calendar/attendees'
import { CrmError, invalid } from '../../kernel/errors'
import type { Caller } from '../../records/caller'
import { writeQuery } from '../../records/checks'
import { findInScope, notFound } from '../../records/find'
import { hold } from '../../records/guard'
import { queryContext } from '../../records/query'
import { transact, type WriteSession } from '../../records/write'
import { refuse } from './components'
import { cancelledByThem, invitedByThem } from './invited'
import { addressOf, type Guest, guestsOf, idOfUid, type Letters, originOf } from './people'
import { readCalendarText } from './read'
import type { CalendarEvent, CalendarFile } from './types'

export interface ReceiveOptions {
  /** Address that the mail came from: nobody answers, invites or cancels for another. */
  from: string
}

export interface Received {
  method: 'REPLY' | 'REQUEST' | 'CANCEL'
  /** Id of the meeting. */
  meeting: string
  /** Whether it changed anything: a letter that comes again, or after a newer one, does not. */
  changed: boolean
}

/** What a letter about a meeting does to it. See `MeetingMailApi`. */
export async function receiveMail(caller: Caller, ics: string, options: ReceiveOptions): Promise<Received> {
  const { from: sender, ...rest } = Object(options) as ReceiveOptions
  const [stranger] = Object.keys(rest)
  if (stranger !== undefined) throw invalid(stranger, 'unknown-key', 'Use only: from.')
  const from = addressOf(caller, sender)
  if (from === null) throw invalid('from', 'invalid-email', 'Give the address that the mail came from.')
  const { actor } = await queryContext(caller)
  const file = await readCalendarText(ics, { zone: actor.zone })
  const { method } = file
  if (method !== 'REPLY' && method !== 'REQUEST' && method !== 'CANCEL')
    throw refuse('unsupported-method', 'Give a calendar whose METHOD is REPLY, REQUEST or CANCEL.')
  const events = eventsOfOne(file)
  return transact(caller, async (write) => {
    if (method === 'REPLY') return { method, ...(await replied(write, events[0], from)) }
    if (addressOf(caller, events[0].organizer?.address) !== from) throw forAnother('organizer', 'The organiser')
    await hold(write, 'calendar.uid', [events[0].uid as string])
    const takes = method === 'REQUEST' ? invitedByThem : cancelledByThem
    return { method, ...(await takes(write, events, from)) }
  })
}

/** A letter is about one meeting; what could not be read of it must not be taken for something else. */
function eventsOfOne({ events, problems }: CalendarFile): Letters {
  const [first] = events
  if (!first?.uid || first.uid.length > 255)
    throw refuse('required', 'Give an event with a UID of at most 255 characters.')
  if (events.length > 1_000 || events.some(({ uid }) => uid !== first.uid))
    throw refuse('several-meetings', 'Give a letter about one meeting: events of one UID.')
  const problem = problems.find(({ property }) => MATTERS.has(property))
  if (problem) throw refuse('unreadable', `Line ${problem.line}, ${problem.property}: ${problem.problem}`)
  return events as unknown as Letters
}

const MATTERS = new Set([
  'DTSTART',
  'DTEND',
  'DURATION',
  'RRULE',
  'RDATE',
  'EXDATE',
  'RECURRENCE-ID',
  'ATTENDEE',
  'ORGANIZER',
  'SEQUENCE',
])

/** An attendee's own answer, to a meeting that the caller may change. One that is older than what they said last says nothing. */
async function replied(write: WriteSession, event: CalendarEvent, from: string) {
  const { caller } = write
  const id = await idOfUid(write.caller, write, event.uid as string)
  const meeting = id && (await findInScope(writeQuery(write), write, 'meetings', id, 'update', { toChange: true }))
  if (!id || !meeting || (await originOf(caller, id, write))) throw notFound('meetings', 'uid')
  const [attendee, ...others] = event.attendees
  if (!attendee || others.length > 0) throw refuse('several-attendees', 'Give a reply of one attendee.')
  if (addressOf(caller, attendee.address) !== from) throw forAnother('attendee', 'An attendee')
  const guest = (await guestsOf(caller, id, write)).find(({ address }) => address === from)
  if (!guest) throw invalid('from', 'not-invited', 'Invite them first: nobody with this address is invited.')
  const stale = event.sequence < (meeting.sequence as number) || event.recurrenceId !== undefined
  if (stale || !(await isTheirLastWord(write, id, from, event.stamp))) return { meeting: id, changed: false }
  const answer = attendee.answer === 'pending' ? 'needs-action' : attendee.answer
  await answerInvitation(write.inside(), id, answer, { attendee: refOf(guest) })
  return { meeting: id, changed: guest.answer !== attendee.answer }
}

const refOf = ({ user, contact, address }: Guest) =>
  user !== null ? { user } : contact ? { contact } : { email: address }

/** Remembers when they wrote it; mails may come in another order. */
async function isTheirLastWord(
  { caller, run, all }: WriteSession,
  meeting: string,
  address: string,
  stamp = new Date(0),
) {
  const table = caller.storage.table('meeting_mail')
  const key = [caller.tenant, meeting, address]
  const lock = caller.engine.storage.dialect.forUpdate ?? ''
  const select = `select r.replied_at from ${table} r where r.tenant_id = ? and r.meeting_id = ? and r.address = ?${lock}`
  const [row] = await all(select, key)
  if (row?.[0] != null && Number(row[0]) >= stamp.getTime()) return false
  const where = 'tenant_id = ? and meeting_id = ? and address = ?'
  if (row) await run(`update ${table} set replied_at = ? where ${where}`, [stamp.getTime(), ...key])
  else
    await run(`insert into ${table} (tenant_id, meeting_id, address, replied_at) values (?, ?, ?, ?)`, [
      ...key,
      stamp.getTime(),
    ])
  return true
}

const forAnother = (field: string, who: string) =>
  new CrmError('FORBIDDEN', `${who} can speak only for themselves.`, {
    field,
    rule: 'another-sender',
    remedy: 'Take letters only from the address that they are about, as the mail system knows it.',
  })
