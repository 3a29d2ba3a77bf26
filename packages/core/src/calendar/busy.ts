import { requireAny } from '../access/actor'
import { invalid } from '../kernel/errors'
import { type Interval, mergeIntervals } from '../kernel/intervals'
import type { Caller } from '../records/caller'
import { type QueryContext, queryContext } from '../records/query'
import type { Session } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import { meetingsBetween } from './meetings-between'
import { takesPlace } from './occurrences'
import { checkKeys, checkUsers, readStretch } from './range-input'

export interface FreeBusyQuery {
  /** Ids of up to 100 users. */
  users: readonly string[]
  /** At most 366 days. */
  from: Date | string
  to: Date | string
}

/** When a user has no time, without saying why. */
export interface BusyTimes {
  user: string
  /** In order, those that overlap or touch made one, cut at the ends of the stretch asked for. */
  busy: { from: Date; to: Date }[]
}

const MAX_MEETINGS = 5000

/** When colleagues have no time. Whoever may read users may ask. */
export async function freeBusy(caller: Caller, request: FreeBusyQuery): Promise<BusyTimes[]> {
  checkKeys(request, ['users', 'from', 'to'])
  const users = checkUsers(request.users)
  const { from, to } = readStretch(request.from, request.to)
  const query = await queryContext(caller)
  requireAny(query.actor, 'users', 'read')
  const reader = { all: caller.storage.read }
  const zones = await zonesOf(query, reader, users)
  const busy = await busyTimes(query, reader, zones, [from.getTime(), to.getTime()])
  return users.map((user) => ({
    user,
    busy: (busy.get(user) ?? []).map(([start, end]) => ({ from: new Date(start), to: new Date(end) })),
  }))
}

/** The zones of these users. VALIDATION for one that is not there or not active. */
export async function zonesOf(
  { engine, tenant }: QueryContext,
  reader: Pick<Session, 'all'>,
  users: readonly string[],
): Promise<Map<string, string>> {
  const select = sql`select id, time_zone from ${raw(engine.storage.table('user'))} where tenant_id = ${tenant} and active = 1 and ${inList(raw('id'), users)}`
  const zones = new Map((await reader.all(select.text, select.params)).map(([id, zone]) => [String(id), String(zone)]))
  const missing = users.findIndex((user) => !zones.has(user))
  if (missing >= 0) throw invalid(`users.${missing}`, 'unknown-user', 'Give the ids of active users.')
  return zones
}

/** Merged busy times by user, cut to the stretch. One statement. */
export async function busyTimes(
  query: QueryContext,
  reader: Pick<Session, 'all'>,
  zones: ReadonlyMap<string, string>,
  [from, to]: Interval,
): Promise<Map<string, Interval[]>> {
  const stretch = { from: new Date(from), to: new Date(to) }
  const asked = {
    ...stretch,
    zone: 'UTC',
    users: [...zones.keys()],
    readable: false,
    invited: true,
    limit: MAX_MEETINGS,
  }
  const meetings = await meetingsBetween(query, reader, asked)
  if (meetings.length > MAX_MEETINGS)
    throw invalid('to', 'too-many-meetings', 'Ask for a shorter time or for fewer users.')
  const found = new Map<string, Interval[]>()
  for (const { meeting, users } of meetings) {
    for (const user of users) {
      const times = await takesPlace(meeting, { ...stretch, zone: zones.get(user) as string }, MAX_MEETINGS)
      const list = found.get(user) ?? []
      for (const time of times) list.push([Math.max(time.from.getTime(), from), Math.min(time.to.getTime(), to)])
      found.set(user, list)
    }
  }
  return new Map([...found].map(([user, times]) => [user, mergeIntervals(times)]))
}
