import { answerInvitation, inviteTo } from '../../calendar/attendees'
import type { MeetingException } from '../../calendar/definition'
import { CrmError } from '../../kernel/errors'
import { createIn, validateCreate } from '../../records/create'
import { requireForWrite } from '../../records/find'
import type { AnyRecord } from '../../records/types'
import { updateIn, validatePatch } from '../../records/update'
import type { WriteSession } from '../../records/write'
import { addressOf, idOfUid, type Letters, originOf } from './people'
import type { CalendarEvent, CalendarPerson } from './types'

interface Outcome {
  meeting: string
  changed: boolean
}

/** They invite us, or change what they invited us to. The same letter again, or an older one, does nothing. */
export async function invitedByThem(write: WriteSession, events: Letters, organizer: string): Promise<Outcome> {
  const [first] = events
  const known = await knownOf(write, first, organizer)
  const series = events.find(({ recurrenceId }) => recurrenceId === undefined)
  if (known && !known.isNews) return { meeting: known.meeting.id, changed: false }
  const exceptions = exceptionsOf(events, known?.meeting)
  const values = series
    ? { ...valuesOf(series), ...(Object.keys(exceptions).length > 0 && { exceptions }) }
    : { exceptions }
  if (known) {
    const patch = await validatePatch(write.caller, 'meetings', values)
    await updateIn(write, 'meetings', known.meeting.id, { ...patch, status: 'planned', sequence: first.sequence })
    await remember(write, known.meeting.id, first, true)
    return { meeting: known.meeting.id, changed: true }
  }
  const clean = await validateCreate(write.caller, 'meetings', valuesOf(series ?? first))
  const exceptional = series && Object.keys(exceptions).length > 0 ? { exceptions } : {}
  const uid = { uid: first.uid, sequence: first.sequence }
  const made = await createIn(write, 'meetings', { ...clean, ...exceptional, ...uid })
  await remember(write, made.id, first, false)
  await inviteAll(write, made.id, first, organizer)
  return { meeting: made.id, changed: true }
}

/** They call it off, or one occurrence of it. */
export async function cancelledByThem(write: WriteSession, events: Letters, organizer: string): Promise<Outcome> {
  const [first] = events
  const known = await knownOf(write, first, organizer)
  if (!known) throw unknown()
  const { meeting, isNews } = known
  if (!isNews) return { meeting: meeting.id, changed: false }
  const whole = events.some(({ recurrenceId }) => recurrenceId === undefined)
  const gone = Object.fromEntries(
    events.flatMap(({ recurrenceId }) => (recurrenceId ? [[keyOf(recurrenceId), { status: 'cancelled' }]] : [])),
  )
  const values = whole ? { status: 'cancelled' } : { exceptions: { ...(meeting.exceptions as object | null), ...gone } }
  await updateIn(write, 'meetings', meeting.id, { ...values, sequence: first.sequence })
  await remember(write, meeting.id, first, true)
  return { meeting: meeting.id, changed: true }
}

/** The meeting we have of it, which only they may change, and only by something newer than what they said last. */
async function knownOf(write: WriteSession, event: CalendarEvent, organizer: string) {
  const id = await idOfUid(write.caller, write, event.uid as string)
  if (id === undefined) return undefined
  const meeting = await requireForWrite(write, 'meetings', id, 'update')
  const origin = await originOf(write.caller, id, write)
  if (origin?.address !== organizer) throw notTheirs()
  const sequence = event.sequence - (meeting.sequence as number)
  const isNews = sequence > 0 || (sequence === 0 && stampOf(event) > origin.stamp)
  return { meeting, isNews }
}

const stampOf = ({ stamp = new Date(0) }: CalendarEvent) => stamp

async function remember({ caller, run }: WriteSession, meeting: string, event: CalendarEvent, again: boolean) {
  const table = caller.storage.table('meeting_origin')
  const { address, name = null } = event.organizer as CalendarPerson
  const values = [addressOf(caller, address), name?.slice(0, 255) ?? null, stampOf(event).getTime()]
  const statement = again
    ? `update ${table} set organizer = ?, organizer_name = ?, stamp = ? where tenant_id = ? and meeting_id = ?`
    : `insert into ${table} (organizer, organizer_name, stamp, tenant_id, meeting_id) values (?, ?, ?, ?, ?)`
  await run(statement, [...values, caller.tenant, meeting])
}

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
    title: (title ?? 'Meeting').slice(0, 255),
    description: description?.slice(0, 20_000) ?? null,
    location: location?.slice(0, 1_000) ?? null,
    url: url && /^https?:\/\/\S+$/i.test(url) && url.length <= 2_000 ? url : null,
    ...(lasts ? times : { startAt: times.startAt, startDate: times.startDate }),
    zone,
    recurrence: recurrence?.rule ?? null,
    busy,
  }
}

/** Occurrences that they left out or moved, beside those known already when the letter is about single ones. */
function exceptionsOf(events: Letters, known: AnyRecord | undefined): Record<string, MeetingException> {
  const series = events.find(({ recurrenceId }) => recurrenceId === undefined)
  const before = series ? {} : ((known?.exceptions ?? {}) as Record<string, MeetingException>)
  const left = (series?.recurrence?.except ?? []).map((start) => [keyOf(start), { status: 'cancelled' }])
  const moved = events.flatMap(({ recurrenceId, start, end }) => {
    if (recurrenceId === undefined || start === undefined || end === undefined || end <= start) return []
    const at =
      typeof start === 'string' ? { startDate: start, endDate: end } : { startAt: keyOf(start), endAt: keyOf(end) }
    return [[keyOf(recurrenceId), at]]
  })
  return { ...before, ...Object.fromEntries([...left, ...moved]) }
}

const keyOf = (time: Date | string) => (typeof time === 'string' ? time : time.toISOString())

/** We are invited, and so are others; at most two hundred are kept. */
async function inviteAll(write: WriteSession, meeting: string, event: CalendarEvent, organizer: string) {
  const { caller, actor } = write
  const { user } = actor
  const inside = write.inside()
  const own = user === null ? null : addressOf(caller, await ownAddress(write, user))
  const addresses = new Map(event.attendees.map((one) => [addressOf(caller, one.address), one]))
  const others = [...addresses]
    .filter(([address]) => address !== null && address !== own && address !== organizer)
    .slice(0, 199)
  const invitees = [
    ...(user === null ? [] : [{ user }]),
    ...others.map(([email, { name, optional }]) => ({
      email: email as string,
      ...(name && { name: name.slice(0, 255) }),
      role: optional ? ('optional' as const) : ('required' as const),
    })),
  ]
  if (invitees.length > 0) await inviteTo(inside, meeting, invitees)
  const answer = own === null ? undefined : addresses.get(own)?.answer
  if (answer !== undefined && answer !== 'pending') await answerInvitation(inside, meeting, answer)
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
