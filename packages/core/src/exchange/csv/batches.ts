import type { Problem } from '../../kernel/errors'
import type { CsvRow } from './header'
import type { ScanFault } from './scanner'

/** A record that could not be read; the ones around it could. */
export interface CsvRowError {
  line: number
  /** The record's text; of a broken one the beginning of its first line. */
  raw: string
  /** Rule `ragged-row`, `unclosed-quote` or `row-too-long`. */
  problem: Problem
}

/** The next rows of a file, and the errors among them, each in the order of the file. */
export interface CsvBatch {
  rows: CsvRow[]
  errors: CsvRowError[]
}

/** Collects records into batches of one size. */
export interface Batcher {
  row(row: CsvRow): void
  error(error: CsvRowError): void
  /** A full batch, or with `rest` whatever there is; undefined when there is none. */
  take(rest: boolean): CsvBatch | undefined
  /** The first rows, which stay to be taken. */
  first(count: number): CsvRow[]
}

/** Rows must have as many cells as there are columns; blank cells too many are cut off. */
export function createBatcher(columns: number, delimiter: string, size: number): Batcher {
  const full: CsvBatch[] = []
  let open: CsvBatch = { rows: [], errors: [] }

  const turn = () => {
    if (open.rows.length + open.errors.length < size) return
    full.push(open)
    open = { rows: [], errors: [] }
  }
  return {
    row(row) {
      const { values } = row
      if (values.length > columns && values.slice(columns).every(isBlankCell)) values.length = columns
      if (values.length === columns) open.rows.push(row)
      else open.errors.push({ line: row.line, raw: row.raw, problem: ragged(row, columns, delimiter) })
      turn()
    },
    error(error) {
      open.errors.push(error)
      turn()
    },
    take(rest) {
      const batch = full.shift()
      if (batch || !rest || open.rows.length + open.errors.length === 0) return batch
      const last = open
      open = { rows: [], errors: [] }
      return last
    },
    first: (count) => [...full, open].flatMap(({ rows }) => rows).slice(0, count),
  }
}

const isBlankCell = (cell: string) => cell === '' || cell.trim() === ''

/** True for a record that says nothing: `,,,`. */
export const isBlank = (values: readonly string[]): boolean => isBlankCell(values[0] ?? '') && values.every(isBlankCell)

const cells = (count: number) => `${count} ${count === 1 ? 'cell' : 'cells'}`

function ragged({ line, values }: CsvRow, columns: number, delimiter: string): Problem {
  const shown = delimiter === '\t' ? 'a tab' : `"${delimiter}"`
  const remedy =
    values.length < columns
      ? `Line ${line} has ${cells(values.length)} for ${columns} columns: add the missing cells.`
      : `Line ${line} has ${cells(values.length)} for ${columns} columns: put cells that contain ${shown} in double quotes.`
  return { field: 'row', rule: 'ragged-row', remedy }
}

/** What to tell about a record that the scanner could not read. */
export function faultProblem(line: number, rule: ScanFault, maxRowLength: number): Problem {
  const remedy =
    rule === 'unclosed-quote'
      ? `Line ${line} has a double quote that opens a cell and does not close it: close it, or double it ("") if it is part of the text.`
      : `Line ${line} has more than ${maxRowLength} characters: shorten it, or raise maxRowLength.`
  return { field: 'row', rule, remedy }
}
