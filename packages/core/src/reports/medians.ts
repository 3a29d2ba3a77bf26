import { FROM_REPLICA } from '../storage/port'
import { join, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { groupColumn, type Keys } from './groups'

/** What to take the middle of. */
export interface MedianOf {
  readonly from: Sql
  readonly where: Sql
  /** Columns to group by. */
  readonly keys: readonly Sql[]
  readonly value: Sql
}

/**
 * Exact medians by group: values are numbered in order within each group, and the middle one, or the mean of the
 * middle two, is kept. Rows are the group's keys followed by the median.
 */
export async function medians({ caller }: ReportContext, { from, where, keys, value }: MedianOf): Promise<unknown[][]> {
  const names = keys.map((_, index) => `k${index}`)
  const group = names.length === 0 ? '' : `partition by ${names.join(', ')} `
  const listed = [...keys.map((key, index) => sql`${key} as ${raw(names[index] as string)}`), sql`${value} as x`]
  const ordered = raw(`row_number() over (${group}order by x) as rn, count(*) over (${group}) as n`)
  const selected = [...names, 'avg(x)'].join(', ')
  const grouped = names.length === 0 ? '' : ` group by ${names.join(', ')}`
  const statement = sql`select ${raw(selected)} from (
    select ${raw([...names, 'x'].join(', '))}, ${ordered} from (select ${join(listed, ', ')} from ${from} where ${where}) v
  ) o where 2 * rn between n and n + 2${raw(grouped)}`
  const rows = await caller.storage.read(statement.text, statement.params, FROM_REPLICA)
  return rows.filter((row) => row[names.length] != null)
}

/** The table of deals and the columns to group them by; for teams, each deal once for each team of its owner. */
export function dealsGrouped(ctx: ReportContext, groups: readonly string[], moment: string) {
  const { storage } = ctx.caller
  const deals = `${ctx.table('deals').name} r`
  const members = ` left join ${storage.table('team_member')} m on m.tenant_id = r.tenant_id and m.user_id = r.owner`
  const columns = groups.map((name) =>
    name === 'team' ? { name, sql: raw('m.team_id'), read: keyOf } : groupColumn(ctx, name, moment),
  )
  return {
    from: raw(groups.includes('team') ? deals + members : deals),
    keys: columns.map(({ sql }) => sql),
    read(row: readonly unknown[]): Keys {
      return Object.fromEntries(columns.map(({ name, read }, index) => [name, read(row[index])]))
    },
  }
}

const keyOf = (value: unknown) => (value == null ? null : String(value))
