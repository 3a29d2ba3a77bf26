import type { ColumnSpec, ColumnType, Dialect, IndexSpec, Sql, TableSpec } from '@rapport/core/storage'
import { raw, sql } from '@rapport/core/storage'
import { sqliteParts } from './parts'
import { moreStatistics, statistics } from './statistics'

const TYPES: Record<ColumnType, string> = {
  id: 'text',
  code: 'text',
  word: 'text',
  key: 'text',
  line: 'text',
  text: 'text',
  integer: 'integer',
  real: 'real',
  instant: 'integer',
  date: 'text',
  boolean: 'integer',
  json: 'text',
  bytes: 'blob',
}

const list = (columns: readonly string[]) => columns.join(', ')

const columnOf = ({ name, type, notNull }: ColumnSpec) => `${name} ${TYPES[type]}${notNull ? ' not null' : ''}`

type Qualify = (name: string) => string

const createIndex = ({ name: table }: TableSpec, index: IndexSpec, qualify: Qualify) => {
  const where = index.where ? ` where ${index.where}` : ''
  return `create ${index.unique ? 'unique ' : ''}index ${qualify(index.name)} on ${qualify(table)} (${list(index.columns)})${where}`
}

const LIKE_WILDCARDS = /[\\%_]/g

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  parts: sqliteParts,

  createTable(table, qualify) {
    const lines = [
      ...table.columns.map(columnOf),
      `primary key (${list(table.primaryKey)})`,
      ...(table.foreignKeys ?? []).map(
        (key) => `foreign key (${list(key.columns)}) references ${qualify(key.references)} (${list(key.to)})`,
      ),
    ]
    const create = `create table ${qualify(table.name)} (\n  ${lines.join(',\n  ')}\n) strict`
    const indexes = (table.indexes ?? []).map((index) => createIndex(table, index, qualify))
    return [create, ...indexes, ...statistics(table, qualify)]
  },

  extendTable: (table, { columns, indexes }, qualify) => [
    ...columns.map((column) => `alter table ${qualify(table.name)} add column ${columnOf(column)}`),
    ...indexes.map((index) => createIndex(table, index, qualify)),
    ...moreStatistics(table, indexes, qualify),
  ],

  tableExists: (name) => sql`select 1 from sqlite_master where type = 'table' and name = ${name}`,

  json: (column, path, as) =>
    as === 'text'
      ? sql`json_extract(${column}, ${raw(`'${path}'`)})`
      : sql`cast(json_extract(${column}, ${raw(`'${path}'`)}) as numeric)`,

  jsonHas: (column, value) => sql`exists (select 1 from json_each(${column}) where json_each.value = ${value})`,

  contains(column: Sql, needle, at) {
    const escaped = needle.replace(LIKE_WILDCARDS, '\\$&')
    const pattern = at === 'start' ? `${escaped}%` : at === 'end' ? `%${escaped}` : `%${escaped}%`
    return sql`${column} like ${pattern} escape '\\'`
  },

  insertOrIgnore: (table, columns) =>
    `insert into ${table} (${list(columns)}) values (${placeholders(columns)}) on conflict do nothing`,

  upsert(table, columns, key) {
    const updates = columns.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`)
    return `insert into ${table} (${list(columns)}) values (${placeholders(columns)}) on conflict (${list(key)}) do update set ${list(updates)}`
  },
}

const placeholders = (columns: readonly string[]) => columns.map(() => '?').join(', ')
