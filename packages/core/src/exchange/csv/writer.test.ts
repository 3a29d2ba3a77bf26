import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { guard, unguard } from './guard'
import { openCsv } from './rows'
import type { CsvSource } from './source'
import { type CsvWriteOptions, csvCell, csvText, writeCsv } from './writer'

async function readBack(source: CsvSource, delimiter?: string) {
  const file = await openCsv(source, { header: true, delimiter })
  const rows: string[][] = []
  for await (const batch of file.batches()) {
    expect(batch.errors).toEqual([])
    rows.push(...batch.rows.map(({ values }) => values.map(unguard)))
  }
  return { columns: file.columns, rows }
}

async function written(header: string[], rows: unknown[][], options?: CsvWriteOptions) {
  let text = ''
  for await (const piece of writeCsv(header, rows, options)) text += piece
  return text
}

describe('cells', () => {
  test.each([
    [null, ''],
    [undefined, ''],
    ['', ''],
    ['plain text', 'plain text'],
    ['say "hi"', '"say ""hi"""'],
    ['a,b', '"a,b"'],
    ['a;b', '"a;b"'],
    ['a\nb', '"a\nb"'],
    [' a', '" a"'],
    [-5, '-5'],
    [1e21, '1e+21'],
    [12n, '12'],
    [true, 'true'],
    [new Date('2026-03-01T12:00:00Z'), '2026-03-01T12:00:00.000Z'],
    [{ amount: -129900, currency: 'EUR' }, '-1299.00 EUR'],
    [{ amount: 500, currency: 'JPY' }, '500 JPY'],
    [['vip', 'new'], '"vip; new"'],
    [[{ value: 'a@x.example', label: 'work' }], 'a@x.example'],
    [{ city: 'Bonn' }, '"{""city"":""Bonn""}"'],
    [{ zip: '1', city: { b: 1, a: 2 } }, '"{""city"":{""a"":2,""b"":1},""zip"":""1""}"'],
    ['a\0b', 'a\ufffdb'],
  ])('case %#: %s', (value, text) => {
    expect(csvCell(value)).toBe(text)
  })
})

describe('formula injection', () => {
  test.each([
    '=1+1',
    '=HYPERLINK("http://x.example")',
    '+1+cmd|x',
    '-1-2',
    '-A1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '＝1',
    '＠x',
    '−1+A1',
    '+cmd',
    '-',
  ])('%j is guarded', (text) => {
    expect(guard(text)).toBe(`'${text}`)
    expect(csvCell(text).replace(/^"/, '').startsWith("'")).toBe(true)
    expect(unguard(guard(text))).toBe(text)
  })

  test.each([
    '-5',
    '+4.5',
    '-1,5',
    '+493012345',
    '+49 30 1234-567',
    '+1 (555) 010-0199',
    'a=b',
    "'tis",
    '5-3',
    'x@y.example',
  ])('%j keeps its form', (text) => {
    expect(guard(text)).toBe(text)
    expect(unguard(text)).toBe(text)
  })

  test('text that looks guarded comes back as it was', () => {
    for (const text of ["'=1", "''=1", "'+1", "'", "''", "'-x"]) expect(unguard(guard(text))).toBe(text)
  })

  test('headers are guarded too', () => {
    expect(csvText(['=x', 'b'], [])).toBe("'=x,b\r\n")
  })
})

describe('files', () => {
  test('RFC 4180, header first', async () => {
    const rows = [
      ['Ada', 1],
      [null, 2],
    ]
    expect(await written(['name', 'n'], rows)).toBe('name,n\r\nAda,1\r\n,2\r\n')
    expect(csvText(['name', 'n'], rows, { delimiter: ';', bom: true, newline: '\n' })).toBe('\ufeffname;n\nAda;1\n;2\n')
  })

  test('a record of one empty cell is no empty line', () => {
    expect(csvText(['a'], [['']])).toBe('a\r\n""\r\n')
  })

  test('come in pieces, as the rows come', async () => {
    let asked = 0
    async function* rows() {
      for (; asked < 100_000; asked++) yield ['x'.repeat(20), asked]
    }
    const pieces = writeCsv(['text', 'n'], rows())
    const { value } = await pieces.next()
    expect(value?.length).toBeLessThan(70_000)
    expect(asked).toBeLessThan(5_000)
    await pieces.return()
  })

  test('a delimiter that would break the file is refused', async () => {
    expect(() => csvText(['a'], [], { delimiter: '"' })).toThrow(expect.objectContaining({ rule: 'invalid-delimiter' }))
  })
})

describe('there and back', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom(
        '=',
        '+',
        '-',
        '@',
        "'",
        '"',
        ',',
        ';',
        '\t',
        '|',
        '\r',
        '\n',
        ' ',
        'a',
        '1',
        '\ufeff',
        '漢',
        '😀',
      ),
      maxLength: 8,
    }),
  )
  const text = cell.map((value) => value.replaceAll('\0', ''))
  const table = fc.integer({ min: 1, max: 5 }).chain((width) =>
    fc.record({
      rows: fc.array(fc.array(text, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 10 }),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      bom: fc.boolean(),
      bytes: fc.boolean(),
    }),
  )

  test('every text that is not blank comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ rows, delimiter, bom, bytes }) => {
        const full = rows.map((row) => ['id', ...row])
        const header = full[0]?.map((_, index) => `c${index}`) ?? []
        const csv = csvText(header, full, { delimiter, bom })
        const { columns, rows: back } = await readBack(bytes ? new TextEncoder().encode(csv) : csv, delimiter)
        expect(columns).toEqual(header)
        expect(back).toEqual(full)
      }),
      { numRuns: 500 },
    )
  })

  test('two hundred hostile strings', async () => {
    const bases = [
      "'; DROP TABLE lead; --",
      '" OR ""="',
      '<script>alert(1)</script>',
      "=cmd|' /C calc'!A0",
      '@SUM(1+1)*cmd|x',
      '\u202eevil\u202c',
      'مرحبا بالعالم',
      '👩‍👩‍👧‍👦🏳️‍🌈',
      'Z̸̡̛a̵l̷g̶o̸',
      '\ufeffbom',
      '\u2028line\u2029',
      '\\"\\n\\0',
      '%s%n%x',
      '$' + '{7*7}{{7*7}}',
      '../../etc/passwd',
      '__proto__',
      'NULL',
      'a"b""c"""',
      ',,,;;;|||',
      '\x07\x08\x1b[31m',
    ]
    const wraps = [
      (base: string) => base,
      (base: string) => ` ${base} `,
      (base: string) => `"${base}`,
      (base: string) => `${base}"`,
      (base: string) => `${base}\r\n${base}`,
      (base: string) => `\t${base}`,
      (base: string) => `'${base}`,
      (base: string) => `-${base}`,
      (base: string) => base.repeat(500),
      (base: string) => `${base},${base};${base}`,
    ]
    const rows = bases.flatMap((base, index) => wraps.map((wrap, at) => [`${index}.${at}`, wrap(base), 'end']))
    expect(rows).toHaveLength(200)
    const bytes = new TextEncoder().encode(csvText(['id', 'hostile', 'end'], rows))
    expect((await readBack(bytes)).rows).toEqual(rows)
  })

  test('a cell beyond the longest row is an error on its line, and comes back with a higher limit', async () => {
    const big = 'x"\n'.repeat(40_000)
    const csv = csvText(
      ['id', 'text'],
      [
        [1, big],
        [2, 'ok'],
      ],
    )
    const errors: number[] = []
    for await (const batch of (await openCsv(csv, { maxRowLength: 100_000 })).batches())
      errors.push(...batch.errors.map(({ line }) => line))
    expect(errors[0]).toBe(2)
    expect((await readBack(csv)).rows).toEqual([
      ['1', big],
      ['2', 'ok'],
    ])
  })
})
