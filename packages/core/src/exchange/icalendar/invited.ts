import { answerInvitation, inviteTo } from '../../calendar/attendees'
import type { MeetingException } from '../../calendar/definition'
import { CrmError } from '../../kernel/errors'
import { createIn, validateCreate } from '../../records/create'
import { requireForWrite } from '../../records/find'
import type { AnyRecord } from '../../records/types'
import { updateIn, validatePatch } from '../../records/update'
import type { WriteSession } from '../../records/write'
import { addressOf, guestsOf, idOfUid, type Letters, type Origin, originOf } from './people'
import type { CalendarEvent, CalendarPerson } from './types'

interface Outcome {
  meeting: string
  changed: boolean
}

/** They invite us, or change what they invited us to. The same letter again, or an older one, does nothing. */
export async function invitedByThem(write: WriteSession, events: Letters, organizer: string): Promise<Outcome> {
  const [first] = events
  const known = await knownOf(write, first, organizer)
  if (known && !isNews(known.origin, first)) return { meeting: known.meeting.id, changed: false }
  const series = events.find(({ recurrenceId }) => recurrenceId === undefined)
  const exceptions = exceptionsOf(events, known?.meeting)
  if (!known) {
    const clean = await validateCreate(write.caller, 'meetings', valuesOf(series ?? first))
    const more = { uid: first.uid, sequence: first.sequence, ...(series && { exceptions }) }
    const made = await createIn(write, 'meetings', { ...clean, ...more })
    await remember(write, made.id, first, false)
    await inviteAll(write, made.id, first, organizer)
    return { meeting: made.id, changed: true }
  }
  const { id } = known.meeting
  const patch = await validatePatch(write.caller, 'meetings', { ...(series && valuesOf(series)), exceptions })
  const after = await updateIn(write, 'meetings', id, { ...patch, status: 'planned' })
  await remember(write, id, first, true)
  if (TIMES.some((name) => !same(known.meeting[name], after[name]))) await askAgain(write, id)
  return { meeting: id, changed: true }
}

/** They call it off, or one occurrence of it. */
export async function cancelledByThem(write: WriteSession, events: Letters, organizer: string): Promise<Outcome> {
  const [first] = events
  const known = await knownOf(write, first, organizer)
  if (!known) throw unknown()
  const { meeting, origin } = known
  // Some call off with the number and the moment of the invitation.
  const isOld = first.sequence < origin.sequence || stampOf(first) < origin.stamp
  if (isOld || meeting.status === 'cancelled') return { meeting: meeting.id, changed: false }
  const whole = events.some(({ recurrenceId }) => recurrenceId === undefined)
  const gone = Object.fromEntries(
    events.flatMap(({ recurrenceId }) => (recurrenceId ? [[keyOf(recurrenceId), { status: 'cancelled' }]] : [])),
  )
  const values = whole ? { status: 'cancelled' } : { exceptions: { ...(meeting.exceptions as object | null), ...gone } }
  const after = await updateIn(write, 'meetings', meeting.id, values)
  await remember(write, meeting.id, first, true)
  return { meeting: meeting.id, changed: after.version !== meeting.version }
}

/** The meeting we have of it, which only they may change. */
async function knownOf(write: WriteSession, event: CalendarEvent, organizer: string) {
  const id = await idOfUid(write.caller, write, event.uid as string)
  if (id === undefined) return undefined
  const meeting = await requireForWrite(write, 'meetings', id, 'update')
  const origin = await originOf(write.caller, id, write)
  if (origin?.address !== organizer) throw notTheirs()
  return { meeting, origin }
}

/** Newer than what they told last. What we changed ourselves does not count. */
const isNews = (origin: Origin, event: CalendarEvent) =>
  event.sequence > origin.sequence || (event.sequence === origin.sequence && stampOf(event) > origin.stamp)

const stampOf = ({ stamp = new Date(0) }: CalendarEvent) => stamp

async function remember({ caller, run }: WriteSession, meeting: string, event: CalendarEvent, again: boolean) {
  const table = caller.storage.table('meeting_origin')
  const { address, name } = event.organizer as CalendarPerson
  const values = [addressOf(caller, address), cut(name, 255), event.sequence, stampOf(event).getTime()]
  const statement = again
    ? `update ${table} set organizer = ?, organizer_name = ?, sequence = ?, stamp = ? where tenant_id = ? and meeting_id = ?`
    : `insert into ${table} (organizer, organizer_name, sequence, stamp, tenant_id, meeting_id) values (?, ?, ?, ?, ?, ?)`
  await run(statement, [...values, caller.tenant, meeting])
}

const TIMES = ['startAt', 'endAt', 'startDate', 'endDate', 'recurrence']
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** Who said yes to another time has not answered yet. */
async function askAgain(write: WriteSession, meeting: string) {
  for (const { user, answer } of await guestsOf(write.caller, meeting, write))
    if (user !== null && answer !== 'pending')
      await answerInvitation(write.inside(), meeting, 'needs-action', { attendee: { user } })
}

/** At most so many characters, none of them half. */
const cut = (text: string | undefined, most: number) => text?.slice(0, most).replace(/\p{Surrogate}$/u, '') ?? null

/** What a meeting of ours can hold of theirs. */
function valuesOf({ title, description, location, url, start, end, zone, recurrence, busy }: CalendarEvent) {
  const dated = typeof start === 'string'
  const times = {
    startAt: dated ? null : start,
    endAt: dated ? null : end,
    startDate: dated ? start : null,
    endDate: dated ? end : null,
  }
  const lasts = end !== undefined && start !== undefined && end > start
  return {
    title: cut(title, 255) ?? 'Meeting',
    description: cut(description, 20_000),
    location: cut(location, 1_000),
    url: url && /^https?:\/\/\S+$/i.test(url) && url.length <= 2_000 ? url : null,
    ...(lasts ? times : { startAt: times.startAt, startDate: times.startDate }),
    zone,
    recurrence: recurrence?.rule ?? null,
    busy,
  }
}

/** Occurrences that they left out or moved, beside those known already when the letter is about single ones, or held. */
function exceptionsOf(events: Letters, known: AnyRecord | undefined): Record<string, MeetingException> | null {
  const series = events.find(({ recurrenceId }) => recurrenceId === undefined)
  const before = Object.entries((known?.exceptions ?? {}) as Record<string, MeetingException>).filter(
    ([, { status }]) => !series || status === 'held' || status === 'no-show',
  )
  const left = (series?.recurrence?.except ?? []).map((start) => [keyOf(start), { status: 'cancelled' }])
  const moved = events.flatMap(({ recurrenceId, start, end }) => {
    if (recurrenceId === undefined || start === undefined || end === undefined || end <= start) return []
    const at =
      typeof start === 'string' ? { startDate: start, endDate: end } : { startAt: keyOf(start), endAt: keyOf(end) }
    return [[keyOf(recurrenceId), at]]
  })
  const all = [...before, ...left, ...moved]
  return all.length === 0 || (series && !series.recurrence?.rule) ? null : Object.fromEntries(all)
}

const keyOf = (time: Date | string) => (typeof time === 'string' ? time : time.toISOString())

/** We are invited, and so are others; at most two hundred are kept. */
async function inviteAll(write: WriteSession, meeting: string, event: CalendarEvent, organizer: string) {
  const { caller, actor } = write
  const { user } = actor
  const own = user === null ? null : addressOf(caller, await ownAddress(write, user))
  const addresses = new Map(event.attendees.map((one) => [addressOf(caller, one.address), one]))
  const others = [...addresses]
    .filter(([address]) => address !== null && address !== own && address !== organizer)
    .slice(0, 199)
  const invitees = [
    ...(user === null ? [] : [{ user }]),
    ...others.map(([email, { name, optional }]) => ({
      email: email as string,
      ...(name && { name: cut(name, 255) as string }),
      role: optional ? ('optional' as const) : ('required' as const),
    })),
  ]
  if (invitees.length > 0) await inviteTo(write.inside(), meeting, invitees)
}

async function ownAddress({ all, caller }: WriteSession, user: string) {
  const select = `select email from ${caller.storage.table('user')} where tenant_id = ? and id = ?`
  const [row] = await all(select, [caller.tenant, user])
  return row?.[0]
}

const unknown = () =>
  new CrmError('NOT_FOUND', 'There is no such meeting among yours.', {
    field: 'uid',
    rule: 'not-found',
    remedy: 'Nothing is to be done: it never was in the calendar, or is not any more.',
  })

const notTheirs = () =>
  new CrmError('FORBIDDEN', 'Somebody else organises this meeting.', {
    field: 'organizer',
    rule: 'not-the-organizer',
    remedy: 'Take changes only from whom it came.',
  })
