import { invalid } from '../../kernel/errors'
import { customOperand, type Operand, operandOf } from '../../records/operand'
import { type QueryContext, readableRows } from '../../records/query'
import type { RecordTable } from '../../records/record-table'
import { isVisible } from '../../records/visibility'
import type { Session, SqlValue } from '../../storage/port'
import { and, inList, raw, sql } from '../../storage/sql'

/** How rows of one import are recognised: in the file, and in the database. */
export interface ImportKey {
  readonly field: string
  /** The normal form of a row's key; undefined when the row has none. */
  of(values: Record<string, unknown>): string | undefined
  /** Ids of the records the caller can see, by key. One statement for all of a batch. */
  find(reader: Pick<Session, 'all'>, keys: readonly string[]): Promise<Map<string, string>>
}

const DEFAULT_KEYS: Readonly<Record<string, readonly string[]>> = {
  leads: ['email'],
  contacts: ['emails'],
  companies: ['domain', 'name'],
}

/** `email` and `phone` of a contact stand for any of its addresses and numbers. */
const SHORT_NAMES: Readonly<Record<string, string>> = { email: 'emails', phone: 'phones' }

/** The key an import works by: the one asked for, else the first usual one that is mapped. */
export function importKey(
  query: QueryContext,
  table: RecordTable,
  wanted: string | undefined,
  mapped: ReadonlySet<string>,
): ImportKey | undefined {
  const known = (name: string) =>
    table.definition.keys?.[SHORT_NAMES[name] ?? ''] ? (SHORT_NAMES[name] as string) : name
  const name = wanted === undefined ? DEFAULT_KEYS[table.type]?.find((one) => mapped.has(one)) : known(wanted)
  if (name === undefined) return undefined
  const isCustom = name.startsWith('custom.')
  const field = isCustom ? table.custom[name.slice('custom.'.length)] : table.fields.get(name)?.field
  if (!field || !isVisible(query.actor, table, name))
    throw invalid('key', 'unknown-field', 'Give a field of the record, such as email.')
  if (!mapped.has(name)) throw invalid('key', 'not-mapped', `Map a column to ${name}, or choose another key.`)
  const kind = table.definition.keys?.[name]
  if (kind) return listKey(query, table, name, kind)
  if (!['text', 'email', 'phone', 'url', 'integer', 'select'].includes(field.kind))
    throw invalid('key', 'not-a-key', 'Use a text, email or phone field.')
  const operand = isCustom
    ? customOperand(name.slice('custom.'.length), field, query, 'r', 'key')
    : operandOf(query, table, name, 'r', 'key')
  return columnKey(query, table, name, operand as Operand)
}

function columnKey(query: QueryContext, table: RecordTable, name: string, operand: Operand): ImportKey {
  return {
    field: name,
    of(values) {
      const value = name.startsWith('custom.')
        ? (values.custom as Record<string, unknown> | undefined)?.[name.slice('custom.'.length)]
        : values[name]
      return value == null ? undefined : String(operand.toSql(value))
    },
    async find(reader, keys) {
      if (keys.length === 0) return new Map()
      const select = sql`select ${operand.value} as found, r.id from ${raw(table.name)} r where ${and(readableRows(query, table, 'r'), inList(operand.value, keys as SqlValue[]))}`
      return idsByKey(await reader.all(select.text, select.params))
    },
  }
}

function listKey(query: QueryContext, table: RecordTable, name: string, kind: 'email' | 'phone'): ImportKey {
  const { storage, normalise } = query.engine
  return {
    field: name,
    of(values) {
      const [first] = (values[name] as { value: string }[] | undefined) ?? []
      return first && (normalise(kind, first.value) ?? undefined)
    },
    async find(reader, keys) {
      if (keys.length === 0) return new Map()
      const select = sql`select k.value, r.id from ${raw(storage.table('record_key'))} k join ${raw(table.name)} r on r.tenant_id = k.tenant_id and r.id = k.record_id
        where k.tenant_id = ${query.tenant} and k.record_type = ${table.type} and k.kind = ${kind} and ${and(inList(raw('k.value'), keys as SqlValue[]), readableRows(query, table, 'r'))}`
      return idsByKey(await reader.all(select.text, select.params))
    },
  }
}

/** The oldest record of each key. */
const idsByKey = (rows: readonly unknown[][]) =>
  new Map(
    [...rows].sort((a, b) => (String(a[1]) < String(b[1]) ? 1 : -1)).map(([key, id]) => [String(key), String(id)]),
  )
