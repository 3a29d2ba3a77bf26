import { invalid } from '../../kernel/errors'

/** What a file starts with tells that it is not a CSV file. */
const MAGIC: readonly (readonly [number[], string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook (.xlsx) or a zip archive'],
  [[0x50, 0x4b, 0x05, 0x06], 'an empty zip archive'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook (.xls)'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x89, 0x50, 0x4e, 0x47], 'an image'],
  [[0xff, 0xd8, 0xff], 'an image'],
]

const startsWith = (bytes: Uint8Array, start: readonly number[]) => start.every((byte, index) => bytes[index] === byte)

const binary = (what: string) =>
  invalid('source', 'binary', `The file is ${what}, not CSV text. Save the sheet as CSV and pass that file.`)

/** Throws when the head of a file shows a known binary format. */
export function refuseBinary(head: Uint8Array): void {
  const known = MAGIC.find(([start]) => startsWith(head, start))
  if (known) throw binary(known[1])
}

/** Throws when the head of what should be CSV has NULs. */
export function refuseNul(head: Uint8Array | string): void {
  const found = typeof head === 'string' ? head.includes('\0') : head.includes(0)
  if (found) throw binary('binary (it has NUL bytes)')
}

/** The encoding that a byte order mark announces. */
export function byteOrderMark(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return 'utf-8'
  if (startsWith(head, [0xff, 0xfe])) return 'utf-16le'
  if (startsWith(head, [0xfe, 0xff])) return 'utf-16be'
  return undefined
}

/**
 * UTF-16 without a byte order mark: separators, digits and Latin letters leave every second byte zero, and most line
 * feeds stand beside a zero. Zeros here and there in other text are not that.
 */
export function nulPattern(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const nuls = [0, 0]
  const pairedFeeds = [0, 0]
  let feeds = 0
  for (let index = 0; index < head.length; index++) {
    const side = index % 2
    if (head[index] === 0) nuls[side] = (nuls[side] as number) + 1
    if (head[index] !== LINE_FEED) continue
    feeds++
    if (head[side === 0 ? index + 1 : index - 1] === 0) pairedFeeds[side] = (pairedFeeds[side] as number) + 1
  }
  const is = (low: 0 | 1) => {
    const high = nuls[1 - low] as number
    if (high * 20 < head.length || (nuls[low] as number) * 50 > high) return false
    return feeds > 0 ? (pairedFeeds[low] as number) * 2 > feeds : high * 4 > head.length
  }
  return is(0) ? 'utf-16le' : is(1) ? 'utf-16be' : undefined
}

const LINE_FEED = 10

export interface Utf8Scan {
  /** Well-formed characters beyond ASCII. */
  characters: number
  /** Offset of the first of them. */
  firstCharacter: number
  /** Bytes that cannot stand where they stand. */
  invalid: number
  /** Offset of the first such byte. */
  firstInvalid: number
  /** Bytes at the end that may become a character with the bytes that follow. */
  unfinished: number
}

/** Reads bytes as UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF). */
export function scanUtf8(bytes: Uint8Array): Utf8Scan {
  const scan: Utf8Scan = { characters: 0, firstCharacter: -1, invalid: 0, firstInvalid: -1, unfinished: 0 }
  const { length } = bytes
  let at = 0
  while (at < length) {
    const byte = bytes[at] as number
    if (byte < 0x80) {
      at++
      continue
    }
    const size =
      byte >= 0xc2 && byte <= 0xdf ? 2 : byte >= 0xe0 && byte <= 0xef ? 3 : byte >= 0xf0 && byte <= 0xf4 ? 4 : 0
    const good = goodBytes(bytes, at, byte, size)
    if (size > 0 && good === size) {
      if (scan.characters++ === 0) scan.firstCharacter = at
      at += size
    } else if (size > 0 && at + good === length) {
      scan.unfinished = good
      return scan
    } else {
      if (scan.invalid++ === 0) scan.firstInvalid = at
      at++
    }
  }
  return scan
}

function goodBytes(bytes: Uint8Array, at: number, lead: number, size: number): number {
  let good = 1
  for (; good < size && at + good < bytes.length; good++) {
    const byte = bytes[at + good] as number
    let low = 0x80
    let high = 0xbf
    if (good === 1) {
      if (lead === 0xe0) low = 0xa0
      else if (lead === 0xed) high = 0x9f
      else if (lead === 0xf0) low = 0x90
      else if (lead === 0xf4) high = 0x8f
    }
    if (byte < low || byte > high) break
  }
  return good
}

/** True when no byte is beyond ASCII. */
export function isAscii(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if ((bytes[index] as number) > 0x7f) return false
  return true
}

const CP1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Some runtimes decode windows-1252 as Latin-1 and leave control characters where quotes, dashes and the euro belong. */
export function repairLatin1(text: string): string {
  return text.replace(/[\u0080-\u009f]/g, (character) => CP1252[character.charCodeAt(0) - 0x80] as string)
}
