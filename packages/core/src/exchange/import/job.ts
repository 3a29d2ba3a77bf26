import { invalid } from '../../kernel/errors'
import { hasForbiddenCharacters } from '../../kernel/text'
import { authorOf, type Caller, nowOf } from '../../records/caller'
import type { RecordType } from '../../records/field'
import type { WriteSession } from '../../records/write'
import type { ImportCounts } from './options'

/** How far a named import has come; kept in the transaction of each batch, so that it never says more than was written. */
export interface ImportJob {
  readonly name: string
  readonly fingerprint: string
  /** Last line that is done. */
  lines: number
  done: boolean
  counts: ImportCounts
}

export const noCounts = (): ImportCounts => ({ rows: 0, created: 0, updated: 0, unchanged: 0, failed: 0 })

/** The job of that name, as far as it has come. Another file or mapping under the same name is refused. */
export async function openJob(caller: Caller, type: RecordType, name: string, fingerprint: string): Promise<ImportJob> {
  if (typeof name !== 'string' || name.length === 0 || name.length > 200 || hasForbiddenCharacters(name))
    throw invalid('job', 'invalid-name', 'Give 1 to 200 characters, no NUL or broken surrogate pairs among them.')
  const { storage, tenant } = caller
  const [row] = await storage.read(
    `select record_type, fingerprint, state, lines_done, counts from ${storage.table('import_job')} where tenant_id = ? and id = ?`,
    [tenant, name],
  )
  if (!row) return { name, fingerprint, lines: 0, done: false, counts: noCounts() }
  if (row[0] !== type || row[1] !== fingerprint) {
    throw invalid('job', 'other-import', 'Use another name: an import with other columns or options has this one.')
  }
  return { name, fingerprint, lines: Number(row[3]), done: row[2] === 'done', counts: JSON.parse(String(row[4])) }
}

const COLUMNS = [
  'tenant_id',
  'id',
  'record_type',
  'fingerprint',
  'state',
  'lines_done',
  'counts',
  'created_at',
  'created_by',
  'updated_at',
]

export async function saveJob(write: WriteSession, type: RecordType, job: ImportJob): Promise<void> {
  const { storage, tenant } = write.caller
  const now = nowOf(write.caller).getTime()
  const values = [
    tenant,
    job.name,
    type,
    job.fingerprint,
    job.done ? 'done' : 'running',
    job.lines,
    JSON.stringify(job.counts),
  ]
  await write.send(storage.dialect.upsert(storage.table('import_job'), COLUMNS, ['tenant_id', 'id']), [
    ...values,
    now,
    authorOf(write.caller, write.actor),
    now,
  ])
}
