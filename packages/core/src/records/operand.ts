import { readInstant } from '../kernel/dates'
import { invalid } from '../kernel/errors'
import { isMoney, type Money } from '../kernel/money'
import { foldText } from '../kernel/text'
import { isCalendarDate } from '../kernel/zones'
import type { SqlValue } from '../storage/port'
import { raw, type Sql } from '../storage/sql'
import type { BoundField } from './codec'
import type { Field } from './field'
import type { QueryContext } from './query'
import type { RecordTable } from './record-table'

/** A field in a statement: the SQL to compare, and how a caller's value becomes a comparable one. */
export interface Operand {
  readonly field: Field
  readonly name: string
  readonly path: string
  /** What `eq`, order and ranges compare: the folded or normal form where there is one. */
  readonly value: Sql
  readonly currency?: Sql
  /** What text search looks at. */
  readonly text: Sql
  /** The stored column, for `isNull`. */
  readonly stored: Sql
  toSql(value: unknown): SqlValue
}

/** A built-in or base field. */
export function columnOperand(bound: BoundField, alias: string, path: string, normalise: Normalise): Operand {
  const { field, columns, derived } = bound
  const stored = raw(`${alias}.${columns[0]}`)
  const value = derived ? raw(`${alias}.${derived}`) : stored
  return {
    field,
    name: bound.name,
    path,
    value,
    ...(columns[1] && { currency: raw(`${alias}.${columns[1]}`) }),
    text: value,
    stored,
    toSql: (given) => comparable(field, given, path, normalise),
  }
}

/** A custom field: a value inside the record's JSON. */
export function customOperand(name: string, field: Field, query: QueryContext, alias: string, path: string): Operand {
  const column = raw(`${alias}.custom`)
  const { json } = query.engine.storage.dialect
  const numeric =
    field.kind === 'number' || field.kind === 'integer' || field.kind === 'instant' || field.kind === 'boolean'
  const at = field.kind === 'money' ? `$.${name}.amount` : `$.${name}`
  const value = json(column, at, numeric || field.kind === 'money' ? 'number' : 'text')
  return {
    field,
    name,
    path,
    value,
    ...(field.kind === 'money' && { currency: json(column, `$.${name}.currency`, 'text') }),
    text: value,
    stored: json(column, `$.${name}`, 'text'),
    toSql: (given) => comparable({ ...field, folded: false }, given, path, (_, text) => text),
  }
}

export type Normalise = (kind: 'email' | 'phone' | 'domain', value: string) => string | null

const wrong = (path: string, remedy: string) => invalid(path, 'wrong-type', remedy)

function comparable(field: Field, value: unknown, path: string, normalise: Normalise): SqlValue {
  switch (field.kind) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(path, 'Compare with a number.')
      return value
    case 'integer':
      // A column of whole numbers takes nothing else on PostgreSQL, not even to compare with.
      if (!Number.isSafeInteger(value)) throw wrong(path, 'Compare with a whole number.')
      return value as number
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(path, 'Compare with true or false.')
      return value ? 1 : 0
    case 'money':
      if (!isMoney(value)) throw wrong(path, "Compare with money, e.g. { amount: 100000, currency: 'EUR' }.")
      return (value as Money).amount
    case 'date':
      if (!isCalendarDate(value as string)) throw wrong(path, 'Compare with a calendar date, YYYY-MM-DD.')
      return value as string
    case 'instant':
      return instantOf(value, path)
    default:
      if (typeof value !== 'string') throw wrong(path, 'Compare with text.')
      if (value.length > 2000) throw invalid(path, 'too-long', 'Compare with at most 2,000 characters.')
      if (value.includes('\0')) throw invalid(path, 'forbidden-character', 'Remove NUL characters.')
      if (field.folded) return foldText(value)
      return field.normalised ? (normalise(field.normalised, value) ?? value.toLowerCase()) : value
  }
}

function instantOf(value: unknown, path: string): number {
  const time = readInstant(value)
  if (time === undefined) throw wrong(path, 'Compare with a Date or ISO 8601 text with a zone.')
  return time
}

/** The operand of a built-in field by name, `undefined` when there is none. */
export function operandOf(
  query: QueryContext,
  table: RecordTable,
  name: string,
  alias: string,
  path: string,
): Operand | undefined {
  const bound = table.fields.get(name)
  return bound && columnOperand(bound, alias, path, query.engine.normalise)
}
