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
  const select = walks(query, users, stretch, limit)
  for (const row of await reader.all(select.text, select.params)) {
    const [id, title, status, owner, lead, contact, company, deal, dueAt, dueDate, recurrence, schedule, zone] = row
    const told = { kind: 'task', id, title, owner, users: [owner], lead, contact, company, deal }
    const add = (due: Date | string, more: object) =>
      entries.push({ ...told, ...more, ...timeOf(due, stretch.zone) } as CalendarEntry)
    if (zone == null) {
      add(dueDate == null ? new Date(Number(dueAt)) : String(dueDate), { occurrence: null, status })
      continue
    }
    const task = { recurrence, schedule: JSON.parse(String(schedule)) }
    const left = limit + 1 - entries.length
    for (const due of await dueToCome(task, String(zone), stretch, left))
      add(due, { occurrence: keyOf(due), status: 'open' })
    if (entries.length > limit) break
  }
  return entries
}

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

/** A moment, or all of a day. */
function timeOf(due: Date | string, zone: string) {
  if (due instanceof Date) return { from: due, to: due, startDate: null, endDate: null }
  const next = addToDate(due, { days: 1 })
  return { from: startOfDay(due, zone), to: startOfDay(next, zone), startDate: due, endDate: next }
}
