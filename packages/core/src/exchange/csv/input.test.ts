import { describe, expect, test } from 'vitest'
import { splitName } from '../../kernel/names'
import type { ValueOptions } from './formats'
import type { ImportField } from './import-field'
import { inputReader } from './input'
import { mapColumns } from './mapping'

const field = (name: string, kind: ImportField['kind'] = 'text'): ImportField => ({
  name,
  kind,
  label: name,
  aliases: [],
})
const fields = [
  field('title'),
  field('amount', 'money'),
  field('currency'),
  field('expectedCloseDate', 'date'),
  field('emails', 'emails'),
  field('tags', 'tags'),
  field('addresses.street'),
  field('addresses.city'),
  field('custom.tier'),
]

function reader(columns: string[], rows: string[][], options: ValueOptions = {}) {
  const mapping = mapColumns(columns, fields)
  const made = inputReader(mapping, fields, options, { sample: rows.map((values) => ({ values })) })
  return { ...made, results: rows.map((values) => made.read(values)) }
}

describe('rows to input', () => {
  test('blank cells leave no key, wrong ones a problem', () => {
    const { results } = reader(['Title', 'Amount', 'Close date'], [['Engine', '', 'soon']], { currency: 'EUR' })
    expect(results).toEqual([
      {
        input: { title: 'Engine' },
        problems: [
          {
            field: 'expectedCloseDate',
            rule: 'invalid-date',
            remedy: 'Write a date such as 2026-03-31 instead of "soon".',
          },
        ],
      },
    ])
  })

  test('a currency column gives each row its currency', () => {
    const { results } = reader(
      ['Amount', 'Currency'],
      [
        ['10', 'usd'],
        ['10', ''],
        ['£10', 'USD'],
        ['10', 'pounds'],
      ],
      { currency: 'EUR' },
    )
    expect(results.map(({ input }) => input)).toEqual([
      { amount: { amount: 1000, currency: 'USD' } },
      { amount: { amount: 1000, currency: 'EUR' } },
      { amount: { amount: 1000, currency: 'GBP' } },
      { amount: { amount: 1000, currency: 'EUR' } },
    ])
    expect(results[3]?.problems.map(({ rule }) => rule)).toEqual(['invalid-currency'])
  })

  test('columns of one field come together', () => {
    const columns = [
      'Work Email',
      'E-mail 2 - Label',
      'E-mail 2 - Value',
      'Home Street',
      'Home City',
      'City',
      'Tags',
      'Labels',
      'tier',
    ]
    const row = [
      'a@x.example; A2@x.example',
      '* Home',
      'b@x.example',
      'Main St 1',
      'Bonn',
      'Ulm',
      'vip',
      'vip,new',
      'gold',
    ]
    expect(reader(columns, [row]).results[0]?.input).toEqual({
      emails: [
        { value: 'a@x.example', label: 'work' },
        { value: 'A2@x.example', label: 'work' },
        { value: 'b@x.example', label: 'home' },
      ],
      addresses: [{ label: 'home', street: 'Main St 1', city: 'Bonn' }, { city: 'Ulm' }],
      tags: ['vip', 'new'],
      custom: { tier: 'gold' },
    })
  })

  test('says how dates and numbers are read, and whether that is certain', () => {
    const { formats } = reader(['Title', 'Amount', 'Close date'], [['x', '1,5', '3/4/2026']], { currency: 'EUR' })
    expect(formats).toEqual([
      { column: 'Amount', field: 'amount', decimalMark: 'comma', certain: true },
      { column: 'Close date', field: 'expectedCloseDate', dateFormat: 'month-first', certain: false },
    ])
  })

  test.each([
    [{ currency: 'euro' }, 'invalid-currency'],
    [{ timeZone: 'Mars/Base' }, 'invalid-zone'],
    [{ dateFormat: 'dmy' }, 'invalid-format'],
    [{ dateFormat: { closing: 'day-first' } }, 'unknown-field'],
    [{ decimalMark: { amount: '.' } }, 'invalid-format'],
    [{ values: { stages: {} } }, 'unknown-field'],
  ])('options %j are refused', (options, rule) => {
    expect(() => reader(['Title'], [], options as never)).toThrow(expect.objectContaining({ code: 'VALIDATION', rule }))
  })
})

test.each([
  ['Ada Byron', 'Ada', 'Byron'],
  ['  Grace  Brewster Hopper ', 'Grace Brewster', 'Hopper'],
  ['Lovelace, Ada', 'Ada', 'Lovelace'],
  ['Ludwig van Beethoven', 'Ludwig', 'van Beethoven'],
  ['Martin Luther King Jr.', 'Martin Luther', 'King Jr.'],
  ['Sammy Davis, Jr.', 'Sammy', 'Davis, Jr.'],
  ['Ahmed', undefined, 'Ahmed'],
  ['', undefined, undefined],
])('splitName(%j)', (name, firstName, lastName) => {
  expect(splitName(name)).toEqual({ ...(firstName && { firstName }), ...(lastName && { lastName }) })
})
