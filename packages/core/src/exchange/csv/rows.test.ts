import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type CsvReadOptions, openCsv } from './rows'
import type { CsvSource } from './source'

async function readAll(source: CsvSource, options?: CsvReadOptions) {
  const file = await openCsv(source, options)
  const rows: [number, ...string[]][] = []
  const errors: [number, string][] = []
  const sizes: number[] = []
  for await (const batch of file.batches()) {
    rows.push(...batch.rows.map(({ line, values }): [number, ...string[]] => [line, ...values]))
    errors.push(...batch.errors.map(({ line, problem }): [number, string] => [line, problem.rule]))
    sizes.push(batch.rows.length + batch.errors.length)
  }
  return { file, rows, errors, sizes }
}

describe('the file', () => {
  test('columns, delimiter, header line and rows', async () => {
    const { file, rows } = await readAll('\r\nName; E-Mail ;Name\r\nAda;ada@example.com;x\r\n')
    expect(file.columns).toEqual(['Name', 'E-Mail', 'Name (2)'])
    expect(file.delimiter).toBe(';')
    expect(file.header).toEqual({ line: 2, values: ['Name', ' E-Mail ', 'Name'], raw: 'Name; E-Mail ;Name' })
    expect(rows).toEqual([[3, 'Ada', 'ada@example.com', 'x']])
  })

  test("Excel's sep line names the delimiter and counts as a line", async () => {
    const { file, rows } = await readAll('sep=|\r\na,b|c\r\n1,2|3\r\n')
    expect(file.columns).toEqual(['a,b', 'c'])
    expect(rows).toEqual([[3, '1,2', '3']])
  })

  test('notes in front of the header are set apart', async () => {
    const { file, rows } = await readAll(
      'Notes:\n"Some emails, it seems, are missing."\n\nFirst Name,Company\nAda,Engines\n,\n',
    )
    expect(file.preamble).toEqual(['Notes:', '"Some emails, it seems, are missing."'])
    expect(file.header?.line).toBe(4)
    expect(rows).toEqual([[5, 'Ada', 'Engines']])
  })

  test('a header alone is a file without records', async () => {
    const { file, rows, sizes } = await readAll('name,email')
    expect([file.columns, rows, sizes]).toEqual([['name', 'email'], [], []])
  })

  test('the sample is the first hundred records, and they come again', async () => {
    const { file, rows } = await readAll(`n\n${Array.from({ length: 250 }, (_, index) => `r${index}`).join('\n')}`)
    expect(file.sample).toHaveLength(100)
    expect(rows).toHaveLength(250)
    expect(rows[249]).toEqual([251, 'r249'])
  })

  test('a file is read once', async () => {
    const { file } = await readAll('a\nx\n')
    expect(() => file.batches()).toThrow(expect.objectContaining({ rule: 'already-read' }))
  })

  test('progress counts the bytes', async () => {
    const bytes = Buffer.from(`a,b\n${'é,1\n'.repeat(100_000)}`)
    const file = await openCsv(bytes)
    let before = 0
    for await (const _ of file.batches()) {
      expect(file.bytesRead).toBeGreaterThanOrEqual(before)
      before = file.bytesRead
    }
    expect(before).toBe(bytes.length)
    expect(file.encoding).toBe('utf-8')
  })
})

describe('files without header', () => {
  test('are refused with the remedy', async () => {
    await expect(openCsv('Ada,ada@example.com\nBob,bob@example.com\n')).rejects.toMatchObject({
      code: 'VALIDATION',
      field: 'source',
      rule: 'no-header',
      remedy: expect.stringMatching(/Line 1 .*"ada@example.com".*columns:.*header: true/),
    })
  })

  test('are read with the columns that the caller names', async () => {
    const { file, rows } = await readAll('Ada,ada@example.com\nBob,bob@example.com\n', { columns: ['name', 'email'] })
    expect([file.columns, file.header]).toEqual([['name', 'email'], undefined])
    expect(rows).toEqual([
      [1, 'Ada', 'ada@example.com'],
      [2, 'Bob', 'bob@example.com'],
    ])
  })

  test('a header that looks like data is taken on the word of the caller', async () => {
    const { file } = await readAll('name,2025,2026\nAcme,1,2\n', { header: true })
    expect(file.columns).toEqual(['name', '2025', '2026'])
  })
})

describe('rows', () => {
  test('blank ones are left out, whatever is missing in them', async () => {
    const { rows, errors } = await readAll('a,b,c\n1,2,3\n\n,,\n  ,"",\n,\n4,5,6\n\n')
    expect([rows, errors]).toEqual([
      [
        [2, '1', '2', '3'],
        [7, '4', '5', '6'],
      ],
      [],
    ])
  })

  test('ragged ones are errors by line, and the rest is read', async () => {
    const { rows, errors } = await readAll('a,b,c\n1,2\n1,2,3,4\n1,2,3\n')
    expect(errors).toEqual([
      [2, 'ragged-row'],
      [3, 'ragged-row'],
    ])
    expect(rows).toEqual([[4, '1', '2', '3']])
  })

  test('a ragged row says what to do, and keeps its text', async () => {
    const file = await openCsv('a;b\n1;2;3\n')
    for await (const { errors } of file.batches())
      expect(errors[0]).toEqual({
        line: 2,
        raw: '1;2;3',
        problem: {
          field: 'row',
          rule: 'ragged-row',
          remedy: 'Line 2 has 3 cells for 2 columns: put cells that contain ";" in double quotes.',
        },
      })
  })

  test('blank cells too many are cut off', async () => {
    expect((await readAll('a,b\n1,2,, \n')).rows).toEqual([[2, '1', '2']])
  })

  test('an unclosed quote and a row that is too long are errors by line', async () => {
    const { rows, errors } = await readAll(`a,b\n1,"x\n2,"y"\n${'z'.repeat(99)},1\n3,w\n`, { maxRowLength: 50 })
    expect(errors).toEqual([
      [2, 'unclosed-quote'],
      [4, 'row-too-long'],
    ])
    expect(rows).toEqual([
      [3, '2', 'y'],
      [5, '3', 'w'],
    ])
  })

  test('a header that cannot be read is the error of the file', async () => {
    await expect(openCsv('"a,b\n1,2\n')).rejects.toMatchObject({ field: 'source', rule: 'unclosed-quote' })
    await expect(openCsv(`${'a,'.repeat(100)}\n1,2\n`, { maxRowLength: 50 })).rejects.toMatchObject({
      rule: 'row-too-long',
    })
  })

  test('come in batches of the wanted size, errors counted', async () => {
    const { sizes } = await readAll(`a,b\n${'1,2\n1\n'.repeat(60)}`, { batchSize: 50 })
    expect(sizes).toEqual([50, 50, 20])
  })

  test('come in the order of the file, so that a reader may go on behind the last line of a batch', async () => {
    const file = await openCsv(`a,b\n${'1,2\n1\n1,"x\n2,y\n'.repeat(200)}`, { batchSize: 7 })
    let last = 1
    for await (const { rows, errors } of file.batches()) {
      const lines = [...rows, ...errors].map(({ line }) => line)
      expect(Math.min(...lines)).toBeGreaterThan(last)
      last = Math.max(...lines)
    }
    expect(last).toBe(801)
  })

  test.each([{ batchSize: 0 }, { batchSize: 1.5 }, { maxRowLength: -1 }])('%j is refused', async (options) => {
    await expect(openCsv('a\n1\n', options)).rejects.toMatchObject({ rule: 'not-positive' })
  })
})

describe('sources', () => {
  const lines = Buffer.from(`a,b\n${'1,2\n'.repeat(100_000)}`)
  async function* chunks() {
    for (let at = 0; at < lines.length; at += 10_000) yield lines.subarray(at, at + 10_000)
  }

  test('are closed when reading stops early, when the header is refused, and by close', async () => {
    const stopped = Readable.from(chunks())
    for await (const _ of (await openCsv(stopped)).batches()) break
    const refused = Readable.from([Buffer.from(`1,2\n${'1,2\n'.repeat(50_000)}`), lines])
    await expect(openCsv(refused)).rejects.toMatchObject({ rule: 'no-header' })
    const closed = Readable.from(chunks())
    await (await openCsv(closed)).close()
    expect([stopped.destroyed, refused.destroyed, closed.destroyed]).toEqual([true, true, true])
  })

  test('that fail half-way give the rows before, then the error', async () => {
    async function* failing() {
      yield* chunks()
      throw new Error('disk gone')
    }
    let rows = 0
    const read = async () => {
      for await (const batch of (await openCsv(failing())).batches()) rows += batch.rows.length
    }
    await expect(read()).rejects.toMatchObject({ code: 'VALIDATION', rule: 'unreadable' })
    expect(rows).toBeGreaterThan(50_000)
  })

  test('of any size take the memory of a small one', { timeout: 60_000 }, async () => {
    const piece = Buffer.from('Ada,Byron,ada@example.com,+49 30 123456,"Engines, Ltd"\n'.repeat(1_000))
    const megabytes = 24
    async function* generated() {
      yield Buffer.from('first,last,email,phone,company\n')
      for (let sent = 0; sent < megabytes * 1e6; sent += piece.length) yield piece
    }
    let peak = 0
    let rows = 0
    const before = process.memoryUsage().rss
    for await (const batch of (await openCsv(generated())).batches()) {
      rows += batch.rows.length
      if (rows % 50_000 < 500) peak = Math.max(peak, process.memoryUsage().rss - before)
    }
    expect(rows).toBe(Math.ceil((megabytes * 1e6) / piece.length) * 1_000)
    expect(peak / 1e6).toBeLessThan(120)
  })
})
