import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScanner } from './scanner'

interface Options {
  delimiter?: string
  maxRowLength?: number
  pieces?: number
}

function scan(text: string, { delimiter = ',', maxRowLength = 1_000, pieces = text.length }: Options = {}) {
  const rows: { line: number; values: string[]; raw: string }[] = []
  const faults: { line: number; rule: string; raw: string }[] = []
  const feed = createScanner(
    { delimiter, maxRowLength },
    {
      row: (line, values, raw) => rows.push({ line, values, raw }),
      fault: (line, rule, raw) => faults.push({ line, rule, raw }),
    },
  )
  for (let at = 0; at < text.length; at += pieces) feed(text.slice(at, at + pieces), at + pieces >= text.length)
  return { rows, faults }
}

const values = (text: string, options?: Options) => scan(text, options).rows.map((row) => row.values)

describe('records', () => {
  test('lines are the physical ones on which records start, whatever the line ends', () => {
    const text = 'a,b\r\n\r\n1,"x\r\ny\r\nz"\r\n2,q\n\n3,r\r4,"s\rt"\r5,u'
    expect(scan(text).rows.map(({ line, values: [first] }) => [line, first])).toEqual([
      [1, 'a'],
      [3, '1'],
      [6, '2'],
      [8, '3'],
      [9, '4'],
      [11, '5'],
    ])
  })

  test('raw is the text of the record without its line end', () => {
    expect(scan('a,b\r\n"1\n2",3\r\n').rows.map(({ raw }) => raw)).toEqual(['a,b', '"1\n2",3'])
  })

  test.each([
    ['a cell may be empty or blank', ',a, ,""\n', ['', 'a', ' ', '']],
    ['quotes are doubled inside quotes', '"say ""hi""",""""\n', ['say "hi"', '"']],
    ['a quote inside an unquoted cell is itself', '5" pipe,the "best"\n', ['5" pipe', 'the "best"']],
    ['text behind a closing quote makes the cell literal', '"Bob" Smith,x\n', ['"Bob" Smith', 'x']],
    ['blanks behind a closing quote are dropped', '"a" ,"b"  \n', ['a', 'b']],
    ['the last cell may be empty', '"a",\n', ['a', '']],
    ['the last line may have no end', '"a","b"', ['a', 'b']],
  ])('%s', (_, text, expected) => {
    expect(values(text)).toEqual([expected])
  })

  test('pieces of any size give the same records', () => {
    const text = 'a,b\r\n"1\r\n""2""",x\r\n\r\n"y",z" \rlast,"q"'
    const whole = scan(text)
    for (let pieces = 1; pieces < text.length; pieces++) expect(scan(text, { pieces })).toEqual(whole)
  })
})

describe('faults', () => {
  test('a quote opened by mistake loses its line and no other', () => {
    const { rows, faults } = scan('a,b\n1,"oops\n2,"fine"\n3,ok\n')
    expect(faults).toEqual([{ line: 2, rule: 'unclosed-quote', raw: '1,"oops' }])
    expect(rows.map((row) => row.values)).toEqual([
      ['a', 'b'],
      ['2', 'fine'],
      ['3', 'ok'],
    ])
  })

  test('a quote that never closes is found at the end of the file', () => {
    const { rows, faults } = scan('a,b\n"1,x\n2,y\n')
    expect(faults).toEqual([{ line: 2, rule: 'unclosed-quote', raw: '"1,x' }])
    expect(rows.at(-1)).toEqual({ line: 3, values: ['2', 'y'], raw: '2,y' })
  })

  test('a quote that does not close within the longest row is given up there', () => {
    const { rows, faults } = scan(`a,b\n"1,x\n${'2,y\n'.repeat(100)}`, { maxRowLength: 50, pieces: 10 })
    expect(faults).toEqual([{ line: 2, rule: 'unclosed-quote', raw: '"1,x' }])
    expect(rows).toHaveLength(101)
    expect(rows.at(-1)?.line).toBe(102)
  })

  test.each([5, 1_000])('a line that is too long is skipped, in pieces of %i', (pieces) => {
    const { rows, faults } = scan(`a,b\r\n${'x'.repeat(200)}\r\n1,2\r\n"${'y'.repeat(200)}",z\r\n3,4\r\n`, {
      maxRowLength: 50,
      pieces,
    })
    expect(faults.map(({ line, rule }) => [line, rule])).toEqual([
      [2, 'row-too-long'],
      [4, 'row-too-long'],
    ])
    expect(rows.map(({ line, values: [first] }) => [line, first])).toEqual([
      [1, 'a'],
      [3, '1'],
      [5, '3'],
    ])
  })

  test('ten thousand lines with a stray quote are read in linear time', () => {
    const { rows, faults } = scan('a,"b\n'.repeat(10_000), { maxRowLength: 1_000_000, pieces: 65_536 })
    expect(rows.length + faults.length).toBeGreaterThan(4_999)
    expect(rows.every(({ values: cells }) => cells.length < 4)).toBe(true)
  })
})

describe('agrees with csv-parse', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'b', '"', ',', ';', ' ', '\n', '\r\n', 'é', '漢', '😀'),
    maxLength: 8,
  })
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
  const plain = (text: string) => text.replace(/["\r\n,;]/g, '_')
  const written = fc
    .record({ text: cell, quoted: fc.boolean() })
    .map(({ text, quoted }) => (quoted ? quote(text) : plain(text)))
  const file = fc.record({
    lines: fc.array(fc.array(written, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 12 }),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    delimiter: fc.constantFrom(',', ';'),
    pieces: fc.integer({ min: 1, max: 40 }),
  })

  test('on every well-formed file, cut into pieces anywhere', () => {
    fc.assert(
      fc.property(file, ({ lines, newline, delimiter, pieces }) => {
        const text = lines.map((line) => line.join(delimiter)).join(newline)
        const expected = parse(text, { delimiter, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true })
        const { rows, faults } = scan(text, { delimiter, pieces })
        expect(faults).toEqual([])
        expect(rows.map((row) => row.values)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('any text at all is read to its end without an exception', () => {
    const any = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' '), maxLength: 60 })
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 9 }), (text, pieces) => {
        expect(scan(text, { pieces, maxRowLength: 30 }).rows.every(({ line }) => line > 0)).toBe(true)
        expect(scan(text, { pieces })).toEqual(scan(text))
      }),
      { numRuns: 1_000 },
    )
  })
})
