import { invalid } from '../../kernel/errors'
import { mode } from './delimiter'

/** A record of a CSV file, cell by cell. */
export interface CsvRow {
  /** 1-based physical line on which the record starts: what an editor shows. */
  line: number
  values: string[]
  /** The record's text as it stands in the file, without line end. */
  raw: string
}

const MAX_PREAMBLE = 10

/**
 * How many of the first rows are notes in front of the header: rows of one cell, where most rows have more.
 * (LinkedIn puts three lines of explanation there.)
 */
export function preambleLength(head: readonly CsvRow[]): number {
  if (mode(head.map(({ values }) => values.length)) < 2) return 0
  const header = head.findIndex(({ values }) => values.length > 1)
  return header > 0 && header <= MAX_PREAMBLE ? header : 0
}

/** Column names of a header row: trimmed, numbered where they repeat (`Email`, `Email (2)`), `Column 3` where empty. */
export function columnNames(header: readonly string[]): string[] {
  const names: string[] = []
  const taken = new Set<string>()
  const seen = new Map<string, number>()
  const written = new Set(header.map((cell) => cell.trim()))
  header.forEach((cell, index) => {
    const name = cell.trim() || `Column ${index + 1}`
    let number = seen.get(name) ?? 1
    let unique = name
    while (taken.has(unique) || (number > 1 && written.has(unique))) unique = `${name} (${++number})`
    seen.set(name, number)
    taken.add(unique)
    names.push(unique)
  })
  return names
}

const EMAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/
const NUMBER = /^[-+(]?(?:\p{Sc}\s?)?\d[\d.,'\s]*(?:\s?\p{Sc}|%)?\)?$/u
const DATE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?$/
const PHONE = /^\+?[\d\s().\-/]{7,}$/
const URL = /^https?:\/\//i

const looksLikeData = (cell: string): boolean => {
  const text = cell.trim()
  return EMAIL.test(text) || NUMBER.test(text) || DATE.test(text) || PHONE.test(text) || URL.test(text)
}

/** The cell that shows a first row to be a record and no header; undefined when it may well be a header. */
export function dataCell(header: readonly string[]): string | undefined {
  const data = header.find(looksLikeData)
  if (data !== undefined) return data
  const filled = header.map((cell) => cell.trim().toLowerCase()).filter((cell) => cell !== '')
  const repeated = filled.find((cell, index) => filled.indexOf(cell) < index)
  return filled.length >= 4 && new Set(filled).size * 2 < filled.length ? repeated : undefined
}

/** Throws when a first row looks like data. */
export function requireHeader({ line, values }: CsvRow): void {
  const cell = dataCell(values)
  if (cell === undefined) return
  throw invalid(
    'source',
    'no-header',
    `Line ${line} looks like a record and not like column names ("${cell.trim().slice(0, 40)}"). Pass columns: ['firstName', …] to name the columns, or header: true if these are the names.`,
  )
}

/** Column names that the caller gives for a file without header. */
export function checkColumns(columns: readonly string[]): string[] {
  const named =
    Array.isArray(columns) &&
    columns.length > 0 &&
    columns.every((name) => typeof name === 'string' && name.trim() !== '')
  if (named) return columnNames(columns)
  throw invalid(
    'columns',
    'invalid-columns',
    "Give a name for every column of the file, such as columns: ['firstName', 'lastName', 'email'].",
  )
}
