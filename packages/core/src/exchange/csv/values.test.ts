import { describe, expect, test } from 'vitest'
import type { Problem } from '../../kernel/errors'
import { columnFormat, type ValueOptions } from './formats'
import type { ImportField } from './import-field'
import { cellReader } from './values'

const field = (kind: ImportField['kind'], options?: string[]): ImportField => ({
  name: 'x',
  label: 'X',
  kind,
  aliases: [],
  options,
})

/** Reads one cell; with `column` the format is found out from these cells. */
function read(
  kind: ImportField['kind'],
  cell: string,
  options: ValueOptions = {},
  column: string[] = [],
  choices?: string[],
) {
  const problems: Problem[] = []
  const of = field(kind, choices)
  const value = cellReader(of, options, columnFormat(of, column, options))(cell, problems)
  return problems.length > 0 ? problems.map(({ rule }) => rule).join() : value
}

describe('numbers', () => {
  test.each([
    ['1,234.56', 1234.56],
    ['1.234,56', 1234.56],
    ['1 234,56', 1234.56],
    ['1\u00a0234\u202f567,8', 1234567.8],
    ["1'234.50", 1234.5],
    ['12,34,567.5', 1234567.5],
    ['1,234,567', 1234567],
    ['1.234.567', 1234567],
    ['(1,234.50)', -1234.5],
    ['-5', -5],
    ['−5', -5],
    ['5-', -5],
    ['+5', 5],
    ['.5', 0.5],
    ['0,5', 0.5],
    ['0.125', 0.125],
    ['12.5%', 12.5],
    ['40 %', 40],
    ['1.5E+3', 1500],
    [' 7 ', 7],
    ['007', 7],
    ["'-5", -5],
  ])('%j is %d', (cell, value) => {
    expect(read('number', cell)).toBe(value)
  })

  test.each([
    'abc',
    '1,2,3',
    '1.2.3',
    '12 34',
    '1,23,4',
    '--5',
    '(-5)',
    '1e999',
    '5 apples',
    '1.234,56,7',
    '٣',
    '0x10',
    '1_',
  ])('%j is none', (cell) => {
    expect(read('number', cell)).toBe('invalid-number')
  })

  test('"1,234" follows its column, and the point where the column is silent', () => {
    expect(read('number', '1,234')).toBe(1234)
    expect(read('number', '1,234', {}, ['0,5', '1,234'])).toBe(1.234)
    expect(read('number', '1.234', {}, ['0,5'])).toBe(1234)
    expect(read('number', '1.234', {}, ['2.5'])).toBe(1.234)
    expect(read('number', '1,234', { decimalMark: 'comma' })).toBe(1.234)
    expect(read('number', '1,234', { decimalMark: { x: 'comma' } })).toBe(1.234)
  })

  test('a column is uncertain when its numbers fit both marks or contradict each other', () => {
    const certain = (...cells: string[]) => columnFormat(field('number'), cells, {}).certain
    expect([certain('1,234'), certain('1,5', '1.5'), certain('1,5', '1,234'), certain('12')]).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  test('semicolons between cells make the comma the decimal mark', () => {
    expect(columnFormat(field('money'), ['1.234'], {}, ';')).toEqual({ decimalMark: 'comma', certain: false })
  })

  test('integers are whole', () => {
    expect([read('integer', '1,200'), read('integer', '12.0'), read('integer', '1.5')]).toEqual([
      1200,
      12,
      'not-an-integer',
    ])
  })
})

describe('money', () => {
  test.each([
    ['€ 1.234,56', 123456, 'EUR'],
    ['1.234,56 €', 123456, 'EUR'],
    ['USD 12', 1200, 'USD'],
    ['12 usd', 1200, 'USD'],
    ['$1,299.90', 129990, 'USD'],
    ['-$5', -500, 'USD'],
    ['$-5', -500, 'USD'],
    ['(£5.25)', -525, 'GBP'],
    ['CHF 1’234.50', 123450, 'CHF'],
    ['R$ 10', 1000, 'BRL'],
    ['US$10', 1000, 'USD'],
    ['1 234,50 zł', 123450, 'PLN'],
    ['¥500', 500, 'JPY'],
    ['KWD 1.234', 1234, 'KWD'],
    ['1299.00 EUR', 129900, 'EUR'],
    ['0', 0, 'CHF'],
  ])('%j', (cell, amount, currency) => {
    expect(read('money', cell, { currency: 'CHF' })).toEqual({ amount, currency })
  })

  test('shared signs mean the default currency where it has that sign', () => {
    expect(read('money', '$10', { currency: 'CAD' })).toEqual({ amount: 1000, currency: 'CAD' })
    expect(read('money', '10 kr', { currency: 'SEK' })).toEqual({ amount: 1000, currency: 'SEK' })
    expect(read('money', '¥10', { currency: 'CNY' })).toEqual({ amount: 1000, currency: 'CNY' })
    expect(read('money', '10 kr', { currency: 'EUR' })).toBe('invalid-currency')
  })

  test.each([
    ['12', {}, 'missing-currency'],
    ['12 XYZ', {}, 'invalid-currency'],
    ['12.345', { currency: 'EUR' }, 'too-many-decimals'],
    ['¥ 1.5', {}, 'too-many-decimals'],
    ['EUR', {}, 'invalid-amount'],
    ['1e30 EUR', {}, 'too-large'],
    ['$1.2M', {}, 'invalid-amount'],
  ])('%j is wrong', (cell, options, rule) => {
    expect(read('money', cell, options)).toBe(rule)
  })
})

describe('yes and no', () => {
  test.each([
    [true, ['yes', 'TRUE', '1', 'x', 'Ja', 'oui', 'sí', 'si', 'Y']],
    [false, ['no', 'False', '0', 'nein', 'non', 'N']],
  ])('%j', (value, cells) => {
    expect(cells.map((cell) => read('boolean', cell))).toEqual(cells.map(() => value))
  })
  test('anything else is an error', () => expect(read('boolean', 'maybe')).toBe('invalid-boolean'))
})

describe('dates', () => {
  test.each([
    ['2026-03-01', '2026-03-01'],
    ['2026-3-1', '2026-03-01'],
    ['2026/03/01', '2026-03-01'],
    ['20260301', '2026-03-01'],
    ['1.3.2026', '2026-03-01'],
    ['01.03.26', '2026-03-01'],
    ['31.12.69', '2069-12-31'],
    ['31.12.70', '1970-12-31'],
    ['3/1/2026', '2026-03-01'],
    ['15 Jun 2026', '2026-06-15'],
    ['15-Jun-26', '2026-06-15'],
    ['15. März 2024', '2024-03-15'],
    ['1er janvier 2024', '2024-01-01'],
    ['15 de junio de 2024', '2024-06-15'],
    ['15 août 2024', '2024-08-15'],
    ['June 15th, 2026', '2026-06-15'],
    ['Jun 15 2026', '2026-06-15'],
    ['Mon, 15 Jun 2026', '2026-06-15'],
    ['Monday, June 15, 2026', '2026-06-15'],
    ['2024-02-29', '2024-02-29'],
    ['2024-08-13T23:30:00.666+02:00', '2024-08-13'],
    ['2024-08-13 09:30', '2024-08-13'],
    ['0/0/00', undefined],
    ['0000-00-00', undefined],
  ])('%j is %s', (cell, date) => {
    expect(read('date', cell)).toBe(date)
  })

  test.each([
    '2023-02-29',
    '31.4.2026',
    '2026-13-01',
    '13/13/2026',
    'soon',
    '45000',
    '15 Foo 2026',
    '1/2',
    '2026-01-01T25:00',
    '1/2/202',
  ])('%j is none', (cell) => {
    expect(read('date', cell)).toBe('invalid-date')
  })

  test('03/04/2026 follows its column, else the option, else the month comes first', () => {
    expect(read('date', '03/04/2026')).toBe('2026-03-04')
    expect(read('date', '03/04/2026', {}, ['03/04/2026', '25/12/2025'])).toBe('2026-04-03')
    expect(read('date', '3-4-2026', {}, ['12/25/2025'])).toBe('2026-03-04')
    expect(read('date', '03/04/2026', { dateFormat: 'day-first' }, ['12/25/2025'])).toBe('2026-04-03')
    expect(read('date', '03/04/2026', { dateFormat: { x: 'day-first' } })).toBe('2026-04-03')
  })

  test('a column that fits both orders says that it is uncertain', () => {
    const certain = (...cells: string[]) => columnFormat(field('date'), cells, {}).certain
    expect([
      certain('3/4/2026'),
      certain('25/4/2026', '4/25/2026'),
      certain('3/4/2026', '3/25/2026'),
      certain('5/5/2026', '2026-01-02', '3.4.2026'),
    ]).toEqual([false, false, true, true])
  })

  test('a date in the other order is an error that names the option, never a silent swap', () => {
    const problems: Problem[] = []
    cellReader(field('date'), {}, { dateFormat: 'month-first', certain: true })('25/12/2025', problems)
    expect(problems).toEqual([
      {
        field: 'x',
        rule: 'invalid-date',
        remedy: `"25/12/2025" is no month-first date: set dateFormat: 'day-first' if that is how the file writes dates.`,
      },
    ])
  })

  test("Excel's day numbers only when told", () => {
    expect(read('date', '45000', { dateFormat: 'excel' })).toBe('2023-03-15')
    expect(read('date', '61', { dateFormat: 'excel' })).toBe('1900-03-01')
    expect(read('date', '60', { dateFormat: 'excel' })).toBe('invalid-date')
    expect(read('instant', '45000.75', { dateFormat: 'excel' })).toEqual(new Date('2023-03-15T18:00:00Z'))
    expect(read('date', '2026-03-01', { dateFormat: 'excel' })).toBe('2026-03-01')
  })
})

describe('instants', () => {
  const berlin = { timeZone: 'Europe/Berlin' }
  test.each([
    ['2024-08-13T18:04:34.666+00:00', {}, '2024-08-13T18:04:34.666Z'],
    ['2024-08-13T18:04:34.66+00:00', {}, '2024-08-13T18:04:34.660Z'],
    ['2024-08-13T18:04Z', berlin, '2024-08-13T18:04:00Z'],
    ['2024-08-13 18:04:34 -0700', berlin, '2024-08-14T01:04:34Z'],
    ['2024-08-13 18:04:34 UTC', berlin, '2024-08-13T18:04:34Z'],
    ['2024-08-13 18:04', {}, '2024-08-13T18:04:00Z'],
    ['2024-08-13 18:04', berlin, '2024-08-13T16:04:00Z'],
    ['13.1.2024 18:04', berlin, '2024-01-13T17:04:00Z'],
    ['1/13/2024 6:04 PM', berlin, '2024-01-13T17:04:00Z'],
    ['1/13/2024, 12:04 a.m.', {}, '2024-01-13T00:04:00Z'],
    ['13 Jan 2024 18:04', {}, '2024-01-13T18:04:00Z'],
    ['2024-08-13', berlin, '2024-08-12T22:00:00Z'],
    // The clocks skip 2:30 on this day, and show it twice on the other.
    ['2026-03-29 02:30', berlin, '2026-03-29T01:30:00Z'],
    ['2026-10-25 02:30', berlin, '2026-10-25T00:30:00Z'],
    ['2026-04-05 02:30', { timeZone: 'Pacific/Auckland' }, '2026-04-04T13:30:00Z'],
    ['2026-01-01 00:00', { timeZone: 'Asia/Kathmandu' }, '2025-12-31T18:15:00Z'],
  ])('%j with %j', (cell, options, instant) => {
    expect(read('instant', cell, options)).toEqual(new Date(instant))
  })

  test.each(['2024-08-13 25:00', '2024-08-13 12:60', '2024-08-13 13:00 PM', '18:04', '2024-08-13 18:04 +99:00'])(
    '%j is none',
    (cell) => {
      expect(read('instant', cell)).toBe('invalid-date')
    },
  )
})

describe('text and choices', () => {
  test('text loses blanks around it and keeps those inside', () => {
    expect(read('text', '  a  b\n c \t')).toBe('a  b\n c')
    expect(read('text', ' \u00a0 ')).toBeUndefined()
    expect(read('text', "'=SUM(A1)")).toBe('=SUM(A1)')
    expect(read('text', "'tis")).toBe("'tis")
  })

  test('tags between commas, semicolons and bars, each once', () => {
    expect(read('tags', 'vip, musician;vip |  x y,')).toEqual(['vip', 'musician', 'x y'])
    expect(read('tags', '* myContacts ::: Navy, retired')).toEqual(['* myContacts', 'Navy, retired'])
  })

  test('several addresses in one cell', () => {
    expect(read('emails', 'a@x.example ::: b@x.example')).toEqual(['a@x.example', 'b@x.example'])
    expect(read('emails', 'a@x.example; b@x.example,c@x.example')).toEqual([
      'a@x.example',
      'b@x.example',
      'c@x.example',
    ])
    expect(read('phones', '+49 30 1234 / 5678')).toEqual(['+49 30 1234 / 5678'])
  })

  test('options are found without case, accents and punctuation', () => {
    const options = ['in-progress', 'Qualifié', 'new']
    const values = ['In Progress', 'QUALIFIE', ' new '].map((cell) => read('select', cell, {}, [], options))
    expect(values).toEqual(['in-progress', 'Qualifié', 'new'])
    expect(read('multiselect', 'New; in progress', {}, [], options)).toEqual(['new', 'in-progress'])
    expect(read('select', 'old', {}, [], options)).toBe('unknown-option')
    expect(read('multiselect', 'new;old;older', {}, [], options)).toBe('unknown-option,unknown-option')
  })

  test('value mappings go first: exact, else without case and blanks', () => {
    const values = { x: { Engaging: 'new', ENGAGING: 'in-progress', 'n/a': null, '': 'new' } }
    const cells = ['Engaging', 'ENGAGING', ' n/A ', '', 'in progress']
    const found = cells.map((cell) => read('select', cell, { values }, [], ['new', 'in-progress']))
    expect(found).toEqual(['new', 'in-progress', undefined, 'new', 'in-progress'])
  })

  test('names of prototypes are values like others', () => {
    expect(read('text', 'constructor', { values: { x: {} } })).toBe('constructor')
    expect(read('text', '__proto__', { values: {} })).toBe('__proto__')
  })
})
