import { cached } from '../kernel/cached'
import { addToDate, startOfDay, zonedDate } from '../kernel/zones'
import { tableOf } from '../records/engine'
import type { QueryContext } from '../records/query'
import { isVisible } from '../records/visibility'
import type { Session } from '../storage/port'
import { and, inList, join, raw, type Sql, sql } from '../storage/sql'
import { OPEN } from '../tasks/definition'
import { dueToCome } from '../tasks/to-come'
import { keyOf } from './exceptions'
import type { Stretch } from './occurrences'
import type { CalendarEntry } from './range-types'
import { ownedInReach } from './reach'

const COLUMNS = 'r.id, r.title, r.status, r.owner, r.lead, r.contact, r.company, r.deal, r.due_at, r.due_date'

/**
 * Tasks of these users that fall due within a stretch, at an instant or on a day, and those that series will have due in it.
 * At most `limit` and a few. One statement.
 */
export async function tasksBetween(
  query: QueryContext,
  reader: Pick<Session, 'all'>,
  users: readonly string[],
  stretch: Stretch,
  limit: number,
): Promise<CalendarEntry[]> {
  const entries: CalendarEntry[] = []
  const timeOf = timesIn(stretch.zone)
  const select = walks(query, users, stretch, limit)
  for (const row of await reader.all(select.text, select.params)) {
    const [dueAt, dueDate, recurrence, schedule, zone] = row.slice(8)
    if (zone == null) {
      entries.push(entryOf(row, timeOf(dueDate == null ? new Date(Number(dueAt)) : String(dueDate)), null, row[2]))
      continue
    }
    const task = { recurrence, schedule: JSON.parse(String(schedule)) }
    const left = limit + 1 - entries.length
    for (const due of await dueToCome(task, String(zone), stretch, left))
      entries.push(entryOf(row, timeOf(due), keyOf(due), 'open'))
    if (entries.length > limit) break
  }
  return entries
}

const entryOf = (
  row: readonly unknown[],
  time: DueTime,
  occurrence: string | null,
  status: unknown,
): CalendarEntry => ({
  kind: 'task',
  id: String(row[0]),
  occurrence,
  title: String(row[1]),
  status: String(status),
  owner: row[3] as string,
  users: [String(row[3])],
  from: time.from,
  to: time.to,
  startDate: time.startDate,
  endDate: time.endDate,
  lead: row[4] as string | null,
  contact: row[5] as string | null,
  company: row[6] as string | null,
  deal: row[7] as string | null,
})

/** Three walks along an index each: what is due at an instant, what is due on a day, and what goes on. */
function walks(query: QueryContext, users: readonly string[], { from, to, zone }: Stretch, limit: number): Sql {
  const table = tableOf(query.engine, 'tasks')
  const { tenant } = query
  const fits = and(
    sql`r.tenant_id = ${tenant} and r.deleted_at is null`,
    ownedInReach(query, 'tasks', users),
    inList(raw('r.owner'), users),
  )
  const [first, last] = [zonedDate(from, zone), zonedDate(new Date(to.getTime() - 1), zone)]
  const end = raw(` limit ${limit + 1}`)
  const due = (when: Sql) =>
    sql`select ${raw(COLUMNS)}, r.recurrence, r.schedule, null as zone from ${raw(table.name)} r where ${and(fits, raw("r.status <> 'cancelled'"), when)}${end}`
  const followed = sql`select 1 from ${raw(table.name)} n where n.tenant_id = ${tenant} and n.series = r.series and n.occurrence = r.occurrence + 1`
  const goesOn = and(
    fits,
    inList(raw('r.status'), OPEN),
    sql`r.series is not null and r.recurrence is not null and not exists (${followed})`,
  )
  const toCome = sql`select ${raw(COLUMNS)}, r.recurrence, r.schedule, u.time_zone as zone from ${raw(table.name)} r
      join ${raw(query.engine.storage.table('user'))} u on u.tenant_id = ${tenant} and u.id = r.owner where ${goesOn}${end}`
  const all = [
    due(sql`r.due_at >= ${from.getTime()} and r.due_at < ${to.getTime()}`),
    due(sql`r.due_date >= ${first} and r.due_date <= ${last}`),
    ...(isVisible(query.actor, table, 'recurrence') ? [toCome] : []),
  ]
  return join(
    all.map((walk) => sql`select * from (${walk}) w`),
    ' union all ',
  )
}

type DueTime = Pick<CalendarEntry, 'from' | 'to' | 'startDate' | 'endDate'>

/** A moment, or all of a day, of which many tasks are. */
function timesIn(zone: string): (due: Date | string) => DueTime {
  const midnights = new Map<string, number>()
  const midnight = (day: string) => new Date(cached(midnights, day, () => startOfDay(day, zone).getTime()))
  return (due) => {
    if (due instanceof Date) return { from: due, to: due, startDate: null, endDate: null }
    const next = addToDate(due, { days: 1 })
    return { from: midnight(due), to: midnight(next), startDate: due, endDate: next }
  }
}
