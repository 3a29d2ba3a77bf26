import { invalid, type Problem } from '../../kernel/errors'
import type { Awaitable } from '../../storage/port'
import type { CsvReadOptions } from '../csv/rows'

/** What to do with a row whose key is, or is not, already there. */
export type ImportMode =
  /** New records only; a row that is already there is reported as a duplicate. */
  | 'create'
  /** Changes what is there; a row that is not is reported. */
  | 'update'
  /** Changes what is there, creates what is not. */
  | 'upsert'

export interface ImportOptions extends Pick<CsvReadOptions, 'encoding' | 'delimiter' | 'columns' | 'header'> {
  /** Default `create`. */
  mode?: ImportMode
  /**
   * Field by whose normal form rows are matched with records and with each other: `email`, `phone`, `name`, `domain`,
   * `title`, `custom.<name>`. Default: email for leads and contacts; domain, else name, for companies; none for deals.
   */
  key?: string
  /** Column → field, or null to leave it out. Columns not named here are guessed. */
  mapping?: Record<string, string | null>
  /** Field → cell → value: `{ product: { GTXPro: 'GTX Pro' } }`. */
  values?: Record<string, Record<string, string>>
  /** Values for fields the file does not have, such as `{ source: 'event' }`. */
  defaults?: Record<string, unknown>
  /** How dates are written, where they can be read two ways. Default: found out from the file, else month first. */
  dateFormat?: 'day-first' | 'month-first'
  /** Currency of amounts without one, ISO 4217. Default: the tenant's. */
  currency?: string
  /** Creates companies that contacts and deals name but that do not exist. Default true. */
  createCompanies?: boolean
  /** Reads and checks everything, writes nothing. */
  dryRun?: boolean
  /** Name of the import. Called again with the same name and file, it goes on after the last row that was written. */
  job?: string
  /** After each batch. */
  onProgress?: (progress: ImportProgress) => Awaitable<void>
  /** Gets the rows that failed, as CSV with a column that says why: to be corrected and imported again. */
  onFailedRows?: (csv: string) => Awaitable<void>
}

export interface ImportCounts {
  /** Rows read, without blank ones. */
  rows: number
  created: number
  updated: number
  /** Already as the row says. */
  unchanged: number
  /** Refused: see `errors`. */
  failed: number
}

export interface ImportProgress extends ImportCounts {
  /** Last line that is done. */
  line: number
  bytesRead: number
}

/** Why a row was refused. */
export interface ImportError extends Problem {
  /** Line of the file on which the row starts, from 1. */
  line: number
  /** Column it came from, where it is about one. */
  column?: string
}

export interface ImportResult extends ImportCounts {
  /** The first 1,000 errors, by line. All of them go to `onFailedRows`. */
  errors: ImportError[]
  mapping: MappedColumn[]
  encoding: string
  delimiter: string
  dryRun: boolean
}

/** A column of the file and where its cells go. */
export interface MappedColumn {
  column: string
  /** Null when it is left out. */
  field: string | null
  /** Label of one of several emails or phones. */
  label?: string
}

export const MODES: readonly ImportMode[] = ['create', 'update', 'upsert']

const KEYS = [
  'encoding', 'delimiter', 'columns', 'header', 'mode', 'key', 'mapping', 'values', 'defaults', 'dateFormat', 'currency',
  'createCompanies', 'dryRun', 'job', 'onProgress', 'onFailedRows',
] // biome-ignore format: one list

/** A misspelt option would be an import that quietly does something else. */
export function refuseUnknownOptions(options: object): void {
  if (typeof options !== 'object' || options === null)
    throw invalid('options', 'wrong-type', "Give an object such as { mode: 'upsert' }.")
  const unknown = Object.keys(options).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
}
