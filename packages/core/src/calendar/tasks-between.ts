import { addToDate, startOfDay, zonedDate } from '../kernel/zones'
import { tableOf } from '../records/engine'
import type { QueryContext } from '../records/query'
import type { Session } from '../storage/port'
import { and, inList, join, raw, sql } from '../storage/sql'
import type { Stretch } from './occurrences'
import type { CalendarEntry } from './range-types'
import { ownedInReach } from './reach'

/** Tasks of these users that fall due within a stretch, at an instant or on a day. One statement. */
export async function tasksBetween(
  query: QueryContext,
  reader: Pick<Session, 'all'>,
  users: readonly string[],
  { from, to, zone }: Stretch,
  limit: number,
): Promise<CalendarEntry[]> {
  const table = tableOf(query.engine, 'tasks')
  const fits = and(
    sql`r.tenant_id = ${query.tenant} and r.deleted_at is null and r.status <> 'cancelled'`,
    ownedInReach(query, 'tasks', users),
    inList(raw('r.owner'), users),
  )
  const [first, last] = [zonedDate(from, zone), zonedDate(new Date(to.getTime() - 1), zone)]
  const columns = raw('r.id, r.title, r.status, r.owner, r.due_at, r.due_date, r.lead, r.contact, r.company, r.deal')
  const walks = [
    sql`r.due_at >= ${from.getTime()} and r.due_at < ${to.getTime()}`,
    sql`r.due_date >= ${first} and r.due_date <= ${last}`,
  ].map(
    (due) =>
      sql`select * from (select ${columns} from ${raw(table.name)} r where ${and(fits, due)} limit ${raw(String(limit + 1))}) w`,
  )
  const select = join(walks, ' union all ')
  return (await reader.all(select.text, select.params)).map((row) => {
    const day = row[5] == null ? null : String(row[5])
    const at = day === null ? new Date(Number(row[4])) : startOfDay(day, zone)
    const next = day === null ? null : addToDate(day, { days: 1 })
    return {
      kind: 'task',
      id: String(row[0]),
      occurrence: null,
      title: String(row[1]),
      status: String(row[2]),
      owner: row[3] as string,
      users: [String(row[3])],
      from: at,
      to: next === null ? at : startOfDay(next, zone),
      startDate: day,
      endDate: next,
      lead: row[6] as string | null,
      contact: row[7] as string | null,
      company: row[8] as string | null,
      deal: row[9] as string | null,
    }
  })
}
