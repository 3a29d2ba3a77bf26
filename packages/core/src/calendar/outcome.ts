import { CrmError, invalid } from '../kernel/errors'
import { startOfDay } from '../kernel/zones'
import type { Caller } from '../records/caller'
import { writeQuery } from '../records/checks'
import { concernedBy } from '../records/concerned'
import { createIn, shown } from '../records/create'
import { tableOf } from '../records/engine'
import { findInScope, requireForWrite } from '../records/find'
import { runVerb, type VerbOptions } from '../records/idempotency'
import type { AnyRecord } from '../records/types'
import { updateIn } from '../records/update'
import type { WriteSession } from '../records/write'
import type { MeetingException } from './definition'
import { keyOf } from './exceptions'

export interface OccurrenceOptions extends VerbOptions {
  /** One occurrence of a recurring meeting, by when its rule has it start: an instant, or a date for whole days. */
  occurrence?: Date | string
}

export interface HoldOptions extends OccurrenceOptions {
  /** What came of it, for the activity that is logged. */
  outcome?: string
}

type Exceptions = Record<string, MeetingException>

/** Calls the meeting off, or one occurrence of it. */
export const cancelMeeting = (caller: Caller, id: string, options: OccurrenceOptions = {}) => {
  const { occurrence, ...verb } = options ?? {}
  const key = readKey(occurrence)
  return runVerb(caller, 'meetings.cancel', [id, key], verb, async (write) => {
    const meeting = await requireForWrite(write, 'meetings', id, 'update')
    return shown(write, 'meetings', await settle(write, meeting, key, 'cancelled'))
  })
}

/** It took place: the status says so, and an activity of kind `meeting` is logged, once. */
export const holdMeeting = (caller: Caller, id: string, options: HoldOptions = {}) => {
  const { occurrence, outcome, ...verb } = options ?? {}
  const key = readKey(occurrence)
  if (outcome !== undefined && typeof outcome !== 'string') throw invalid('outcome', 'wrong-type', 'Give text.')
  return runVerb(caller, 'meetings.hold', [id, key, outcome], verb, async (write) => {
    const meeting = await requireForWrite(write, 'meetings', id, 'update')
    const exception = key === undefined ? undefined : exceptionsOf(meeting)[key]
    if (meeting.status === 'cancelled' || exception?.status === 'cancelled') throw calledOff()
    if (exception?.status === 'held') return shown(write, 'meetings', meeting)
    if (key === undefined) {
      const activity = meeting.activity ?? (await logActivity(write, meeting, key, outcome)).id
      return shown(write, 'meetings', await updateIn(write, 'meetings', id, { status: 'held', activity }))
    }
    const held = await settle(write, meeting, key, 'held')
    await logActivity(write, held, key, outcome)
    return shown(write, 'meetings', held)
  })
}

/** Says what became of the meeting, or of one occurrence. */
async function settle(write: WriteSession, meeting: AnyRecord, key: string | undefined, status: 'held' | 'cancelled') {
  if (key === undefined) return updateIn(write, 'meetings', meeting.id, { status })
  const exceptions = { ...exceptionsOf(meeting), [key]: { ...exceptionsOf(meeting)[key], status } }
  if (meeting.recurrence === null) throw unknownOccurrence()
  const settled = await updateIn(write, 'meetings', meeting.id, { exceptions })
  if (exceptionsOf(settled)[key]?.status !== status) throw unknownOccurrence()
  return settled
}

async function logActivity(write: WriteSession, meeting: AnyRecord, key: string | undefined, outcome?: string) {
  const moved = key === undefined ? undefined : exceptionsOf(meeting)[key]
  const { timeZone } = write.caller.engine.settings
  const day = moved?.startDate ?? (meeting.startDate === null ? null : (key ?? meeting.startDate))
  const start =
    day === null ? new Date(moved?.startAt ?? key ?? (meeting.startAt as Date)) : startOfDay(day as string, timeZone)
  const end = moved?.endAt === undefined ? start.getTime() + lengthOf(meeting) : Date.parse(moved.endAt)
  return createIn(write, 'activities', {
    kind: 'meeting',
    subject: meeting.title,
    occurredAt: start,
    ...(day === null && { duration: Math.round((end - start.getTime()) / 60_000) }),
    ...(outcome !== undefined && { outcome }),
    ...(await liveLinks(write, meeting)),
  })
}

/** What the meeting is about, as far as it is still there and the writer can see it. */
async function liveLinks(write: WriteSession, meeting: AnyRecord) {
  const links: Record<string, string> = {}
  for (const { link, type, id } of concernedBy(tableOf(write.caller.engine, 'meetings'), [meeting]))
    if (await findInScope(writeQuery(write), write, type, id, 'read')) links[link] = id
  return links
}

const lengthOf = ({ startAt, endAt }: AnyRecord) =>
  startAt === null ? 0 : (endAt as Date).getTime() - (startAt as Date).getTime()

const exceptionsOf = (meeting: AnyRecord) => (meeting.exceptions ?? {}) as Exceptions

function readKey(occurrence: Date | string | undefined): string | undefined {
  if (occurrence === undefined) return undefined
  const date = typeof occurrence === 'string' && occurrence.length > 10 ? new Date(occurrence) : occurrence
  if (typeof date === 'string' || (date instanceof Date && !Number.isNaN(date.getTime()))) return keyOf(date)
  throw invalid('occurrence', 'invalid-instant', 'Give a Date, or a calendar date for whole days.')
}

const unknownOccurrence = () =>
  invalid('occurrence', 'unknown-occurrence', 'Give the time at which the rule has one occurrence start.')

const calledOff = () =>
  new CrmError('INVALID_TRANSITION', 'The meeting was called off.', {
    field: 'status',
    rule: 'cancelled',
    remedy: 'Plan it again first: set the status to planned.',
  })
