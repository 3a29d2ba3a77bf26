import { orderedJson } from '../../kernel/json'
import { isMoney, toDecimal } from '../../kernel/money'
import { quotedPart } from './choices'
import { checkDelimiter } from './delimiter'
import { guard } from './guard'

export interface CsvWriteOptions {
  /** One character; a comma when absent. */
  delimiter?: string
  /** Starts with a byte order mark, which Excel needs to read anything beyond ASCII. */
  bom?: boolean
  /** Line end; CRLF when absent, as RFC 4180 has it. */
  newline?: '\r\n' | '\n'
}

const CHUNK = 65_536

/**
 * Rows as CSV text (RFC 4180), in pieces of some 64 kB, header first. Safe from formula injection: see {@link guard}.
 *
 * Cells: text; numbers and booleans as they are, `Date` in ISO 8601 (UTC), money as `1299.00 EUR`, lists joined by `; `, values in double quotes where they hold a separator
 * (emails and phones by their value), other objects as JSON, null and undefined empty. NUL, which readers cut text at,
 * becomes U+FFFD.
 *
 * @example
 * for await (const text of writeCsv(['Name', 'Amount'], rows, { bom: true })) response.write(text)
 */
export async function* writeCsv(
  header: readonly string[],
  rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>,
  options: CsvWriteOptions = {},
): AsyncGenerator<string, void, undefined> {
  const { line, start } = lineWriter(options)
  let text = start + line(header)
  for await (const row of rows) {
    text += line(row)
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

/** A whole CSV text, for tables that are small: {@link writeCsv} in one piece. */
export function csvText(
  header: readonly string[],
  rows: Iterable<readonly unknown[]>,
  options: CsvWriteOptions = {},
): string {
  const { line, start } = lineWriter(options)
  let text = start + line(header)
  for (const row of rows) text += line(row)
  return text
}

function lineWriter({ delimiter = ',', bom = false, newline = '\r\n' }: CsvWriteOptions) {
  checkDelimiter(delimiter)
  const line = (row: readonly unknown[]) => {
    const text = row.map((value) => csvCell(value, delimiter)).join(delimiter)
    // An empty line is no record.
    return (text === '' ? '""' : text) + newline
  }
  return { line, start: bom ? '\ufeff' : '' }
}

/** Quoted also for the other usual delimiters: a program that guesses wrong then still sees one cell. */
const NEEDS_QUOTES = /[",;\t|\r\n]|^\s|\s$|^sep=/i

/** One cell, guarded and quoted where it must be. */
export function csvCell(value: unknown, delimiter = ','): string {
  const text = cellText(value)
  // Numbers and money are made of digits here; their minus sign starts no formula.
  const safe = typeof value === 'number' || typeof value === 'bigint' || isMoney(value) ? text : guard(text)
  const quoted = NEEDS_QUOTES.test(safe) || safe.includes(delimiter)
  return quoted ? `"${safe.replaceAll('"', '""')}"` : safe
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (typeof value !== 'object') return String(value)
  if (isMoney(value)) return `${toDecimal(value)} ${value.currency}`
  if (Array.isArray(value))
    return value
      .map((one) => (typeof one === 'string' ? quotedPart(cellText(one)) : cellText(labelled(one) ? one.value : one)))
      .join('; ')
  return orderedJson(value)
}

const labelled = (value: unknown): value is { value: string } =>
  typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'string'
