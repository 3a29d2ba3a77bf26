import type { CrmError, Problem } from '../../kernel/errors'
import type { QueryContext } from '../../records/query'
import type { RecordTable } from '../../records/record-table'
import type { User } from '../../users/users'
import { type InputReader, inputReader } from '../csv/input'
import { type ColumnMapping, mapColumns } from '../csv/mapping'
import type { CsvFile } from '../csv/rows'
import type { RowProblem } from './failures'
import { importFields } from './fields'
import type { ImportOptions, MappedColumn } from './options'

/** A row of the file on its way to a record. */
export interface ReadRow {
  line: number
  raw: string
  /** What the row says of the record; undefined when it was refused. */
  input: Record<string, unknown> | undefined
  /** The same, checked. */
  values: Record<string, unknown> | undefined
  /** The company it names. */
  company: string | undefined
}

export interface RowReader {
  /** Link that names a company: of contacts and deals, and the parent of companies. */
  readonly companyField: string | undefined
  readonly mapping: MappedColumn[]
  /** What columns can be mapped to. */
  readonly targets: { name: string; label: string }[]
  readonly formats: InputReader['formats']
  /** Fields that some column, or a default, fills. */
  readonly fields: ReadonlySet<string>
  read(values: readonly string[]): {
    input: Record<string, unknown>
    company: string | undefined
    problems: RowProblem[]
  }
  /** Without the defaults, which are for new records. */
  withoutDefaults(values: Record<string, unknown>, input: Record<string, unknown>): Record<string, unknown>
  /** Problems of an error, with the columns they come from. */
  explain(error: CrmError): RowProblem[]
}

/** Reads the rows of one file by its mapping. `users` are whom the owner column may name, by id, email or name. */
export function rowReader(
  query: QueryContext,
  table: RecordTable,
  file: CsvFile,
  options: ImportOptions,
  users: readonly User[],
): RowReader {
  const fields = importFields(query, table)
  const owners = ownersByName(users, query.actor.scope('users', 'read').kind !== 'none')
  const columns = withoutStrangers(mapColumns(file.columns, fields, options.mapping), owners, file, options)
  const { settings } = query.engine
  const reader = inputReader(
    columns,
    fields,
    {
      currency: options.currency ?? settings.currency,
      timeZone: query.actor.zone,
      ...(options.dateFormat && { dateFormat: options.dateFormat }),
      ...(options.values && { values: options.values }),
    },
    file,
  )
  const defaults = options.defaults ?? {}
  const companyField = linkToCompany(table)
  const columnOf = new Map(
    columns.flatMap(({ field, column }) => (field ? [[field.split('.')[0] as string, column] as const] : [])),
  )
  const withColumn = (problem: Problem): RowProblem => {
    const column = columnOf.get(problem.field.split('.')[0] as string)
    return column === undefined ? problem : { ...problem, column }
  }

  return {
    companyField,
    mapping: columns.map(({ column, field, label }) => ({ column, field: field ?? null, ...(label && { label }) })),
    targets: fields.map(({ name, label }) => ({ name, label })),
    formats: reader.formats,
    fields: new Set([...columns.flatMap(({ field }) => (field ? [field] : [])), ...Object.keys(defaults)]),
    read(values) {
      const { input, problems } = reader.read(values)
      const row: Record<string, unknown> = { ...defaults, ...input }
      if (typeof row.owner === 'string') {
        const owner = owners.get(row.owner.toLowerCase())
        if (owner === undefined)
          problems.push({ field: 'owner', rule: 'unknown-user', remedy: 'Give the id, email or name of a user.' })
        row.owner = owner
      }
      const company =
        companyField !== undefined && typeof row[companyField] === 'string' ? (row[companyField] as string) : undefined
      if (company !== undefined) delete row[companyField as string]
      return { input: row, company, problems: problems.map(withColumn) }
    },
    withoutDefaults: (values, input) => {
      const given = Object.entries(values).filter(([name]) => !(name in defaults) || input[name] !== defaults[name])
      return Object.fromEntries(given)
    },
    explain: (error) =>
      (error.problems.length > 0
        ? error.problems
        : [{ field: 'row', rule: error.code.toLowerCase(), remedy: error.message }]
      ).map(withColumn),
  }
}

/** A column only guessed to name owners, where no cell names a user, is left out: it means something else. */
function withoutStrangers(
  columns: ColumnMapping[],
  owners: ReadonlyMap<string, unknown>,
  file: CsvFile,
  options: ImportOptions,
): ColumnMapping[] {
  return columns.map((column) => {
    if (column.field !== 'owner' || (options.mapping && column.column in options.mapping)) return column
    const known = file.sample.some(({ values }) => owners.has((values[column.index] ?? '').trim().toLowerCase()))
    return known ? column : { column: column.column, index: column.index, confidence: 0, unmapped: 'unknown' }
  })
}

/** Names that two users share stand for nobody; names and emails are for those who may read users. */
function ownersByName(users: readonly User[], named: boolean): ReadonlyMap<string, string | undefined> {
  const owners = new Map<string, string | undefined>()
  const put = (name: string | null, id: string) => {
    if (name === null) return
    const key = name.toLowerCase()
    owners.set(key, owners.has(key) && owners.get(key) !== id ? undefined : id)
  }
  for (const user of named ? users : []) {
    put(user.name, user.id)
    put(user.email, user.id)
  }
  for (const user of users) owners.set(user.id.toLowerCase(), user.id)
  return owners
}

const linkToCompany = (table: RecordTable): string | undefined =>
  [...table.fields.values()].find(
    ({ field }) => field.kind === 'link' && field.to === 'companies' && field.mode === 'optional',
  )?.name
