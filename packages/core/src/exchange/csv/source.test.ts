import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openText } from './source'

const text = 'name,note\r\nJörg Müller,“naïve” – 5 €\r\nZoë,ok\r\n'
const utf8 = (content: string) => new TextEncoder().encode(content)
const utf16 = (content: string, bigEndian: boolean) => {
  const bytes = Buffer.from(content, 'utf16le')
  return new Uint8Array(bigEndian ? bytes.swap16() : bytes)
}
/** windows-1252 by its own table, not by a decoder. */
const cp1252 = (content: string) =>
  Uint8Array.from(
    content,
    (character) => ({ '“': 0x93, '”': 0x94, '–': 0x96, '€': 0x80, '’': 0x92 })[character] ?? character.charCodeAt(0),
  )
const withBom = (mark: number[], bytes: Uint8Array) => Uint8Array.from([...mark, ...bytes])

async function read(source: Parameters<typeof openText>[0], encoding?: string) {
  const opened = await openText(source, { encoding })
  let all = ''
  for await (const chunk of opened.chunks()) all += chunk
  return { all, encoding: opened.encoding, bytesRead: opened.bytesRead }
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('encodings', () => {
  const files: [string, Uint8Array, string][] = [
    ['UTF-8', utf8(text), 'utf-8'],
    ['UTF-8 with byte order mark', withBom([0xef, 0xbb, 0xbf], utf8(text)), 'utf-8'],
    ['UTF-16 LE with byte order mark', withBom([0xff, 0xfe], utf16(text, false)), 'utf-16le'],
    ['UTF-16 BE with byte order mark', withBom([0xfe, 0xff], utf16(text, true)), 'utf-16be'],
    ['UTF-16 LE without', utf16(text, false), 'utf-16le'],
    ['UTF-16 BE without', utf16(text, true), 'utf-16be'],
    ['windows-1252', cp1252(text), 'windows-1252'],
  ]
  test.each(files)('%s is found out', async (_, bytes, encoding) => {
    expect(await read(bytes)).toEqual({ all: text, encoding, bytesRead: bytes.length })
  })

  test.each(files)('%s survives being cut into pieces of one and seven bytes', async (_, bytes) => {
    for (const size of [1, 7]) expect((await read(pieces(bytes, size))).all).toBe(text)
  })

  test('Cyrillic UTF-16 without byte order mark is found out', async () => {
    const russian = 'имя,почта\nАнна Каренина,anna@example.com\n'
    expect((await read(utf16(russian, false))).all).toBe(russian)
  })

  test('the caller names an encoding that cannot be found out', async () => {
    const polish = Uint8Array.from([...utf8('name\n'), 0xa3, 0xf3, 0x64, 0xbc, 0x0a])
    expect((await read(polish, 'iso-8859-2')).all).toBe('name\nŁódź\n')
  })

  test('a byte order mark goes before the named encoding', async () => {
    expect((await read(withBom([0xef, 0xbb, 0xbf], utf8(text)), 'windows-1252')).all).toBe(text)
  })

  test('plain ASCII for a megabyte, then windows-1252: decided where it matters', async () => {
    const ascii = 'a,b\n'.repeat(300_000)
    const { all, encoding } = await read(cp1252(`${ascii}Zoë,5 €\n`))
    expect(encoding).toBe('windows-1252')
    expect(all.slice(-9)).toBe('\nZoë,5 €\n')
  })

  test('a character cut in two at the end of a piece stays whole', async () => {
    const bytes = utf8(`${'x'.repeat(65_535)}€,b\n`)
    expect((await read(bytes)).all).toBe(`${'x'.repeat(65_535)}€,b\n`)
  })
})

describe('mixed encodings are errors, never garbled text', () => {
  test('UTF-8 that breaks off later names the line and the remedy', async () => {
    const good = 'Zoë,ok\n'.repeat(20_000)
    const bytes = Uint8Array.from([...utf8(good), ...cp1252('Jörg,x\n')])
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'VALIDATION',
      field: 'source',
      rule: 'invalid-encoding',
      remedy: expect.stringMatching(/^Line 20001: .*encoding: 'windows-1252'/),
    })
  })

  test('one bad byte in a UTF-8 head is not taken for windows-1252', async () => {
    const bytes = Uint8Array.from([...utf8('name\nZoë\nJörg\n'), 0xff, ...utf8('\nÉmile\n')])
    await expect(read(bytes)).rejects.toMatchObject({
      rule: 'invalid-encoding',
      remedy: expect.stringContaining('Line 4:'),
    })
  })

  test('windows-1252 that turns into UTF-8 names the line', async () => {
    const bytes = Uint8Array.from([...cp1252('name\nZoë\n'.repeat(10_000)), ...utf8('Jörg\n'.repeat(20_000))])
    await expect(read(bytes)).rejects.toMatchObject({
      rule: 'invalid-encoding',
      remedy: expect.stringMatching(/encoding: 'utf-8'/),
    })
  })

  test('a file that ends inside a UTF-8 character is refused', async () => {
    await expect(read(utf8('name\nZoë €').subarray(0, -1))).rejects.toMatchObject({ rule: 'invalid-encoding' })
  })

  test('the named encoding is kept to', async () => {
    await expect(read(cp1252(text), 'utf-8')).rejects.toMatchObject({ rule: 'invalid-encoding' })
    await expect(read(utf8(text), 'klingon')).rejects.toMatchObject({ rule: 'unknown-encoding', field: 'encoding' })
  })
})

describe('what is no CSV', () => {
  test.each([
    ['xlsx', [0x50, 0x4b, 0x03, 0x04, 0x14, 0, 6, 0]],
    ['xls', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]],
    ['pdf', [...utf8('%PDF-1.7\n')]],
    ['gzip', [0x1f, 0x8b, 8, 0]],
    ['png', [0x89, 0x50, 0x4e, 0x47, 13, 10]],
    ['text with a NUL', [...utf8('name,email\nA'), 0, ...utf8('da,ada@example.com\n')]],
  ])('%s is refused as binary', async (_, bytes) => {
    await expect(read(Uint8Array.from(bytes))).rejects.toMatchObject({
      rule: 'binary',
      remedy: expect.stringContaining('Save the sheet as CSV'),
    })
  })

  test.each([
    ['no bytes', new Uint8Array(0)],
    ['no text', ''],
    ['a byte order mark alone', Uint8Array.from([0xef, 0xbb, 0xbf])],
    ['blank lines', '\r\n \n\t\n'],
    ['an empty stream', Readable.from([])],
  ])('%s is empty', async (_, source) => {
    await expect(read(source)).rejects.toMatchObject({ code: 'VALIDATION', rule: 'empty' })
  })

  test('a path instead of text, and things that are no source', async () => {
    await expect(read('./leads.csv')).rejects.toMatchObject({ rule: 'path' })
    for (const wrong of [null, undefined, 5, {}, [1]])
      await expect(read(wrong as never)).rejects.toMatchObject({ rule: 'invalid-source' })
    await expect(read(Readable.from([{}]))).rejects.toMatchObject({ rule: 'invalid-source' })
  })
})

describe('sources', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'csv-'))
    writeFileSync(join(folder, 'people.csv'), text)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('text, bytes, Node streams, web streams and async iterables give the same', async () => {
    const file = join(folder, 'people.csv')
    const web = new Blob([text]).stream() as ReadableStream<Uint8Array>
    const sources = [
      text,
      Buffer.from(text),
      createReadStream(file),
      createReadStream(file, 'utf8'),
      web,
      pieces(utf8(text), 5),
    ]
    for (const source of sources) expect((await read(source)).all).toBe(text)
  })

  test('a web stream that is not iterable is read through its reader', async () => {
    const stream = new Blob([text]).stream()
    const old = { getReader: () => stream.getReader() }
    expect((await read(old as never)).all).toBe(text)
  })

  test('a byte order mark in a string is no part of the text', async () => {
    expect((await read(`\ufeff${text}`)).all).toBe(text)
  })

  test('a stream that reuses its buffer is read right', async () => {
    async function* reused() {
      const buffer = new Uint8Array(4)
      for (const part of ['name', '\nAda', '\nBob'])
        yield buffer.subarray(0, new TextEncoder().encodeInto(part, buffer).written)
    }
    expect((await read(reused())).all).toBe('name\nAda\nBob')
  })

  test('a source that fails is a CrmError with its cause', async () => {
    await expect(read(createReadStream(join(folder, 'missing.csv')))).rejects.toMatchObject({
      code: 'VALIDATION',
      rule: 'unreadable',
      cause: expect.objectContaining({ code: 'ENOENT' }),
    })
  })

  test('stopping early closes the stream', async () => {
    const stream = Readable.from(pieces(utf8(text.repeat(20_000)), 50_000))
    for await (const _ of (await openText(stream)).chunks()) break
    expect(stream.destroyed).toBe(true)
  })
})
