import type { ColumnSpec, IndexSpec, TableSpec } from '@rapport/core/storage'

const ROWS = 1_000_000

/** Tables in which things are looked for one by one. */
const GROWING = new Set([
  'company',
  'contact',
  'lead',
  'deal',
  'activity',
  'task',
  'meeting',
  'meeting_attendee',
  'record_key',
])

/** How many different values a column of a big tenant has, by its type: enough to tell a lookup from a walk. */
const DIFFERENT: Record<ColumnSpec['type'], number> = {
  id: ROWS / 10,
  code: 10,
  word: 10,
  key: 10,
  line: ROWS / 2,
  text: ROWS / 2,
  integer: 100,
  real: 1000,
  instant: ROWS / 2,
  date: 1000,
  boolean: 2,
  json: ROWS,
  bytes: ROWS,
}
const NAMED: Readonly<Record<string, number>> = {
  tenant_id: 1,
  id: ROWS,
  owner: 50,
  user_id: 50,
  deleted_at: 1,
  stage: 10,
  pipeline: 3,
  record_id: ROWS / 10,
}

/**
 * What `analyze` would find in a big tenant, said beforehand. Without it SQLite takes `tenant_id = ?` for a handful of
 * rows, and walks a million of them in the order asked for where an index would find the one by its email. A later
 * `analyze` or `pragma optimize` puts real figures in their place.
 */
export function statistics(table: TableSpec, qualify: Qualify): string[] {
  if (!GROWING.has(table.name)) return []
  const name = qualify(table.name)
  const primary = { name: `sqlite_autoindex_${name}_1`, columns: table.primaryKey, unique: true }
  return [`analyze ${name}`, ...estimates(table, [primary, ...named(table.indexes ?? [], qualify)], qualify)]
}

/** The same of indexes that a table gets later; what was found or said of its others stays. */
export const moreStatistics = (table: TableSpec, indexes: readonly IndexSpec[], qualify: Qualify): string[] =>
  GROWING.has(table.name) && indexes.length > 0 ? estimates(table, named(indexes, qualify), qualify) : []

type Qualify = (name: string) => string

const named = (indexes: readonly IndexSpec[], qualify: Qualify): IndexSpec[] =>
  indexes.map((index) => ({ ...index, name: qualify(index.name) }))

function estimates(table: TableSpec, indexes: readonly IndexSpec[], qualify: Qualify): string[] {
  const rows = indexes.map(
    ({ name, columns, unique = false }) =>
      `('${qualify(table.name)}', '${name}', '${figures(table, columns, unique)}')`,
  )
  return [`insert into sqlite_stat1 (tbl, idx, stat) values ${rows.join(', ')}`, 'analyze sqlite_schema']
}

/** Rows in all, then rows that share the first column, the first two, … */
function figures(table: TableSpec, columns: readonly string[], unique: boolean): string {
  let rows = ROWS
  const shared = columns.map((name, at) => {
    const type = table.columns.find((column) => column.name === name)?.type ?? 'text'
    rows = unique && at === columns.length - 1 ? 1 : Math.max(1, Math.round(rows / (NAMED[name] ?? DIFFERENT[type])))
    return rows
  })
  return [ROWS, ...shared, 'noskipscan'].join(' ')
}
