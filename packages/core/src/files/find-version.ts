import { forbidden } from '../access/actor'
import type { Action } from '../access/roles'
import { CrmError, invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import { findInScope, notFound } from '../records/find'
import { queryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'

/** One version of a file's content. */
export interface FileVersion {
  /** 1 is the oldest. */
  version: number
  type: string
  /** In bytes. */
  size: number
  sha256: string
  createdAt: Date
  createdBy: string | null
}

/** Columns of a version, with the alias `v`, in the order {@link readVersion} takes them. */
export const VERSION_COLUMNS = 'v.number, v.type, v.size, v.sha256, v.created_at, v.created_by'

export const readVersion = (row: readonly unknown[]): FileVersion => ({
  version: Number(row[0]),
  type: String(row[1]),
  size: Number(row[2]),
  sha256: String(row[3]),
  createdAt: new Date(Number(row[4])),
  createdBy: row[5] as string | null,
})

/** The file, when its content is the caller's to see. */
export async function fileInReach(caller: Caller, id: string, action: Action = 'read'): Promise<AnyRecord> {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  const file = await findInScope(query, reader, 'files', id, 'read')
  if (!file) throw notFound('files')
  if (!isVisible(query.actor, tableOf(query.engine, 'files'), 'content')) throw hiddenContent()
  if (action !== 'read' && !(await findInScope(query, reader, 'files', id, action))) throw forbidden('files', action)
  return file
}

/** A version of a file with the id its bytes are under; the newest unless told. */
export async function findVersion(caller: Caller, file: AnyRecord, version = file.contentVersion as number) {
  if (!Number.isInteger(version) || version < 1)
    throw invalid('version', 'out-of-range', 'Give the number of a version, from 1 up.')
  const select = `select ${VERSION_COLUMNS}, v.id from ${caller.storage.table('file_version')} v where v.tenant_id = ? and v.file_id = ? and v.number = ?`
  const [row] = await caller.storage.read(select, [caller.tenant, file.id, version])
  if (!row) throw notFound('files', 'version')
  return { ...readVersion(row), key: { tenant: caller.tenant, id: String(row.at(-1)) } }
}

const hiddenContent = () =>
  new CrmError('FORBIDDEN', 'You may not see the content of files.', {
    field: 'content',
    rule: 'field-not-readable',
    remedy: 'Ask an administrator for a role that may read it.',
  })
