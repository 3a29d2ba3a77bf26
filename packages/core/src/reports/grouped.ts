import { FROM_REPLICA, type SqlValue } from '../storage/port'
import { and, join, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'

/** A column whose values are counted one by one, each in its own range of the index that starts with it. */
export interface Split {
  readonly column: Sql
  readonly values: readonly (string | null)[]
}

export interface Grouping {
  readonly from: Sql
  readonly where: Sql
  readonly keys: readonly Sql[]
  readonly measures: readonly Sql[]
  readonly split?: Split | undefined
}

export interface GroupRow {
  /** The value of the split column. */
  readonly split: string | null
  readonly keys: readonly unknown[]
  /** Columns of the measures, in order. */
  readonly values: readonly unknown[]
}

const MAX_PARAMS = 20_000

/**
 * Measures by group. With a split, one range scan for each of its values, joined by UNION ALL: the database then sorts
 * a fraction of the rows at a time, or none, where one GROUP BY over everything would sort them all.
 */
export async function groupedRows({ caller }: ReportContext, grouping: Grouping): Promise<GroupRow[]> {
  const { keys, split } = grouping
  const statement = groupedSql(grouping)
  if (!statement) return []
  const rows = await caller.storage.read(statement.text, statement.params, FROM_REPLICA)
  return rows.map((row) => ({
    split: split ? (split.values[Number(row[0])] ?? null) : null,
    keys: row.slice(1, 1 + keys.length),
    values: row.slice(1 + keys.length),
  }))
}

function groupedSql({ from, where, keys, measures, split }: Grouping): Sql | undefined {
  const groups = keys.length === 0 ? '' : ` group by ${keys.map((_, index) => index + 2).join(', ')}`
  const list = named(join([raw('0'), ...keys, ...measures], ', '))
  const rest = { text: list.text.slice(1), params: list.params }
  const select = (index: number, condition: Sql) =>
    sql`select ${raw(String(index))}${rest} from ${from} where ${condition}${raw(groups)}`
  if (!split) return select(0, where)
  if (split.values.length === 0) return undefined
  const branches = split.values.map((value, index) => select(index, and(isValue(split.column, value), where)))
  return join(branches, ' union all ')
}

/** A select list with a name of its own for each column: some drivers give rows as objects. */
export function named({ text, params }: Sql): Sql {
  let depth = 0
  let column = 0
  let made = ''
  for (const letter of text) {
    if (letter === '(') depth++
    if (letter === ')') depth--
    made += letter === ',' && depth === 0 ? ` as c${column++},` : letter
  }
  return { text: `${made} as c${column}`, params }
}

const isValue = (column: Sql, value: SqlValue): Sql =>
  value === null ? sql`${column} is null` : sql`${column} = ${value}`

/** Whether so many copies of a condition still make a statement every database takes. */
export const fitsSplit = (where: Sql, values: number): boolean => (where.params.length + 8) * values <= MAX_PARAMS
