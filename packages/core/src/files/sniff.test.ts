import { crc32, deflateRawSync } from 'node:zlib'
import { isCrmError } from '@rapport/core'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { sqliteOnly } from '../../test/support/databases'
import { typeOf } from './sniff'

const latin = (text: string) => Buffer.from(text, 'latin1')
const bytes = (...values: (number | string)[]) =>
  Buffer.concat(values.map((one) => (typeof one === 'string' ? latin(one) : Buffer.from([one]))))

/** An archive as office suites write them: entries one after another, then the directory. */
function zip(entries: Record<string, string>): Buffer {
  const [local, central]: [Buffer[], Buffer[]] = [[], []]
  let at = 0
  for (const [name, text] of Object.entries(entries)) {
    const packed = deflateRawSync(text)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(8, 4)
    head.writeUInt32LE(crc32(text), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(Buffer.byteLength(text), 18)
    head.writeUInt16LE(name.length, 22)
    local.push(latin('PK\x03\x04'), head, latin(name), packed)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    central.push(latin('PK\x01\x02'), Buffer.from([20, 0]), head, rest, latin(name))
    at += 30 + name.length + packed.length
  }
  const size = central.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(Object.keys(entries).length, 4)
  end.writeUInt16LE(Object.keys(entries).length, 6)
  end.writeUInt32LE(size, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...local, ...central, latin('PK\x05\x06'), end])
}

const office = (part: string, type: string) => ({
  '[Content_Types].xml': `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/${part}" ContentType="application/vnd.${type}.main+xml"/></Types>`,
  '_rels/.rels': '<Relationships/>',
  [part]: '<document/>',
})
const open = (type: string) => ({ mimetype: `application/vnd.oasis.opendocument.${type}`, 'content.xml': '<x/>' })
const WORD = 'openxmlformats-officedocument.wordprocessingml.document'
const SHEET = 'openxmlformats-officedocument.spreadsheetml.sheet'
const SLIDES = 'openxmlformats-officedocument.presentationml.presentation'
const reversed = (entries: Record<string, string>) => Object.fromEntries(Object.entries(entries).reverse())

const docx = zip(office('word/document.xml', WORD))
const png = bytes(0x89, 'PNG\r\n', 0x1a, '\n', 0, 0, 0, 13, 'IHDR', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0)
const container = bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, '\0'.repeat(600))
const program = bytes('MZ', 0x90, '\0'.repeat(200))

test.each<[string, string, Uint8Array, string]>([
  ['a PDF', 'x.pdf', latin('%PDF-1.7\n%âãÏÓ\n'), 'application/pdf'],
  ['a picture', 'x.PNG', png, 'image/png'],
  ['a photo', 'x.jpeg', bytes(0xff, 0xd8, 0xff, 0xe0, 0, 16, 'JFIF\0'), 'image/jpeg'],
  ['a document of Word', 'x.docx', docx, `application/vnd.${WORD}`],
  [
    'one that another suite wrote',
    'x.docx',
    zip(reversed(office('word/document.xml', WORD))),
    `application/vnd.${WORD}`,
  ],
  ['a sheet', 'x.xlsx', zip(office('xl/workbook.xml', SHEET)), `application/vnd.${SHEET}`],
  [
    'one that another suite wrote',
    'x.xlsx',
    zip(reversed(office('xl/workbook.xml', SHEET))),
    `application/vnd.${SHEET}`,
  ],
  ['slides', 'x.pptx', zip(office('ppt/presentation.xml', SLIDES)), `application/vnd.${SLIDES}`],
  ['an open document', 'x.odt', zip(open('text')), 'application/vnd.oasis.opendocument.text'],
  ['an open sheet', 'x.ods', zip(open('spreadsheet')), 'application/vnd.oasis.opendocument.spreadsheet'],
  ['an archive', 'x.zip', zip({ 'a.txt': 'a' }), 'application/zip'],
  ['an old document', 'x.doc', container, 'application/msword'],
  ['an old sheet', 'x.xls', container, 'application/vnd.ms-excel'],
  ['a mail of Outlook', 'x.msg', container, 'application/vnd.ms-outlook'],
  ['rich text', 'x.rtf', latin('{\\rtf1\\ansi x}'), 'application/rtf'],
  ['text', 'x.txt', latin('hello'), 'text/plain'],
  ['text without an extension', 'README', latin('hello'), 'text/plain'],
  ['text of an unknown kind', 'x.log', latin('hello'), 'text/plain'],
  ['text of Windows', 'x.txt', latin('Gr\u00f6\u00dfe \u0080'), 'text/plain'],
  ['text in UTF-16', 'x.txt', Buffer.from('\ufeffhello', 'utf16le'), 'text/plain'],
  ['a table', 'x.csv', latin('a;b\n1;2\n'), 'text/csv'],
  ['notes', 'x.md', latin('<div align="center">\n\n# Title'), 'text/markdown'],
  ['data', 'x.json', latin('{"a":1}'), 'application/json'],
  ['a calendar', 'x.ics', latin('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n'), 'text/calendar'],
  ['a calendar that is called text', 'x.txt', latin('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n'), 'text/plain'],
  ['a card', 'x.vcf', latin('BEGIN:VCARD\r\nVERSION:4.0\r\n'), 'text/vcard'],
  ['a mail', 'x.eml', latin('From: a@x.example\r\nSubject: x\r\n\r\nx'), 'message/rfc822'],
])('%s, %s, is taken for what it is', async (_, name, content, type) => {
  expect(await typeOf(content, name, undefined)).toBe(type)
  expect(await typeOf(content, name, 'application/octet-stream')).toBe(type)
  expect(await typeOf(content, name, `${type.toUpperCase()}; charset=utf-8`)).toBe(type)
})

test.each([
  ['a program', 'x.pdf', program],
  ['a program', 'x.txt', program],
  ['a PDF', 'x.exe', latin('%PDF-1.7\n')],
  ['a PDF', 'x.docx', latin('%PDF-1.7\n')],
  ['a picture', 'x.svg', png],
  ['an archive', 'x.docx', zip({ 'a.txt': 'a' })],
  ['a document with macros', 'x.docx', zip(office('word/document.xml', 'ms-word.document.macroEnabled'))],
  ['a document', 'x.xlsx', docx],
  ['a page', 'x.txt', latin('\n <!DOCTYPE html><script>alert(1)</script>')],
  ['a page behind a mark', 'x.txt', Buffer.from('\ufeff<html>')],
  ['a page in UTF-16', 'x.csv', Buffer.from('\ufeff<html>', 'utf16le')],
  ['a drawing with a script', 'x.png', latin('<?xml version="1.0"?><svg onload="alert(1)"/>')],
  ['a drawing behind a comment', 'x.txt', latin('<!-- x --><svg onload="alert(1)"/>')],
  ['text', 'x.png', latin('hello')],
  ['bytes without a meaning', 'x.pdf', bytes(1, 2, 3, 0, 0)],
])('%s that is called %s is refused', async (_, name, content) => {
  const error = await typeOf(content, name, undefined).catch((thrown) => thrown)
  expect(isCrmError(error, 'VALIDATION') && [error.field, error.rule]).toEqual(['content', 'type-mismatch'])
})

test.each([
  ['x.pdf', latin('%PDF-1.7\n'), 'image/png'],
  ['x', latin('hello'), 'text/html'],
  ['x.png', png, 'text/plain'],
  ['x', program, 'application/pdf'],
])('%s that is said to be something else is refused', async (name, content, said) => {
  const error = await typeOf(content, name, said).catch((thrown) => thrown)
  expect(isCrmError(error, 'VALIDATION') && [error.field, error.rule]).toEqual(['content', 'type-mismatch'])
})

test.each([
  ['x.csv', latin('a;b\n'), 'application/vnd.ms-excel', 'text/csv'],
  ['x.csv', latin('a;b\n'), 'text/plain', 'text/csv'],
  ['x.jpg', bytes(0xff, 0xd8, 0xff, 0xe0, 0, 16, 'JFIF\0'), 'image/jpg', 'image/jpeg'],
  ['x.zip', zip({ a: 'a' }), 'application/x-zip-compressed', 'application/zip'],
])('%s is said otherwise and meant', async (name, content, said, type) => {
  expect(await typeOf(content, name, said)).toBe(type)
})

sqliteOnly('what runs or shows pages is not taken, whatever it is called', async () => {
  const { ada } = await withPeople()
  const taken: string[] = []
  for (const [name, content] of [
    ['x', program],
    ['x.exe', program],
    ['x.html', latin('<html>')],
    ['x.html', latin('no tags')],
    ['x', latin('<!doctype html>')],
    ['x.svg', latin('<svg/>')],
    ['x.xml', latin('<?xml version="1.0"?><a/>')],
    ['x.js', latin('alert(1)')],
    ['x.css', latin('a {}')],
    ['x.bat', latin('del *')],
    ['x.ps1', latin('x')],
    ['x.hta', latin('x')],
    ['x.docm', zip(office('word/document.xml', 'ms-word.document.macroEnabled'))],
    ['x.msi', container],
    ['x', container],
    ['x', bytes(1, 2, 3, 0, 0)],
    ['x.sh', latin('#!/bin/sh\n')],
    ['x.jar', zip({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0' })],
  ] as const) {
    const error = await ada.files.upload({ name, content }).catch((thrown) => thrown)
    if (!isCrmError(error, 'VALIDATION')) taken.push(`${name} ${error.type}`)
    else expect(error.rule).toMatch(/^type-/)
  }
  expect(taken).toEqual([])
})
