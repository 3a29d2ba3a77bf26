import { SEARCH_TEXT } from '../storage/migrations/0002-search'
import type { SqlValue, Storage } from '../storage/port'
import { baseFields } from './base-fields'
import { type BoundField, bindCustom, bindField, type Normaliser } from './codec'
import type { RecordDefinition } from './definition'
import { type Field, type Fields, isList, isServerOwned } from './field'
import { type SearchedFields, searchedFields } from './search/text'
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
  readonly searched: SearchedFields
  /** Columns of a record, for a select list; with the alias `r`. */
  readonly selectList: string
  readonly insertSql: string
  insertRow(tenant: string, record: AnyRecord): SqlValue[]
  /** A record with nothing but initial values. */
  blank(): AnyRecord
  /** Fields a caller can point somewhere with: links and users, but the owner. */
  readonly pointers: readonly BoundField[]
  read(row: readonly unknown[]): AnyRecord
}

export function bindRecord(
  definition: RecordDefinition,
  custom: Fields,
  storage: Storage,
  normalise: Normaliser,
): RecordTable {
  const all: Fields = { ...definition.fields, ...baseFields }
  const instants = Object.keys(custom).filter((name) => custom[name]?.kind === 'instant')
  const bound = Object.entries(all).map(([name, field]) => {
    const made = bindField(name, field, normalise)
    return name === 'custom' && instants.length > 0 ? bindCustom(made, instants) : made
  })
  const readers = bound.map((field, index) => {
    const at = 1 + bound.slice(0, index).reduce((width, before) => width + before.columns.length, 0)
    return { name: field.name, read: field.read, at }
  })
  const searched = searchedFields(definition, custom, normalise)
  const columns = ['id', ...bound.flatMap((field) => field.columns)]
  const written = [
    'tenant_id',
    'id',
    ...bound.flatMap((field) => [...field.columns, ...(field.derived ? [field.derived] : [])]),
    SEARCH_TEXT,
  ]
  const name = storage.table(definition.table)
  const lists = bound.filter(({ field }) => isList(field)).map((field) => field.name)
  const template = (of: (field: Field) => unknown): Record<string, unknown> =>
    // Through JSON: an object built key by key is a dictionary to V8, and copying that costs a hundred times as much.
    JSON.parse(
      JSON.stringify({ id: '', ...Object.fromEntries(bound.map(({ name, field }) => [name, of(field) ?? null])) }),
    )
  const empty = template(() => null)
  const initial = template((field) => field.initial)
  const fresh = (of: Record<string, unknown>) => {
    const record = { ...of }
    record.custom = {}
    for (const list of lists) record[list] = []
    return record
  }
  const points = ({ name, field }: BoundField) =>
    name !== 'owner' &&
    !isServerOwned(field) &&
    (field.kind === 'user' || (field.kind === 'link' && field.to !== 'pipelines' && field.to !== 'stages'))

  return {
    pointers: bound.filter(points),
    blank: () => fresh(initial) as AnyRecord,
    definition,
    type: definition.type,
    name,
    fields: new Map(bound.map((field) => [field.name, field])),
    custom,
    searched,
    selectList: columns.map((column) => `r.${column}`).join(', '),
    insertSql: `insert into ${name} (${written.join(', ')}) values (${written.map(() => '?').join(', ')})`,
    insertRow(tenant, record) {
      const row: SqlValue[] = [tenant, record.id]
      for (const { name, width, write } of bound) {
        const value = record[name]
        if (value === null) for (let i = 0; i < width; i++) row.push(null)
        else for (const one of write(value)) row.push(one)
      }
      row.push(searched.textOf(record))
      return row
    },
    read(row) {
      const record = fresh(empty)
      record.id = row[0]
      for (let i = 0; i < readers.length; i++) {
        const { name, read, at } = readers[i] as (typeof readers)[number]
        if (row[at] !== null) record[name] = read(row, at)
      }
      return record as AnyRecord
    },
  }
}
