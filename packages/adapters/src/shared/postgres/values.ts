import type { SqlValue } from '@rapport/core/storage'

/** bool, int8, int2, int4, oid, float4, float8, numeric. */
const BOOL = 16
const BYTEA = 17
const NUMBERS = new Set([20, 21, 23, 26, 700, 701, 1700])

/** Reads what the server writes as text: numbers as numbers, truth as 1 or 0, bytes as bytes, everything else as text. */
export function readerOf(type: number): ((text: string) => unknown) | undefined {
  if (NUMBERS.has(type)) return Number
  if (type === BYTEA) return bytesOf
  return type === BOOL ? (text) => (text === 't' ? 1 : 0) : undefined
}

/** PostgreSQL knows no NUL, and core stores none: text with one is compared as text that is nowhere stored either. */
export const sayable = (value: SqlValue): SqlValue =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFF-NUL-\uFFFF') : value

const texts = new Map<string, string>()
const KEPT = 5000

/** Core writes `?`, PostgreSQL reads `$1`. No statement of ours has a question mark inside quotes. */
export function numbered(text: string): string {
  const known = texts.get(text)
  if (known !== undefined) return known
  let at = 0
  const made = text.replace(/\?/g, () => `$${++at}`)
  if (texts.size >= KEPT) texts.delete(texts.keys().next().value as string)
  texts.set(text, made)
  return made
}

/** `\x0aff` as bytes, without what a browser does not have. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2 - 1)
  for (let at = 0; at < bytes.length; at++) bytes[at] = (digitAt(text, 2 * at + 2) << 4) | digitAt(text, 2 * at + 3)
  return bytes
}

/** `0` to `9` are 48 to 57, `a` to `f` are 97 to 102. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code < 58 ? code - 48 : code - 87
}
