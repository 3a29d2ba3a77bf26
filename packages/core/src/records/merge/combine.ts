import { invalid } from '../../kernel/errors'
import { foldText } from '../../kernel/text'
import type { Normaliser } from '../codec'
import { type Field, isServerOwned, type LabelledValue } from '../field'
import type { RecordTable } from '../record-table'
import type { AnyRecord } from '../types'

/** From which record to take a field: the winner's id or a loser's. */
export type FieldChoice = Readonly<Record<string, string>>

/**
 * The winner as it will be: its own values; empty fields filled from the losers in their order; tags, emails, phones
 * and addresses of all; an opt-out of any. `choice` overrules it field by field.
 */
export function combine(
  table: RecordTable,
  winner: AnyRecord,
  losers: readonly AnyRecord[],
  choice: FieldChoice,
  normalise: Normaliser,
): AnyRecord {
  const members = new Map([winner, ...losers].map((record) => [record.id, record]))
  const after: AnyRecord = { ...winner, custom: { ...winner.custom } }
  for (const [name, { field }] of table.fields) {
    if (name === 'custom') continue
    const values = [winner, ...losers].map((record) => withoutMembers(record, name, field, table, members))
    after[name] = isServerOwned(field) ? serverValue(name, values, winner) : combined(name, field, values, normalise)
  }
  for (const [name, field] of Object.entries(table.custom)) {
    const value = combined(
      name,
      field,
      [winner, ...losers].map((record) => record.custom[name] ?? null),
      normalise,
    )
    if (value !== null) after.custom[name] = value
  }
  for (const [path, id] of Object.entries(choice)) choose(table, after, path, members.get(id))
  return after
}

/** A link from one record of the merge to another says nothing afterwards: what that one links to counts instead. */
function withoutMembers(
  record: AnyRecord,
  name: string,
  field: Field,
  table: RecordTable,
  members: ReadonlyMap<string, AnyRecord>,
): unknown {
  if (field.kind !== 'link' || field.to !== table.type) return record[name]
  const seen = new Set<unknown>()
  let value = record[name]
  while (typeof value === 'string' && members.has(value)) {
    if (seen.has(value)) return null
    seen.add(value)
    value = members.get(value)?.[name] ?? null
  }
  return value
}

function serverValue(name: string, values: readonly unknown[], winner: AnyRecord): unknown {
  const dates = values.filter((value): value is Date => value instanceof Date).map((date) => date.getTime())
  if (name === 'lastActivityAt') return dates.length > 0 ? new Date(Math.max(...dates)) : null
  if (name === 'nextActivityAt') return dates.length > 0 ? new Date(Math.min(...dates)) : null
  return winner[name]
}

function combined(name: string, field: Field, values: readonly unknown[], normalise: Normaliser): unknown {
  const lists = () => values.flatMap((value) => (value ?? []) as unknown[])
  const first = values.find((value) => !isEmpty(value))
  switch (field.kind) {
    case 'emails':
    case 'phones': {
      const kind = field.kind === 'emails' ? 'email' : 'phone'
      const all = unique(lists() as LabelledValue[], ({ value }) => normalise(kind, value) ?? value)
      const primary = all.findIndex((one) => one.primary)
      return all.map((one, index) => ({ ...one, primary: index === Math.max(0, primary) }))
    }
    case 'tags':
      return unique(lists() as string[], foldText)
    case 'addresses':
    case 'multiselect':
      return unique(lists(), (value) => JSON.stringify(value))
    case 'json':
      return name === 'consent' ? values.reduce((all, one) => withOptOuts(all, one), null) : (first ?? null)
    default:
      return first ?? null
  }
}

const isEmpty = (value: unknown) =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0)

/** The first of each kind, in their order. */
function unique<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  const byKey = new Map<string, T>()
  for (const value of values) if (!byKey.has(keyOf(value))) byKey.set(keyOf(value), value)
  return [...byKey.values()]
}

const OPT_OUT = /opt.?out|unsubscribed|do.?not|suppressed|withdrawn/i

/** Both consents in one: the first one's word counts, but a "no" of either stays a no. */
export function withOptOuts(first: unknown, second: unknown, name = ''): unknown {
  if (first == null || second == null) return first ?? second ?? null
  if (typeof first === 'object' && typeof second === 'object' && !Array.isArray(first) && !Array.isArray(second)) {
    const [a, b] = [first as Record<string, unknown>, second as Record<string, unknown>]
    return Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, withOptOuts(a[key], b[key], key)]),
    )
  }
  const no = OPT_OUT.test(name)
  return second === no ? no : first
}

function choose(table: RecordTable, after: AnyRecord, path: string, from: AnyRecord | undefined) {
  if (!from) throw invalid(`fields.${path}`, 'unknown-record', 'Give the id of the winner or of one of the losers.')
  if (path.startsWith('custom.') && Object.hasOwn(table.custom, path.slice('custom.'.length))) {
    const name = path.slice('custom.'.length)
    if (from.custom[name] == null) delete after.custom[name]
    else after.custom[name] = from.custom[name]
    return
  }
  const field = table.fields.get(path)?.field
  if (!field || isServerOwned(field) || path === 'custom') {
    throw invalid(`fields.${path}`, 'unknown-field', 'Choose among the fields of the record that can be written.')
  }
  after[path] = from[path]
}
