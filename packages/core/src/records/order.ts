import { invalid } from '../kernel/errors'
import type { Dialect } from '../storage/dialect'
import type { SqlValue } from '../storage/port'
import { and, join, or, raw, rowsPast, type Sql, sql } from '../storage/sql'
import type { Field } from './field'
import { unknownField } from './filter'
import { customOperand, operandOf } from './operand'
import type { QueryContext } from './query'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import { isVisible } from './visibility'

export type Direction = 'asc' | 'desc'

/** One column of an order. */
export interface SortKey {
  readonly column: Sql
  readonly direction: Direction
  /** Empty values come last, whichever the direction. */
  readonly nullable: boolean
  /** The column's value in a record, for the cursor. */
  valueIn(record: AnyRecord): SqlValue
}

const MAX_KEYS = 4
const SORTABLE = [
  'text',
  'email',
  'phone',
  'url',
  'number',
  'integer',
  'money',
  'date',
  'instant',
  'boolean',
  'select',
  'user',
]

/** The columns of an `orderBy`, ending with the id, so that the order is total. Money sorts by currency, then amount. */
export function sortKeys(query: QueryContext, table: RecordTable, orderBy: unknown, alias: string): SortKey[] {
  const wanted = orderBy === undefined ? [{ createdAt: 'desc' }] : Array.isArray(orderBy) ? orderBy : [orderBy]
  if (wanted.length > MAX_KEYS) throw invalid('orderBy', 'too-many-keys', `Sort by at most ${MAX_KEYS} fields.`)
  const keys = wanted.flatMap((entry, index) => keysOf(query, table, entry, alias, `orderBy.${index}`))
  const last = keys.at(-1)?.direction ?? 'desc'
  return [...keys, { column: raw(`${alias}.id`), direction: last, nullable: false, valueIn: (record) => record.id }]
}

function keysOf(query: QueryContext, table: RecordTable, entry: unknown, alias: string, path: string): SortKey[] {
  const pairs = typeof entry === 'object' && entry !== null ? Object.entries(entry) : []
  if (pairs.length !== 1)
    throw invalid(path, 'invalid-order', "Give one field an entry, such as { createdAt: 'desc' }.")
  const [name, given] = pairs[0] as [string, unknown]
  if (name === 'custom') return customKeys(query, table, given, alias, `${path}.custom`)
  const operand = operandOf(query, table, name, alias, path)
  if (!operand || !isVisible(query.actor, table, name)) throw unknownField(`${path}.${name}`)
  const bound = table.fields.get(name) as NonNullable<ReturnType<typeof table.fields.get>>
  if (!SORTABLE.includes(bound.field.kind)) throw invalid(`${path}.${name}`, 'not-sortable', 'Sort by another field.')
  const direction = directionOf(given, `${path}.${name}`)
  const nullable = bound.field.mode === 'optional' || bound.field.mode === 'server'
  const written = (record: AnyRecord, at: number) => bound.write(record[name])[at] ?? null
  const key = (column: Sql, at: number): SortKey => ({
    column,
    direction,
    nullable,
    valueIn: (record) => written(record, at),
  })
  if (operand.currency) return [key(operand.currency, 1), key(operand.value, 0)]
  return [sortable(bound.field, key(operand.value, bound.derived ? bound.columns.length : 0))]
}

/** What a text is sorted by: MySQL goes by the first 1,024 bytes and no more, and a cursor is to be short. */
const SORTED_CHARACTERS = 255

function sortable({ kind, max = 0 }: Field, key: SortKey): SortKey {
  if ((kind !== 'text' && kind !== 'url') || max <= SORTED_CHARACTERS) return key
  const beginning = (value: SqlValue) =>
    typeof value === 'string' ? [...value.slice(0, 2 * SORTED_CHARACTERS)].slice(0, SORTED_CHARACTERS).join('') : value
  return {
    ...key,
    column: sql`substr(${key.column}, 1, ${raw(String(SORTED_CHARACTERS))})`,
    valueIn: (record) => beginning(key.valueIn(record)),
  }
}

function customKeys(query: QueryContext, table: RecordTable, given: unknown, alias: string, path: string): SortKey[] {
  const pairs = typeof given === 'object' && given !== null ? Object.entries(given) : []
  if (pairs.length !== 1)
    throw invalid(path, 'invalid-order', "Give one field an entry, such as { custom: { tier: 'asc' } }.")
  const [name, order] = pairs[0] as [string, unknown]
  const field = Object.hasOwn(table.custom, name) ? table.custom[name] : undefined
  if (!field || !isVisible(query.actor, table, `custom.${name}`)) throw unknownField(`${path}.${name}`)
  if (!SORTABLE.includes(field.kind)) throw invalid(`${path}.${name}`, 'not-sortable', 'Sort by another field.')
  const operand = customOperand(name, field, query, alias, path)
  const direction = directionOf(order, `${path}.${name}`)
  const key = (column: Sql, sqlValue: (value: unknown) => SqlValue): SortKey => ({
    column,
    direction,
    nullable: true,
    valueIn: (record) => (record.custom[name] == null ? null : sqlValue(record.custom[name])),
  })
  const scalar = (value: unknown): SqlValue =>
    value instanceof Date ? value.getTime() : typeof value === 'boolean' ? Number(value) : (value as SqlValue)
  if (!operand.currency) return [sortable(field, key(operand.value, scalar))]
  return [
    key(operand.currency, (value) => (value as { currency: string }).currency),
    key(operand.value, (value) => (value as { amount: number }).amount),
  ]
}

function directionOf(given: unknown, path: string): Direction {
  if (given === 'asc' || given === 'desc') return given
  throw invalid(path, 'invalid-direction', "Use 'asc' or 'desc'.")
}

/** The part of a list a page reads from: rows whose first sort key has a value, or those where it is empty. */
export type Segment = 'filled' | 'empty'

const beyond = (direction: Direction) => (direction === 'asc' ? '>' : '<')

export function orderSql(keys: readonly SortKey[], segment: Segment): Sql {
  const [first, ...rest] = keys as [SortKey, ...SortKey[]]
  const terms = (segment === 'empty' ? rest : keys).flatMap((key) => [
    ...(key.nullable && key !== first ? [sql`${key.column} is null`] : []),
    raw(`${key.column.text} ${key.direction}`),
  ])
  return join(terms, ', ')
}

/** Rows of the segment that come after the given key values; all of it when there are none. */
export function afterSql(
  dialect: Dialect,
  keys: readonly SortKey[],
  segment: Segment,
  values: readonly SqlValue[] | undefined,
): Sql {
  const [first] = keys as [SortKey]
  const inSegment = !first.nullable
    ? and()
    : segment === 'empty'
      ? sql`${first.column} is null`
      : sql`${first.column} is not null`
  if (!values) return inSegment
  if (segment === 'empty') return and(inSegment, expanded(keys.slice(1), values.slice(1)))
  const simple = keys.slice(1).every((key) => !key.nullable) && keys.every((key) => key.direction === first.direction)
  if (simple) {
    const columns = keys.map((key) => key.column)
    return and(inSegment, rowsPast(columns, beyond(first.direction), values, dialect))
  }
  const bound = sql`${first.column} ${raw(`${beyond(first.direction)}=`)} ${values[0] as SqlValue}`
  return and(inSegment, bound, expanded(keys, values))
}

/** `a > ? or (a = ? and (b > ? or …))`, empty values after all others. */
function expanded(keys: readonly SortKey[], values: readonly SqlValue[]): Sql {
  const [key, ...rest] = keys as [SortKey, ...SortKey[]]
  const value = values[0] as SqlValue
  const further = rest.length > 0 ? expanded(rest, values.slice(1)) : undefined
  if (value === null) return further ? and(sql`${key.column} is null`, further) : raw('1 = 0')
  const past = sql`${key.column} ${raw(beyond(key.direction))} ${value}`
  return or(
    past,
    key.nullable ? sql`${key.column} is null` : raw('1 = 0'),
    further ? and(sql`${key.column} = ${value}`, further) : raw('1 = 0'),
  )
}
