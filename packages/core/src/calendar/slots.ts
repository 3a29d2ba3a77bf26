import { requireAny } from '../access/actor'
import { invalid } from '../kernel/errors'
import { commonIntervals, type Interval, mergeIntervals, withoutIntervals } from '../kernel/intervals'
import { addToDate, instantAt, wallClock, zonedDate } from '../kernel/zones'
import type { Caller } from '../records/caller'
import { type QueryContext, queryContext } from '../records/query'
import type { Session } from '../storage/port'
import { busyTimes, zonesOf } from './busy'
import { daysOffOf } from './days-off'
import { checkKeys, checkUsers, readStretch } from './range-input'
import { hoursOf, workingTimes } from './working-hours'

/** What a time must be like to be booked. Lengths are in minutes. */
export interface SlotRules {
  /** Ids of up to 100 users, all of whom must have time. */
  users: readonly string[]
  /** 1 to 1,440. */
  duration: number
  /** So long before and after it nobody may be busy. Default 0. */
  bufferBefore?: number
  bufferAfter?: number
  /** It begins no sooner than so long from now. Default 0. */
  notice?: number
}

export interface SlotQuery extends SlotRules {
  /** At most 62 days. */
  between: { from: Date | string; to: Date | string }
  /** Slots begin at whole multiples of this since midnight, by the clock of the first user. Default 30. */
  step?: number
}

export interface Slot {
  from: Date
  to: Date
}

const MINUTE = 60_000
const MAX_DAYS = 62
const KEYS = ['users', 'duration', 'bufferBefore', 'bufferAfter', 'notice']

/** Times at which all of the users have time, in order. */
export async function bookableSlots(caller: Caller, request: SlotQuery): Promise<Slot[]> {
  checkKeys(request, [...KEYS, 'between', 'step'])
  checkKeys(request.between, ['from', 'to'], 'between')
  const rules = checkRules(request)
  const step = minutes('step', request.step ?? 30, 5, 1440)
  const { from, to } = readStretch(request.between.from, request.between.to, 'between.')
  if (to.getTime() - from.getTime() > MAX_DAYS * 1440 * MINUTE)
    throw invalid('between.to', 'too-long', `Ask for at most ${MAX_DAYS} days at once.`)
  const query = await queryContext(caller)
  requireAny(query.actor, 'users', 'read')
  const { free, zone } = await freeTimes(query, { all: caller.storage.read }, rules, [from.getTime(), to.getTime()])
  return free.flatMap((times) => slotsIn(times, rules.duration, step, zone))
}

/** The rules with all of their lengths, in milliseconds. */
export type CheckedRules = Required<SlotRules>

export function checkRules({
  users,
  duration,
  bufferBefore = 0,
  bufferAfter = 0,
  notice = 0,
}: SlotRules): CheckedRules {
  return {
    users: checkUsers(users),
    duration: minutes('duration', duration, 1, 1440),
    bufferBefore: minutes('bufferBefore', bufferBefore, 0, 1440),
    bufferAfter: minutes('bufferAfter', bufferAfter, 0, 1440),
    notice: minutes('notice', notice, 0, 366 * 1440),
  }
}

function minutes(field: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    return (value as number) * MINUTE
  throw invalid(field, 'out-of-range', `Give whole minutes from ${least} to ${most}.`)
}

/** When all of the users work and none is busy, nor within the buffers. Four statements, whatever the number of users. */
export async function freeTimes(
  query: QueryContext,
  reader: Pick<Session, 'all'>,
  { users, bufferBefore, bufferAfter, notice }: CheckedRules,
  [asked, to]: Interval,
): Promise<{ free: Interval[]; zone: string }> {
  const { engine, tenant } = query
  const zones = await zonesOf(query, reader, users)
  const zone = zones.get(users[0] as string) as string
  const from = Math.max(asked, query.now.getTime() + notice)
  if (from >= to) return { free: [], zone }
  const place = { storage: engine.storage, tenant }
  const hours = await hoursOf(place, reader, users)
  const [first, last] = [new Date(from - 1440 * MINUTE), new Date(to + 1440 * MINUTE)].map((at) => zonedDate(at, 'UTC'))
  const off = await daysOffOf(place, reader, ['', ...users], first as string, last as string)
  const busy = await busyTimes(query, reader, zones, [from - bufferBefore, to + bufferAfter])
  let free: Interval[] = [[from, to]]
  for (const user of users) {
    const daysOff = new Set(off.filter((one) => one.user === null || one.user === user).map(({ day }) => day))
    const week = hours.get(user) ?? engine.settings.workingHours
    const taken = (busy.get(user) ?? []).map(([start, end]): Interval => [start - bufferAfter, end + bufferBefore])
    const working = workingTimes(week, zones.get(user) as string, daysOff, [from, to])
    free = commonIntervals(free, withoutIntervals(working, mergeIntervals(taken)))
  }
  return { free, zone }
}

/** Starts on the grid of the clock, day by day: where the clocks change, the grid does. */
function slotsIn([from, to]: Interval, duration: number, step: number, zone: string): Slot[] {
  const slots: Slot[] = []
  const last = zonedDate(new Date(to), zone)
  let previous = Number.NEGATIVE_INFINITY
  for (let day = zonedDate(new Date(from), zone); day <= last; day = addToDate(day, { days: 1 })) {
    const midnight = Date.parse(`${day}T00:00:00Z`)
    for (let wall = midnight; wall < midnight + 1440 * MINUTE; wall += step) {
      const start = instantAt(wall, zone)
      // A time that the clocks skip is another one's.
      if (start < from || start <= previous || wallClock(start, zone) !== wall) continue
      if (start + duration > to) return slots
      slots.push({ from: new Date(start), to: new Date(start + duration) })
      previous = start
    }
  }
  return slots
}
