import { requireAny } from '../../access/actor'
import { invalid, isCrmError } from '../../kernel/errors'
import { foldText } from '../../kernel/text'
import { attempt } from '../../records/bulk'
import type { Caller } from '../../records/caller'
import { createIn } from '../../records/create'
import { tableOf } from '../../records/engine'
import type { RecordType } from '../../records/field'
import { findInScope } from '../../records/find'
import { holdAll } from '../../records/guard'
import { type QueryContext, queryContext } from '../../records/query'
import type { RecordTable } from '../../records/record-table'
import { updateIn } from '../../records/update'
import { transact, type WriteSession } from '../../records/write'
import { readUsers } from '../../users/users'
import { type CsvBatch, type CsvFile, openCsv } from '../csv/rows'
import type { CsvSource } from '../csv/source'
import { type CompanyLinks, companyLinks } from './companies'
import { createFailures, type Failures } from './failures'
import { type ImportJob, noCounts, openJob, saveJob } from './job'
import { type ImportKey, importKey } from './match'
import {
  type ImportCounts,
  type ImportMode,
  type ImportOptions,
  type ImportResult,
  MODES,
  refuseUnknownOptions,
} from './options'
import { type ReadRow, type RowReader, rowReader } from './read-row'

interface Run {
  readonly caller: Caller
  readonly query: QueryContext
  readonly table: RecordTable
  readonly mode: ImportMode
  readonly key: ImportKey | undefined
  readonly reader: RowReader
  readonly companies: CompanyLinks
  readonly failures: Failures
  readonly job: ImportJob
  /** Keys met in a dry run, where the database cannot say what the file already brought. */
  readonly seen: Set<string> | undefined
}

/**
 * Reads CSV into records, batch by batch in bounded memory: one transaction for each batch of rows.
 * Every row goes the way of a normal create or update, with permission, validation, rules, hooks and event.
 * A row that is refused is reported by line, and nothing of it stays.
 */
export async function importCsv(
  caller: Caller,
  type: RecordType,
  source: CsvSource,
  options: ImportOptions = {},
): Promise<ImportResult> {
  refuseUnknownOptions(options)
  const mode = options.mode ?? 'create'
  if (!MODES.includes(mode)) throw invalid('mode', 'invalid-option', `Use one of: ${MODES.join(', ')}.`)
  const query = await queryContext(caller)
  requireAny(query.actor, type, 'import')
  const table = tableOf(query.engine, type)
  const file = await openCsv(source, options)
  try {
    const users = await readUsers({ all: caller.storage.read }, caller)
    const reader = rowReader(query, table, file, options, users)
    const key = importKey(query, table, options.key, reader.fields)
    if (mode !== 'create' && !key)
      throw invalid('key', 'required', 'Say by which field rows are matched, such as email.')
    const job = await jobOf(caller, type, file, options)
    const run: Run = {
      caller,
      query,
      table,
      mode,
      key,
      reader,
      companies: companyLinks(query, options.createCompanies ?? true),
      failures: createFailures(file, options.onFailedRows),
      job,
      seen: options.dryRun ? new Set() : undefined,
    }
    if (!job.done) await readAll(run, file, options)
    return {
      ...job.counts,
      errors: run.failures.first,
      mapping: reader.mapping,
      encoding: file.encoding,
      delimiter: file.delimiter,
      dryRun: options.dryRun ?? false,
    }
  } finally {
    await file.close()
  }
}

/** A named job goes on where it stopped; without a name, or dry, there is nothing to go on with. */
async function jobOf(caller: Caller, type: RecordType, file: CsvFile, options: ImportOptions): Promise<ImportJob> {
  const { mode, key, mapping, values, defaults, dateFormat, currency } = options
  const fingerprint = JSON.stringify([file.columns, mode, key, mapping, values, defaults, dateFormat, currency])
  if (options.job === undefined || options.dryRun)
    return { name: '', fingerprint, lines: 0, done: false, counts: noCounts() }
  return openJob(caller, type, options.job, fingerprint)
}

async function readAll(run: Run, file: CsvFile, options: ImportOptions) {
  const { job } = run
  for await (const batch of file.batches()) {
    const fresh = {
      rows: batch.rows.filter(({ line }) => line > job.lines),
      errors: batch.errors.filter(({ line }) => line > job.lines),
    }
    if (fresh.rows.length + fresh.errors.length === 0) continue
    const before = { counts: { ...job.counts }, lines: job.lines }
    const failed = run.failures.mark()
    const startAgain = () => {
      Object.assign(job, before, { counts: { ...before.counts } })
      run.failures.reset(failed)
      run.companies.forget()
    }
    let tried = false
    try {
      if (options.dryRun) await checkBatch(run, fresh)
      else
        await transact(run.caller, (write) => {
          if (tried) startAgain()
          tried = true
          return writeBatch(run, write, fresh)
        })
    } catch (error) {
      startAgain()
      throw error
    }
    await run.failures.flush()
    await options.onProgress?.({ ...job.counts, line: job.lines, bytesRead: file.bytesRead })
  }
  job.done = true
  if (job.name !== '' && !options.dryRun) await transact(run.caller, (write) => saveJob(write, run.table.type, job))
}

async function writeBatch(run: Run, write: WriteSession, batch: CsvBatch) {
  const { job, reader, companies, key } = run
  const rows = readRows(run, batch)
  const ready = rows.filter((row) => row.values !== undefined)
  await companies.look(
    write,
    ready.flatMap((row) => (row.company === undefined ? [] : [row.company])),
  )
  if (key) await holdAll(write, run.table)
  const found = key ? await key.find(write, keysOf(run, ready)) : new Map<string, string>()
  for (const row of ready) {
    companies.begin()
    const result = await attempt(
      write,
      run.table.type,
      (inner) => writeRow(run, inner, row, found),
      row.company !== undefined,
    )
    if (result.ok) job.counts[result.value]++
    else {
      companies.takeBack()
      run.failures.add(row.line, row.raw, reader.explain(result.error))
    }
  }
  count(run, batch, rows)
  if (job.name !== '') await saveJob(write, run.table.type, job)
}

type Outcome = 'created' | 'updated' | 'unchanged'

async function writeRow(run: Run, write: WriteSession, row: ReadRow, found: Map<string, string>): Promise<Outcome> {
  const { table, mode, companies, key, query } = run
  const rowKey = key?.of(row.values as Record<string, unknown>)
  const existing = rowKey === undefined ? undefined : found.get(rowKey)
  if (existing && mode === 'create') throw duplicate(key as ImportKey)
  if (!existing && mode === 'update') throw noMatch(key as ImportKey)
  const values =
    existing || mode === 'create' ? { ...row.values } : query.engine.validator(table.type).create(row.input)
  if (row.company !== undefined) {
    const company = await companies.resolve(write, row.company)
    if (!company)
      throw invalid(
        run.reader.companyField as string,
        'missing-target',
        'Create the company first, or let the import create companies.',
      )
    values[run.reader.companyField as string] = company
  }
  if (existing)
    return updateRow(run, write, existing, run.reader.withoutDefaults(values, row.input as Record<string, unknown>))
  const record = await createIn(write, table.type, values)
  if (rowKey !== undefined) found.set(rowKey, record.id)
  return 'created'
}

/** Cells that are empty change nothing; emails, phones and tags are added to those that are there. */
async function updateRow(
  { table, query }: Run,
  write: WriteSession,
  id: string,
  values: Record<string, unknown>,
): Promise<Outcome> {
  const lists = ['tags', ...Object.keys(table.definition.keys ?? {})].filter((name) => Array.isArray(values[name]))
  const before = lists.length > 0 ? await findInScope(query, write, table.type, id, 'update') : undefined
  for (const name of lists) values[name] = union(before?.[name], values[name])
  const events = write.events.length
  await updateIn(write, table.type, id, values)
  return write.events.length > events ? 'updated' : 'unchanged'
}

function union(before: unknown, added: unknown): unknown[] {
  const text = (value: unknown) => foldText(typeof value === 'string' ? value : (value as { value: string }).value)
  const known = (before ?? []) as unknown[]
  const seen = new Set(known.map(text))
  const fresh = (added as unknown[]).filter((value) => !seen.has(text(value)))
  return [
    ...known,
    ...fresh.map((value) => (typeof value === 'object' && known.length > 0 ? { ...value, primary: false } : value)),
  ]
}

const noMatch = (key: ImportKey) =>
  invalid(key.field, 'no-match', 'There is no such record among yours; import it with mode upsert.')

const duplicate = (key: ImportKey) =>
  invalid(
    key.field,
    'duplicate',
    'A record with the same value is there already; import it with mode upsert to change that one.',
  )

/** A dry run: everything short of writing. */
async function checkBatch(run: Run, batch: CsvBatch) {
  const { job, key, caller, mode, seen } = run
  const rows = readRows(run, batch)
  const ready = rows.filter((row) => row.values !== undefined)
  const found = key ? await key.find({ all: caller.storage.read }, keysOf(run, ready)) : new Map<string, string>()
  for (const row of ready) {
    const rowKey = key?.of(row.values as Record<string, unknown>)
    const exists = rowKey !== undefined && (found.has(rowKey) || (seen as Set<string>).has(rowKey))
    if (exists && mode === 'create')
      run.failures.add(row.line, row.raw, run.reader.explain(duplicate(key as ImportKey)))
    else if (!exists && mode === 'update')
      run.failures.add(row.line, row.raw, run.reader.explain(noMatch(key as ImportKey)))
    else job.counts[exists ? 'updated' : 'created']++
    if (rowKey !== undefined) (seen as Set<string>).add(rowKey)
  }
  count(run, batch, rows)
}

/** Cells to clean values; what cannot be read is reported. */
function readRows({ query, table, mode, reader, failures }: Run, batch: CsvBatch): ReadRow[] {
  const validator = query.engine.validator(table.type)
  const check = mode === 'create' ? validator.create : validator.patch
  return batch.rows.map(({ line, values, raw }) => {
    const { input, company, problems } = reader.read(values)
    if (problems.length === 0) {
      try {
        return { line, raw, company, input, values: check(input) }
      } catch (error) {
        if (!isCrmError(error)) throw error
        problems.push(...reader.explain(error))
      }
    }
    failures.add(line, raw, problems)
    return { line, raw, company: undefined, input: undefined, values: undefined }
  })
}

const keysOf = ({ key }: Run, rows: readonly ReadRow[]): string[] => [
  ...new Set(
    rows.map((row) => key?.of(row.values as Record<string, unknown>)).filter((one): one is string => one !== undefined),
  ),
]

function count(run: Run, batch: CsvBatch, rows: readonly ReadRow[]) {
  const { job, failures } = run
  for (const { line, raw, problem } of batch.errors) failures.add(line, raw, [problem])
  const counts: ImportCounts = job.counts
  counts.rows += rows.length + batch.errors.length
  counts.failed = counts.rows - counts.created - counts.updated - counts.unchanged
  job.lines = Math.max(job.lines, ...batch.rows.map(({ line }) => line), ...batch.errors.map(({ line }) => line))
}
