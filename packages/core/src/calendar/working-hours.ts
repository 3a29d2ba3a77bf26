import { requireAny } from '../access/actor'
import { type Interval, mergeIntervals } from '../kernel/intervals'
import { checkWeeklyHours, minutesOf, WEEKDAYS, type WeeklyHours } from '../kernel/weekly-hours'
import { addToDate, instantAt, startOfDay, wallClock, zonedDate } from '../kernel/zones'
import { appendEvent } from '../records/append-event'
import type { Caller } from '../records/caller'
import { requireActiveUser } from '../records/checks'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import type { Session } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import { requireSelfOrAdministration } from './whose'

/** When a user works: hours of their own, or those of the tenant. One's own, or with `read` on users. */
export async function workingHours(caller: Caller, user?: string): Promise<WeeklyHours> {
  const { actor } = await queryContext(caller)
  const whose = user ?? actor.user
  if (whose === null || whose !== actor.user) requireAny(actor, 'users', 'read')
  if (whose === null) return caller.engine.settings.workingHours
  const hours = await hoursOf(caller, { all: caller.storage.read }, [whose])
  return hours.get(whose) ?? caller.engine.settings.workingHours
}

/** Gives a user hours of their own; null for those of the tenant. One's own, or with `update` on users. */
export const setWorkingHours = (caller: Caller, user: string, hours: WeeklyHours | null, options?: VerbOptions) => {
  if (hours !== null) checkWeeklyHours('hours', hours)
  return runVerb(caller, 'calendar.setWorkingHours', [user, hours], options, async (write) => {
    requireSelfOrAdministration(write, user)
    await requireActiveUser(write, 'user', user)
    const { storage, tenant } = caller
    const before = (await hoursOf(caller, write, [user])).get(user) ?? null
    if (JSON.stringify(before) === JSON.stringify(hours)) return
    const table = storage.table('working_hours')
    if (hours === null) await write.send(`delete from ${table} where tenant_id = ? and user_id = ?`, [tenant, user])
    else
      await write.send(storage.dialect.upsert(table, COLUMNS, ['tenant_id', 'user_id']), [
        tenant,
        user,
        JSON.stringify(hours),
      ])
    const changes = { workingHours: [before, hours] } as const
    await appendEvent(write, { name: 'calendar.hours_set', recordType: 'calendar', recordId: user, changes })
  })
}

const COLUMNS = ['tenant_id', 'user_id', 'hours']

/** Hours of their own, of those who have some. */
export async function hoursOf(
  { storage, tenant }: Pick<Caller, 'storage' | 'tenant'>,
  reader: Pick<Session, 'all'>,
  users: readonly string[],
): Promise<Map<string, WeeklyHours>> {
  const select = sql`select user_id, hours from ${raw(storage.table('working_hours'))} where tenant_id = ${tenant} and ${inList(raw('user_id'), users)}`
  const rows = await reader.all(select.text, select.params)
  return new Map(rows.map(([user, hours]) => [String(user), JSON.parse(String(hours))]))
}

/** When somebody with these hours works between two moments, by the clocks of their zone. */
export function workingTimes(
  hours: WeeklyHours,
  zone: string,
  daysOff: ReadonlySet<string>,
  [from, to]: Interval,
): Interval[] {
  const times: Interval[] = []
  const last = zonedDate(new Date(to - 1), zone)
  for (let day = zonedDate(new Date(from), zone); day <= last; day = addToDate(day, { days: 1 })) {
    if (daysOff.has(day)) continue
    const weekday = WEEKDAYS[new Date(day).getUTCDay()] as (typeof WEEKDAYS)[number]
    for (const time of hours[weekday] ?? []) {
      const [start, end] = [momentOf(day, time.from, zone), momentOf(day, time.to, zone)]
      if (Math.max(start, from) < Math.min(end, to)) times.push([Math.max(start, from), Math.min(end, to)])
    }
  }
  return mergeIntervals(times)
}

/** When the clocks show that; a time that they skip is the moment at which they do. */
function momentOf(day: string, time: string, zone: string): number {
  if (time === '24:00') return startOfDay(addToDate(day, { days: 1 }), zone).getTime()
  const wall = Date.parse(`${day}T00:00:00Z`) + minutesOf(time) * MINUTE
  let instant = instantAt(wall, zone)
  if (wallClock(instant, zone) > wall) while (wallClock(instant - MINUTE, zone) > wall) instant -= MINUTE
  return instant
}

const MINUTE = 60_000
