import { describe, expect, test } from 'vitest'
import { checkColumns, columnNames, dataCell, preambleLength } from './header'

const rows = (...values: string[][]) =>
  values.map((cells, index) => ({ line: index + 1, values: cells, raw: cells.join(',') }))

describe('columnNames', () => {
  test.each([
    [
      ['Email', ' Email ', 'Email'],
      ['Email', 'Email (2)', 'Email (3)'],
    ],
    [
      ['a', '', '  ', 'a'],
      ['a', 'Column 2', 'Column 3', 'a (2)'],
    ],
    [
      ['a', 'a', 'a (2)'],
      ['a', 'a (3)', 'a (2)'],
    ],
    [
      ['__proto__', 'constructor', '__proto__'],
      ['__proto__', 'constructor', '__proto__ (2)'],
    ],
  ])('%j', (header, names) => {
    expect(columnNames(header)).toEqual(names)
  })
})

describe('dataCell', () => {
  test.each([
    [['Ada', 'ada@example.com']],
    [['Ada', '+49 30 123456']],
    [['Acme', '1,234.50']],
    [['Acme', '€ 12']],
    [['Acme', '2026-01-31']],
    [['Acme', '31.1.2026']],
    [['Acme', 'https://acme.example/']],
    [['no', 'no', 'no', 'yes', 'no']],
  ])('%j is a record', (cells) => {
    expect(dataCell(cells)).toBeDefined()
  })

  test.each([
    [['First Name', 'E-mail 1 - Value', 'Address 2', 'User 1', 'Q1 2026']],
    [['A', 'B', 'C']],
    [['Email', 'Email', 'Email']],
    [['Name', '', '', '']],
    [['€ Betrag', 'Anteil %', '@handle', '#']],
  ])('%j may be a header', (cells) => {
    expect(dataCell(cells)).toBeUndefined()
  })
})

test('preambleLength counts notes in front of a header', () => {
  expect(preambleLength(rows(['Notes:'], ['Some are missing.'], ['a', 'b'], ['1', '2']))).toBe(2)
  expect(preambleLength(rows(['a', 'b'], ['1', '2']))).toBe(0)
  expect(preambleLength(rows(['email'], ['ada@example.com'], ['bob@example.com']))).toBe(0)
  expect(preambleLength(rows(['a', 'b'], ['1'], ['2']))).toBe(0)
})

test.each([[[]], [['a', '']], ['ab'], [[1]]])('columns %j are refused', (columns) => {
  expect(() => checkColumns(columns as never)).toThrow(expect.objectContaining({ rule: 'invalid-columns' }))
})
