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

/** Parts of a cell with several values, each once: between ` ::: ` (Google), else line ends, commas, semicolons or bars. */
export function splitList(text: string): string[] {
  const parts = text.includes(':::') ? text.split(':::') : text.split(/[,;|\n]/)
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))]
}

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
