import { foldText } from '../../kernel/text'
import { words } from './words'

/** What texts of a column stand for, by field: `{ stage: { Engaging: 'Proposal Sent' } }`; null for "no value". */
export type ValueMapping = Readonly<Record<string, Readonly<Record<string, string | null>>>>

const TRUE = new Set([
  'true',
  'yes',
  'y',
  't',
  '1',
  'x',
  'on',
  '✓',
  '✔',
  'ja',
  'j',
  'wahr',
  'oui',
  'o',
  'vrai',
  'si',
  's',
  'verdadero',
  'checked',
])
const FALSE = new Set(['false', 'no', 'n', 'f', '0', '-', 'off', 'nein', 'falsch', 'non', 'faux', 'falso', 'unchecked'])

/** Yes or no in English, German, French or Spanish; undefined for anything else. */
export function readBoolean(text: string): boolean | undefined {
  const folded = foldText(text)
  return TRUE.has(folded) ? true : FALSE.has(folded) ? false : undefined
}

/** A part in quotes, as {@link quotedPart} writes it, or one without, each with the separator behind it. */
const PART = /\s*"((?:[^"]|"")+)"\s*(?:[,;|\n]|$)|[^,;|\n]*(?:[,;|\n]|$)/gy

/**
 * Parts of a cell with several values, each once: between ` ::: ` (Google), else line ends, commas, semicolons or bars.
 * A part in double quotes may hold any of these.
 */
export function splitList(text: string): string[] {
  const quoted = text.includes('"')
  const google = (quoted ? text.replace(PART, (part, inner) => (inner === undefined ? part : '')) : text).includes(
    ':::',
  )
  const parts = google ? text.split(':::') : quoted ? [...text.matchAll(PART)].map(unquoted) : text.split(/[,;|\n]/)
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))]
}

const unquoted = ([part, inner]: RegExpMatchArray): string =>
  inner?.replaceAll('""', '"') ?? (part as string).replace(/[,;|\n]$/, '')

/** One value of a list in a cell, in quotes where {@link splitList} would take it for several. */
export const quotedPart = (text: string): string =>
  /[,;|\n]|:::|^"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** Addresses of one cell: emails and phone numbers have no such separators in them. */
export function splitAddresses(text: string): string[] {
  const parts = text.split(/:::|[;|\n]|,(?=\s*\S)/)
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))]
}

/** Finds an option by its text, else without case, accents and punctuation. */
export function optionFinder(options: readonly string[]): (text: string) => string | undefined {
  const exact = new Set(options)
  const similar = new Map(options.map((option) => [words(option), option]))
  return (text) => (exact.has(text) ? text : similar.get(words(text)))
}

/** Applies a value mapping: to the exact text, else to the trimmed one without case. Texts that are not in it stay. */
export function valueMapper(mapping: Readonly<Record<string, string | null>> | undefined): (text: string) => string {
  if (!mapping) return (text) => text
  const entries = Object.entries(mapping).map(([from, to]) => [from, to ?? ''] as const)
  const exact = new Map(entries)
  const loose = new Map(entries.map(([from, to]) => [from.trim().toLowerCase(), to]))
  return (text) => exact.get(text) ?? loose.get(text.trim().toLowerCase()) ?? text
}
