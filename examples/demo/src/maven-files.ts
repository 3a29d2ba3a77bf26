import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './args'

export interface MavenFile {
  /** The first line, with the names of the columns. */
  header: string
  rows: MavenRow[]
}

/** A line of the file, and its cells by column. */
export interface MavenRow {
  line: string
  cells: Readonly<Record<string, string>>
}

export interface MavenFiles {
  accounts: MavenFile
  products: MavenFile
  teams: MavenFile
  pipeline: MavenFile
}

const NAMES = {
  accounts: 'accounts.csv',
  products: 'products.csv',
  teams: 'sales_teams.csv',
  pipeline: 'sales_pipeline.csv',
} as const

/**
 * The four files of the data set. Their lines are only sorted by day here, which their plain form allows (no quotes);
 * what is in them is read by the importer of the SDK.
 */
export function readMavenFiles(folder: string): MavenFiles {
  const missing = Object.values(NAMES).filter((name) => !existsSync(join(folder, name)))
  if (missing.length > 0) {
    throw new UsageError(
      `${folder} lacks ${missing.join(', ')}: --data wants the folder of Maven's "CRM Sales Opportunities".`,
    )
  }
  return {
    accounts: read(folder, NAMES.accounts),
    products: read(folder, NAMES.products),
    teams: read(folder, NAMES.teams),
    pipeline: read(folder, NAMES.pipeline),
  }
}

function read(folder: string, name: string): MavenFile {
  const text = readFileSync(join(folder, name), 'utf8')
    .replace(/^\ufeff/, '')
    .trim()
  if (text.includes('"')) throw new UsageError(`${name} has quoted cells; the files of the data set have none.`)
  const [header = '', ...lines] = text.split(/\r?\n/)
  const columns = header.split(',')
  return {
    header,
    rows: lines.map((line) => {
      const cells = line.split(',')
      return { line, cells: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) }
    }),
  }
}

/** Rows by the value of a column, in its order; those where it is empty are left out. */
export function byDay(rows: readonly MavenRow[], column: string): Map<string, MavenRow[]> {
  const days = new Map<string, MavenRow[]>()
  for (const row of rows) {
    const day = row.cells[column]
    if (!day) continue
    const same = days.get(day)
    if (same) same.push(row)
    else days.set(day, [row])
  }
  return days
}
