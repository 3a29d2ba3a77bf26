import { orderedJson } from '../kernel/json'
import type { Money } from '../kernel/money'
import { foldText } from '../kernel/text'
import type { SqlValue } from '../storage/port'
import type { Field, Reminder } from './field'

/** A field and the columns that hold it. `write` and `read` work on that run of columns. */
export interface BoundField {
  readonly name: string
  readonly field: Field
  /** Columns a record is read from. */
  readonly columns: readonly string[]
  /** Column kept beside them for sorting and comparing: `name_fold`, `email_key`. */
  readonly derived: string | undefined
  /** Columns written, the derived one included. */
  readonly width: number
  write(value: unknown): SqlValue[]
  read(row: readonly unknown[], at: number): unknown
}

/** Makes the normal form of a value for its `_key` column. */
export type Normaliser = (kind: 'email' | 'phone' | 'domain', value: string) => string | null

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const asIs = {
  write: (value: unknown) => [(value ?? null) as SqlValue],
  read: (row: readonly unknown[], at: number) => row[at] ?? null,
}
const json = {
  write: (value: unknown) => [isEmpty(value) ? null : JSON.stringify(value)],
  read: (row: readonly unknown[], at: number) => (row[at] == null ? null : JSON.parse(row[at] as string)),
}
const jsonList = { ...json, read: (row: readonly unknown[], at: number) => json.read(row, at) ?? [] }
const instant = {
  write: (value: unknown) => [value == null ? null : (value as Date).getTime()],
  read: (row: readonly unknown[], at: number) => (row[at] == null ? null : new Date(Number(row[at]))),
}
const boolean = {
  write: (value: unknown) => [value == null ? null : value ? 1 : 0],
  read: (row: readonly unknown[], at: number) => (row[at] == null ? null : Boolean(row[at])),
}
const money = {
  write: (value: unknown) => (value == null ? [null, null] : [(value as Money).amount, (value as Money).currency]),
  read: (row: readonly unknown[], at: number) =>
    row[at] == null ? null : { amount: Number(row[at]), currency: row[at + 1] as string },
}

const reminders = { ...json, read: (row: readonly unknown[], at: number) => reviveReminders(json.read(row, at)) }

/** Reminders as JSON keeps them, with the instants back. */
export const reviveReminders = (stored: unknown): Reminder[] =>
  ((stored ?? []) as Reminder[]).map((one) => (one.at === undefined ? one : { ...one, at: new Date(one.at) }))

const isEmpty = (value: unknown) =>
  value == null ||
  (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0)

const CODECS: Partial<Record<Field['kind'], Pick<BoundField, 'write' | 'read'>>> = {
  instant,
  boolean,
  money,
  json,
  multiselect: jsonList,
  tags: jsonList,
  emails: jsonList,
  phones: jsonList,
  addresses: jsonList,
  reminders,
}

/** Binds a field to its columns. */
export function bindField(name: string, field: Field, normalise: Normaliser): BoundField {
  const column = snake(name)
  const { write, read } = CODECS[field.kind] ?? asIs
  const columns = field.kind === 'money' ? [column, `${column}_currency`] : [column]
  const derive = derivation(field, normalise)
  return {
    name,
    field,
    columns,
    width: columns.length + (derive ? 1 : 0),
    derived: derive && `${column}${field.folded ? '_fold' : '_key'}`,
    write: derive ? (value) => [...write(value), value == null ? null : derive(String(value))] : write,
    read,
  }
}

/** The `custom` column where some of its fields are instants: JSON has none, so they are stored as milliseconds. */
export function bindCustom(bound: BoundField, instants: readonly string[]): BoundField {
  return {
    ...bound,
    write(value) {
      const stored = { ...(value as Record<string, unknown> | null) }
      for (const name of instants)
        if (stored[name] != null) stored[name] = new Date(stored[name] as Date | string).getTime()
      return bound.write(stored)
    },
    read(row, at) {
      const values = bound.read(row, at) as Record<string, unknown> | null
      for (const name of instants) if (values?.[name] != null) values[name] = new Date(Number(values[name]))
      return values
    },
  }
}

function derivation(
  { folded, normalised }: Field,
  normalise: Normaliser,
): ((value: string) => string | null) | undefined {
  if (folded) return foldText
  return normalised && ((value) => normalise(normalised, value))
}

/** Whether two values of a field are the same. */
export function sameValue(bound: BoundField, left: unknown, right: unknown): boolean {
  const a = bound.write(left)
  const b = bound.write(right)
  if (a.every((value, index) => value === b[index])) return true
  return CODECS[bound.field.kind]?.write === json.write && orderedJson(left) === orderedJson(right)
}
