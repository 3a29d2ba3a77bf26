import { invalid } from './errors'

const VERSION = 1

/**
 * An opaque, URL-safe mark of a place in a list: base64url of JSON. `fingerprint` names the query (its record
 * type, filter and order); the cursor only works with the same one. Values: string, finite number, boolean, null.
 * A cursor is not secret and not signed: what it reaches is bounded by the reader's permissions all the same.
 */
export function encodeCursor(payload: readonly unknown[], fingerprint: string): string {
  if (!payload.every(isJsonScalar))
    throw invalid('orderBy', 'unsortable-value', 'Sort by a field that holds text, numbers, booleans or dates.')
  return toBase64Url(JSON.stringify([VERSION, shortHash(fingerprint), ...payload]))
}

/** The payload of a cursor made by {@link encodeCursor} for the same query; anything else is VALIDATION on `after`. */
export function decodeCursor(cursor: string, fingerprint: string): unknown[] {
  const parts = parse(cursor)
  if (!Array.isArray(parts) || parts[0] !== VERSION || !parts.every(isJsonScalar))
    throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of a previous page unchanged, or leave it out.')
  const [, hash, ...payload] = parts
  if (hash !== shortHash(fingerprint))
    throw invalid('after', 'invalid-cursor', 'Use a cursor only with the filter and order it came from; start again.')
  return payload
}

function isJsonScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function parse(cursor: unknown): unknown {
  if (typeof cursor !== 'string' || !/^[\w-]+$/.test(cursor)) return undefined
  try {
    return JSON.parse(fromBase64Url(cursor))
  } catch {
    return undefined
  }
}

/** 53 bits of a multiplicative string hash (the public-domain cyrb53), enough to tell queries apart by accident. */
function shortHash(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Bytes, or text as UTF-8, in letters that a URL may hold. */
export function toBase64Url(value: string | Uint8Array): string {
  let binary = ''
  for (const byte of typeof value === 'string' ? encoder.encode(value) : value) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The text that was made so. Throws for anything else. */
export function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index)
  return decoder.decode(bytes)
}
