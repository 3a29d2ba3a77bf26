import { type Field, type Fields, field, type RecordType } from '@rapport/core'
import { sampleValue } from '@rapport/core/testing'
import type { RecordDefinition } from '../../src/records/definition'

/** One custom field of each kind, for every type in the property tests. */
export const customFields = {
  word: field.text({ searched: true }),
  level: field.select(['low', 'mid', 'high']),
  score: field.integer(),
  price: field.money(),
  day: field.date(),
  moment: field.instant(),
  flag: field.boolean(),
  marks: field.multiSelect(['a', 'b', 'c']),
} satisfies Fields

const TEXTS = ['Ann', 'ann', 'Éva', 'Zoë', 'bob', 'Łukasz', 'o%o', '_x', 'Ann Bob', 'z']
export const TAGS = ['VIP', 'café', 'late', 'x y']

/** A meeting needs a start: where the values give none, that day. */
export const withStart = (type: RecordType, values: Record<string, unknown>): Record<string, unknown> =>
  type === 'meetings' && !values.startAt && !values.startDate ? { ...values, startDate: '2026-03-09' } : values

/** A value out of a few for the kind, so that values are often equal; fields without duplicates get one for each record. */
export function pooled(definition: RecordDefinition, name: string, of: Field, record: number, pick: number): unknown {
  if (
    of.unique ||
    of.normalised ||
    of.kind === 'url' ||
    of.kind === 'emails' ||
    of.kind === 'phones' ||
    definition.duplicateBy?.includes(name)
  ) {
    return sampleValue(of, name, record * 10 + (pick % 3))
  }
  if (name === 'recurrence') return ['FREQ=DAILY', 'FREQ=WEEKLY;COUNT=2', 'FREQ=MONTHLY;BYMONTHDAY=31'][pick % 3]
  switch (of.kind) {
    case 'text':
      return TEXTS[pick % TEXTS.length]
    case 'select':
      return of.options?.[pick % of.options.length]
    case 'multiselect':
      return of.options?.filter((_, index) => (pick >> index) & 1)
    case 'money':
      return { amount: (pick % 4) * 100, currency: pick % 3 === 0 ? 'USD' : 'EUR' }
    case 'number':
    case 'integer':
      return Math.min(of.max ?? 5, Math.max(of.min ?? 0, pick % 5))
    case 'boolean':
      return pick % 2 === 0
    case 'date':
      return `2026-03-0${1 + (pick % 4)}`
    case 'instant':
      return new Date(Date.UTC(2026, 2, 8 + (pick % 4), pick % 24))
    case 'tags':
      return TAGS.filter((_, index) => (pick >> index) & 1)
    default:
      return sampleValue(of, name, pick % 3)
  }
}
