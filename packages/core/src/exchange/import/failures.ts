import type { Problem } from '../../kernel/errors'
import type { Awaitable } from '../../storage/port'
import type { CsvFile } from '../csv/rows'
import type { ImportError } from './options'

const KEPT = 1000

export interface RowProblem extends Problem {
  column?: string
}

/** Rows that were refused: the first ones for the result, all of them as CSV for the caller. */
export interface Failures {
  readonly first: ImportError[]
  add(line: number, raw: string, problems: readonly RowProblem[]): void
  /** A point to go back to when the batch is rolled back. */
  mark(): number
  reset(mark: number): void
  /** Hands the rows of the batch over. */
  flush(): Promise<void>
}

export function createFailures(file: CsvFile, onFailedRows: ((csv: string) => Awaitable<void>) | undefined): Failures {
  const first: ImportError[] = []
  let waiting: string[] = []
  let headed = false
  const cell = (text: string) =>
    /["\r\n]/.test(text) || text.includes(file.delimiter) ? `"${text.replaceAll('"', '""')}"` : text
  const header = () => (file.header?.raw ?? file.columns.map(cell).join(file.delimiter)) + file.delimiter

  return {
    first,
    add(line, raw, problems) {
      for (const problem of problems) if (first.length < KEPT) first.push({ line, ...problem })
      if (!onFailedRows) return
      const why = problems.map(({ column, field, remedy }) => `${column ?? field}: ${remedy}`).join(' ')
      waiting.push(`${raw}${file.delimiter}${cell(why)}\r\n`)
    },
    mark: () => first.length,
    reset(mark) {
      first.length = mark
      waiting = []
    },
    async flush() {
      if (waiting.length === 0 || !onFailedRows) return
      const rows = waiting.join('')
      waiting = []
      await onFailedRows(headed ? rows : `${header()}Problem\r\n${rows}`)
      headed = true
    },
  }
}
