import type { SqlValue, Storage } from '../storage/port'
import { baseFields } from './base-fields'
import { type BoundField, bindField, type Normaliser } from './codec'
import type { RecordDefinition } from './definition'
import type { Fields } from './field'
import type { AnyRecord } from './types'

/** A record type bound to its table: the statements that never change, and the way between rows and records. */
export interface RecordTable {
  readonly definition: RecordDefinition
  readonly type: RecordDefinition['type']
  /** Qualified table name. */
  readonly name: string
  /** Built-in and base fields by name. */
  readonly fields: ReadonlyMap<string, BoundField>
  /** The host's custom fields by name. */
  readonly custom: Fields
  /** Columns of a record, for a select list; with the alias `r`. */
  readonly selectList: string
  readonly columns: readonly string[]
  readonly insertSql: string
  insertRow(tenant: string, record: AnyRecord): SqlValue[]
  read(row: readonly unknown[]): AnyRecord
}

export function bindRecord(
  definition: RecordDefinition,
  custom: Fields,
  storage: Storage,
  normalise: Normaliser,
): RecordTable {
  const all: Fields = { ...definition.fields, ...baseFields }
  const bound = Object.entries(all).map(([name, field]) => bindField(name, field, normalise))
  const readers = bound.map((field, index) => {
    const at = 1 + bound.slice(0, index).reduce((width, before) => width + before.columns.length, 0)
    return { name: field.name, read: field.read, at }
  })
  const columns = ['id', ...bound.flatMap((field) => field.columns)]
  const written = ['tenant_id', 'id', ...bound.flatMap((field) => [...field.columns, ...(field.derived ? [field.derived] : [])])]
  const name = storage.table(definition.table)

  return {
    definition,
    type: definition.type,
    name,
    fields: new Map(bound.map((field) => [field.name, field])),
    custom,
    columns,
    selectList: columns.map((column) => `r.${column}`).join(', '),
    insertSql: `insert into ${name} (${written.join(', ')}) values (${written.map(() => '?').join(', ')})`,
    insertRow(tenant, record) {
      const row: SqlValue[] = [tenant, record.id]
      for (const field of bound) for (const value of field.write(record[field.name])) row.push(value)
      return row
    },
    read(row) {
      const record: Record<string, unknown> = { id: row[0] }
      for (const { name, read, at } of readers) record[name] = read(row, at)
      record.custom ??= {}
      return record as AnyRecord
    },
  }
}
