import type { ColumnSpec, ColumnType, Dialect, IndexSpec, Sql, TableSpec } from '@rapport/core/storage'
import { raw, sql } from '@rapport/core/storage'
import { names } from './names'
import { postgresParts } from './parts'

/** Text sorts by code point, as on every other database: `collate "C"`. */
const TYPES: Record<ColumnType, string> = {
  id: 'text collate "C"',
  code: 'text collate "C"',
  word: 'text collate "C"',
  key: 'text collate "C"',
  line: 'text collate "C"',
  text: 'text collate "C"',
  integer: 'bigint',
  real: 'double precision',
  instant: 'bigint',
  date: 'text collate "C"',
  boolean: 'smallint',
  json: 'jsonb',
  bytes: 'bytea',
}

const list = (columns: readonly string[]) => columns.join(', ')
const columnOf = ({ name, type, notNull }: ColumnSpec) => `${name} ${TYPES[type]}${notNull ? ' not null' : ''}`

function createIndex({ name: table }: TableSpec, index: IndexSpec, qualify: (name: string) => string) {
  const where = index.where ? ` where ${index.where}` : ''
  const name = names.index(qualify(index.name))
  return `create ${index.unique ? 'unique ' : ''}index ${name} on ${qualify(table)} (${list(index.columns)})${where}`
}

const placeholders = (columns: readonly string[]) => columns.map(() => '?').join(', ')
const A_TO_Z = /[A-Z]/g
const LIKE_WILDCARDS = /[\\%_]/g

/** `$.tier` or `$.price.amount` as the path of PostgreSQL's `#>` operator; in quotes, for a key may be called `null`. */
const jsonPath = (path: string) =>
  raw(
    `'{${path
      .slice(2)
      .split('.')
      .map((key) => `"${key}"`)
      .join(',')}}'`,
  )

/** `fenced`: every table shows rows of the tenant the transaction has named, and no others; to its owner neither. */
export const postgresDialect = (fenced: boolean): Dialect => ({
  name: 'postgres',
  errorsEndTransaction: true,
  groupsByHash: true,
  lockRows: ' for update skip locked',
  forUpdate: ' for no key update of r',
  // Behind row-level security `like` is no condition of an index: it might tell of rows the policy hides.
  ...(!fenced && { parts: postgresParts }),

  /** Advisory locks of the transaction: shared by all who hold values, alone for who holds the whole space. */
  guard(tenant, space, values) {
    const whole = `${tenant}\n${space}`
    if (values === 'all') return [sql`select pg_advisory_xact_lock(hashtextextended(${whole}, 0))`]
    return [
      sql`select pg_advisory_xact_lock_shared(hashtextextended(${whole}, 0))`,
      ...values.map((value) => sql`select pg_advisory_xact_lock(hashtextextended(${`${whole}\n${value}`}, 1))`),
    ]
  },

  createTable(table, qualify) {
    const lines = [
      ...table.columns.map(columnOf),
      `primary key (${list(table.primaryKey)})`,
      ...(table.foreignKeys ?? []).map(
        (key) => `foreign key (${list(key.columns)}) references ${qualify(key.references)} (${list(key.to)})`,
      ),
    ]
    const create = `create table ${qualify(table.name)} (\n  ${lines.join(',\n  ')}\n)`
    const indexes = (table.indexes ?? []).map((index) => createIndex(table, index, qualify))
    return [create, ...indexes, ...(fenced ? fenceOf(table, qualify) : [])]
  },

  extendTable: (table, { columns, indexes }, qualify) => [
    ...columns.map((column) => `alter table ${qualify(table.name)} add column ${columnOf(column)}`),
    ...indexes.map((index) => createIndex(table, index, qualify)),
  ],

  between: (column, start, end) => sql`nullif(split_part(split_part(${column}, ${start}, 2), ${end}, 1), '')`,

  grants(role, tables, history) {
    const to = `"${role.replaceAll('"', '""')}"`
    return [
      `grant usage on schema ${names.schema(history)} to ${to}`,
      `grant select on ${history} to ${to}`,
      `grant select, insert, update, delete on ${tables.join(', ')} to ${to}`,
    ]
  },

  // `from pg_class`: without a table in it, a session that has waited for another installer goes by what it knew before.
  tableExists: (name) => sql`select 1 from pg_catalog.pg_class where oid = to_regclass(${name})`,

  json(column, path, as) {
    const value = sql`${column} #> ${jsonPath(path)}`
    if (as === 'text') return sql`((${column} #>> ${jsonPath(path)}) collate "C")`
    return sql`(case jsonb_typeof(${value}) when 'number' then (${value})::double precision when 'boolean' then (${value})::boolean::int end)`
  },

  jsonHas: (column, value) => sql`(${column})::jsonb @> to_jsonb(${value}::text)`,

  /** Upper and lower case of a to z are the same, as in SQLite's `like`. */
  contains(column: Sql, needle, at) {
    const escaped = needle.replace(A_TO_Z, (letter) => letter.toLowerCase()).replace(LIKE_WILDCARDS, '\\$&')
    const pattern = at === 'start' ? `${escaped}%` : at === 'end' ? `%${escaped}` : `%${escaped}%`
    return sql`lower((${column}) collate "C") like ${pattern}`
  },

  insertOrIgnore: (table, columns) =>
    `insert into ${table} (${list(columns)}) values (${placeholders(columns)}) on conflict do nothing`,

  upsert(table, columns, key) {
    const updates = columns.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`)
    return `insert into ${table} (${list(columns)}) values (${placeholders(columns)}) on conflict (${list(key)}) do update set ${list(updates)}`
  },
})

const NAMED = "nullif(current_setting('rapport.tenant', true), '')"
const EVERY = "current_setting('rapport.every_tenant', true) = 'on'"

/** Row-level security of one table. Without a named tenant the comparison is null: no row is seen, none can be written. */
function fenceOf({ name, columns }: TableSpec, qualify: (name: string) => string): string[] {
  if (!columns.some((column) => column.name === 'tenant_id')) return []
  const table = qualify(name)
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy tenant on ${table} using (tenant_id = ${NAMED} or ${EVERY}) with check (tenant_id = ${NAMED})`,
  ]
}
