import type { Field } from '@rapport/core'
import * as fc from 'fast-check'
import { HOSTILE } from './hostile'

/** What databases take for the same or not, order and cut in ways of their own. */
const PIECES = [
  'a', 'A', 'b', 'B', 'z', 'Z', 'á', 'Á', 'a\u0301', 'ß', 'ẞ', 'ss', 'ſ', 's', 'S', 'İ', 'ı', 'i', 'I', 'Å', '\u212B', '\u212A', 'k', 'K', 'ﬁ', 'ǆ', 'ǅ', 'ÿ', 'ā', 'Ā', 'Ø', 'æ',
  'Ж', 'ж', 'Σ', 'ς', 'σ', 'Ω', ' ', '  ', '\t', '\n', '-', '_', '%', '\\', "'", '"', '`', '|', '*', '?', ',', ';', '=', '@', '#', '{', '}', '[', '$', '0', '1', '9', '10', '２', '½',
  '🚀', '👩‍👧', '👍🏽', '\u{10FFFF}', '\uFFFD', '\uFFFF', '\uFF5E', '日', '語', '한', '\u1112\u1161\u11ab', 'か\u3099', 'が', 'א', 'שׁ', 'ع', 'ﷺ', '\u202E', '\u200B', '\u0301', '\u00A0', '\u3000', '\u00AD', '\u007F', '\u0001', '\u0085',
  'null', 'true', '-0', '1e5', '2026-03-01', 'NaN', '--', '/*', '?1', '$1', ':a',
] // biome-ignore format: a list

const SHORT = HOSTILE.filter((text) => text.length < 300)

export const piece = fc.constantFrom(...PIECES)
export const words = fc.oneof(
  { weight: 5, arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map((some) => some.join('')) },
  { weight: 1, arbitrary: fc.constantFrom(...SHORT) },
)

/** As long as the field takes, or one too long; alike up to the last character. */
const long = (max: number) =>
  fc
    .tuple(fc.constantFrom('x', 'é', '日', '🚀'), fc.constantFrom(0, 0, 0, 1), fc.constantFrom('', 'a', 'A', 'b'))
    .map(([unit, over, tail]) => unit.repeat(Math.floor((max - tail.length) / unit.length) + over) + tail)

const text = (max: number) =>
  fc.oneof({ weight: 8, arbitrary: words }, { weight: 1, arbitrary: long(Math.min(max, 20_000)) })

const CURRENCIES = ['EUR', 'EUR', 'USD', 'JPY', 'KWD']
const AMOUNTS = [0, -0, 1, -1, 99, 100, 12_345_678_901, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, -(2 ** 53) + 1, 0.5]
export const money = fc.record({ amount: fc.constantFrom(...AMOUNTS), currency: fc.constantFrom(...CURRENCIES) })

const NUMBERS = [0, -0, 1, -1, 0.1, 0.30000000000000004, 1 / 3, 5e-324, 1.7976931348623157e308, -1e-7, 1e21, 1e15, 2 ** 53, 123456789.12345679] // biome-ignore format: a list
const DATES = ['0001-01-01', '1000-01-01', '1582-10-10', '1969-12-31', '1970-01-01', '2024-02-29', '2026-03-01', '2026-03-10', '9999-12-31', '2026-02-30'] // biome-ignore format: a list
const INSTANTS = [-62_135_596_800_000, -1, -1001, 0, 1, 999, 1_772_000_000_123, 1_773_100_800_000, 1_773_100_800_001, 253_402_300_799_999, 8.64e15, -8.64e15] // biome-ignore format: a list

const instant = fc.oneof(
  fc.constantFrom(...INSTANTS).map((at) => new Date(at)),
  fc.constantFrom('1969-12-31T23:59:59.999Z', '2026-03-09T10:00:00+05:30', '2026-03-09T10:00:00.1234567Z'),
)

const email = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('ada', 'Ada', 'a.da', 'ada+x', 'ádá', 'ſ'),
      fc.constantFrom('x.example', 'X.Example', 'ß.example'),
    )
    .map((parts) => parts.join('@')),
  words,
)
const phone = fc.constantFrom(
  '+49 30 1234567',
  '+49301234567',
  '030 1234567',
  '+1 555 010 0000',
  '(555) 010-0000',
  '1',
  '００４９３０１２３４５',
)
const url = fc.oneof(
  fc.constantFrom(
    'https://x.example/',
    'https://X.example/A',
    'http://ß.example/?q=%',
    `https://x.example/${'p'.repeat(2000)}`,
  ),
  words,
)

const jsonValue = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    words,
    fc.constantFrom<unknown>(null, true, false, ...NUMBERS),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(words, tie('node'), { maxKeys: 3 }),
  ),
})).node

const labelled = (value: fc.Arbitrary<string>) =>
  fc.array(fc.record({ value, label: fc.option(words), primary: fc.boolean() }, { requiredKeys: ['value'] }), {
    maxLength: 3,
  })

/** Stands for the id of a record made before. */
export interface Ref {
  ref: string
  pick: number
}
export const pick = fc.nat({ max: 30 })
export const ref = (type: string): fc.Arbitrary<Ref> => fc.record({ ref: fc.constant(type), pick })

export const USERS = ['ada', 'bob', 'cyd', 'mia', 'root'] as const

const made = new Map<Field, fc.Arbitrary<unknown>>()

/** Values of a field, most of them valid. */
export function hostileValue(field: Field): fc.Arbitrary<unknown> {
  const known = made.get(field) ?? makeValue(field)
  made.set(field, known)
  return known
}

function makeValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      return field.normalised
        ? fc.oneof(url, email, fc.constantFrom('x.example', 'X.example.', 'ß.example'))
        : text(field.max ?? 255)
    case 'email':
      return email
    case 'phone':
      return phone
    case 'url':
      return url
    case 'number':
      return fc.oneof(fc.constantFrom(...NUMBERS), fc.double({ noNaN: true, noDefaultInfinity: true }))
    case 'integer':
      return fc.oneof(
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom(-1, 50, 100, 101, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1),
      )
    case 'money':
      return money
    case 'date':
      return fc.constantFrom(...DATES)
    case 'instant':
      return instant
    case 'boolean':
      return fc.boolean()
    case 'select':
      return fc.constantFrom(...(field.options as string[]))
    case 'multiselect':
      return fc.subarray([...(field.options as string[])])
    case 'user':
      return fc.constantFrom(...USERS, 'Ada', 'ada ', null)
    case 'link':
      return ref(field.to as string)
    case 'tags':
      return fc.array(words, { maxLength: 4 })
    case 'emails':
      return labelled(email)
    case 'phones':
      return labelled(phone)
    case 'addresses':
      return fc.array(fc.record({ street: words, city: words, country: words }, { requiredKeys: [] }), { maxLength: 2 })
    case 'reminders':
      return fc.array(
        fc.oneof(
          fc.constantFrom('PT0S', 'PT15M', 'P1D', 'P1W', 'P99Y999M').map((before) => ({ before })),
          instant.map((at) => ({ at, channels: ['email'] })),
          words.map((before) => ({ before })),
        ),
        { maxLength: 3 },
      )
    case 'json':
      return fc.dictionary(words, jsonValue, { maxKeys: 4 })
  }
}
