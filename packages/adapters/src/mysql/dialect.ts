import { createHash } from 'node:crypto'
import type { ColumnSpec, Dialect, IndexSpec, Sql, TableSpec } from '@rapport/core/storage'
import { raw, sql } from '@rapport/core/storage'
import { partsOf } from './names'
import { mysqlParts } from './parts'
import { COLLATE, columnType, keyParts } from './types'

const list = (columns: readonly string[]) => columns.map((name) => `\`${name}\``).join(', ')
const placeholders = (columns: readonly string[]) => columns.map(() => '?').join(', ')
const LIKE_WILDCARDS = /[|%_]/g

/** How many values of a guarded space can be told apart; more share. */
const BUCKETS = 256
const bucketOf = (value: string) => createHash('sha256').update(value).digest().readUInt8(0)

/** `table` gives the quoted name of one of our tables. */
export const mysqlDialect = (table: (name: string) => string): Dialect => ({
  name: 'mysql',
  columnwise: true,
  lockRows: ' for update skip locked',
  forUpdate: ' for update',
  parts: mysqlParts,

  /** A row for each bucket, locked by writing it, in order; the whole space is all of its buckets. */
  guard(tenant, space, values) {
    const buckets =
      values === 'all' ? Array.from({ length: BUCKETS }, (_, index) => index) : [...new Set(values.map(bucketOf))]
    if (buckets.length === 0) return []
    const rows = buckets.sort((one, other) => one - other)
    const text = `insert into ${table('guard')} (tenant_id, space, bucket) values ${rows.map(() => '(?, ?, ?)').join(', ')} on duplicate key update bucket = values(bucket)`
    return [{ text, params: rows.flatMap((bucket) => [tenant, space, bucket]) }]
  },

  /** With its indexes in one statement, and only when it is not there: data definition commits, so a migration that was cut short goes on. */
  createTable(spec, qualify) {
    const indexes = spec.indexes ?? []
    const lines = [
      ...columnsOf(spec, spec.columns, indexes),
      `primary key (${list(spec.primaryKey)})`,
      ...indexes.map((index) => indexOf(spec, index)),
      ...(spec.foreignKeys ?? []).map(
        (key) => `foreign key (${list(key.columns)}) references ${qualify(key.references)} (${list(key.to)})`,
      ),
    ]
    return [
      `create table if not exists ${qualify(spec.name)} (\n  ${lines.join(',\n  ')}\n) engine=InnoDB row_format=dynamic default character set utf8mb4 ${COLLATE}`,
    ]
  },

  /** All of it in one statement, so that it is there or not. */
  extendTable: (spec, { columns, indexes }, qualify) => [
    `alter table ${qualify(spec.name)}\n  ${[
      ...columnsOf(spec, columns, indexes).map((column) => `add column ${column}`),
      ...indexes.map((index) => `add ${indexOf(spec, index)}`),
    ].join(',\n  ')}`,
  ],

  extended({ table, columns, indexes }, qualify) {
    const { database, name } = partsOf(qualify(table))
    const [column, index] = [columns[0]?.name ?? null, indexes[0]?.name ?? null]
    const ours = sql`table_schema = coalesce(${database}, database()) and table_name = ${name}`
    return sql`select 1 from information_schema.columns where ${ours} and column_name = ${column}
      union select 1 from information_schema.statistics where ${ours} and index_name = ${index}`
  },

  tableExists(name) {
    const { database, name: bare } = partsOf(name)
    return sql`select 1 from information_schema.tables where table_schema = coalesce(${database}, database()) and table_name = ${bare}`
  },

  json(column, path, as) {
    const value = sql`json_extract(${column}, ${raw(`'${path}'`)})`
    if (as === 'text')
      return sql`(case json_type(${value}) when 'NULL' then null else json_unquote(${value}) end ${raw(COLLATE)})`
    return sql`(case json_type(${value}) when 'BOOLEAN' then json_contains(${column}, 'true', ${raw(`'${path}'`)}) when 'INTEGER' then ${value} + 0e0 when 'UNSIGNED INTEGER' then ${value} + 0e0 when 'DOUBLE' then ${value} + 0e0 end)`
  },

  jsonHas: (column, value) => sql`(json_contains(${column}, ${JSON.stringify(value)}) = 1)`,

  /**
   * Upper and lower case of a to z are the same and of no other letter, as in SQLite's `like`: byte by byte, in a character
   * set whose upper half knows no case.
   */
  contains(column: Sql, needle, at) {
    const escaped = needle.replace(LIKE_WILDCARDS, '|$&')
    const pattern = at === 'start' ? `${escaped}%` : at === 'end' ? `%${escaped}` : `%${escaped}%`
    return sql`${bytesOf(column)} like ${bytesOf(sql`${pattern}`)} collate tis620_bin escape '|'`
  },

  insertOrIgnore: (name, columns) =>
    // Not `insert ignore`, which lets every other error pass as well. The insert id tells that there was a row.
    `insert into ${name} (${list(columns)}) values (${placeholders(columns)}) on duplicate key update ${columns[0]} = elt(last_insert_id(1), ${columns[0]})`,

  upsert(name, columns, key) {
    const updates = columns
      .filter((column) => !key.includes(column))
      .map((column) => `\`${column}\` = values(\`${column}\`)`)
    return `insert into ${name} (${list(columns)}) values (${placeholders(columns)}) on duplicate key update ${updates.join(', ')}`
  },
})

const bytesOf = (text: Sql) => sql`lower(convert(cast(${text} as binary) using tis620))`

const kindOf = ({ unique }: IndexSpec) => (unique ? 'unique index' : 'index')

/** Columns as they are defined, those that its indexes need besides among them. */
const columnsOf = (spec: TableSpec, columns: readonly ColumnSpec[], indexes: readonly IndexSpec[]) => [
  ...columns.map(({ name, type, notNull }) => `\`${name}\` ${columnType(type)}${notNull ? ' not null' : ' null'}`),
  ...indexes
    .filter(isPartlyUnique)
    .map((index) => liveColumn(spec, index))
    .map(({ name, type, value }) => `\`${name}\` ${columnType(type)} generated always as (${value}) stored`),
]

/** There are no indexes of some rows: of all of them, then, unless being unique depends on it. */
const isPartlyUnique = ({ unique, where }: IndexSpec) => unique === true && where !== undefined

/** The last column of such an index, empty in rows that are not in it: empty values are never the same. */
function liveColumn({ columns }: TableSpec, { name, columns: parts, where }: IndexSpec) {
  const last = columns.find((column) => column.name === parts.at(-1)) as ColumnSpec
  return { name: `${name}_live`, type: last.type, value: `case when ${where} then \`${last.name}\` end` }
}

function indexOf(spec: TableSpec, index: IndexSpec): string {
  const live = isPartlyUnique(index) ? [liveColumn(spec, index)] : []
  const names = [...index.columns.slice(0, -1), live[0]?.name ?? (index.columns.at(-1) as string)]
  return `${kindOf(index)} \`${index.name}\` (${keyParts(names, [...spec.columns, ...live])})`
}
