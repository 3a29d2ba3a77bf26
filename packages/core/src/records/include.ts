import { invalid } from '../kernel/errors'
import { and, inList, raw, sql } from '../storage/sql'
import type { Caller } from './caller'
import { tableOf } from './engine'
import type { RecordType } from './field'
import { type QueryContext, readableRows } from './query'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import { isVisible, showTo } from './visibility'

const PLAIN_TABLES = {
  users: { table: 'user', columns: ['id', 'name', 'email', 'active'] },
  pipelines: { table: 'pipeline', columns: ['id', 'name'] },
  stages: { table: 'stage', columns: ['id', 'name', 'class', 'position', 'probability'] },
} as const

/** Fills `related` with one statement for each link, whatever the number of records. Unseen records come as null. */
export async function includeRelated(
  caller: Caller,
  query: QueryContext,
  table: RecordTable,
  records: AnyRecord[],
  include: readonly string[],
) {
  if (!Array.isArray(include) || !include.every((name) => typeof name === 'string'))
    throw invalid('include', 'wrong-type', 'Give a list of link names.')
  if (include.length === 0) return
  for (const record of records) record.related = {}
  for (const name of new Set(include)) {
    const field = table.fields.get(name)?.field
    const target = field?.kind === 'user' ? 'users' : field?.kind === 'link' ? field.to : undefined
    if (!target || !isVisible(query.actor, table, name)) {
      throw invalid(`include.${name}`, 'unknown-field', 'Include only links of this record, such as company or owner.')
    }
    const ids = [...new Set(records.map((record) => record[name]).filter((id): id is string => typeof id === 'string'))]
    const found = ids.length === 0 ? new Map() : await readTargets(caller, query, target, ids)
    for (const record of records) (record.related as Record<string, unknown>)[name] = found.get(record[name]) ?? null
  }
}

async function readTargets(
  caller: Caller,
  query: QueryContext,
  target: string,
  ids: readonly string[],
): Promise<Map<unknown, unknown>> {
  if (target === 'users' && query.actor.scope('users', 'read').kind === 'none') return new Map()
  if (Object.hasOwn(PLAIN_TABLES, target)) {
    const { table, columns } = PLAIN_TABLES[target as keyof typeof PLAIN_TABLES]
    const select = sql`select ${raw(columns.join(', '))} from ${raw(caller.storage.table(table))} where tenant_id = ${query.tenant} and ${inList(raw('id'), ids)}`
    const rows = await caller.storage.read(select.text, select.params)
    return new Map(rows.map((row) => [row[0], plainRow(columns, row)]))
  }
  const table = tableOf(query.engine, target as RecordType)
  if (query.actor.scope(table.type, 'read').kind === 'none') return new Map()
  const select = sql`select ${raw(table.selectList)} from ${raw(table.name)} r where ${and(readableRows(query, table, 'r'), inList(raw('r.id'), ids))}`
  const rows = await caller.storage.read(select.text, select.params)
  return new Map(rows.map((row) => [row[0], showTo(query.actor, table, table.read(row))]))
}

const plainRow = (columns: readonly string[], row: readonly unknown[]) =>
  Object.fromEntries(columns.map((column, index) => [column, column === 'active' ? Boolean(row[index]) : row[index]]))
