import { decodeCursor, encodeCursor } from '../kernel/cursor'
import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { checkFieldAccess } from '../records/checks'
import { shown } from '../records/create'
import { tableOf } from '../records/engine'
import { requireForWrite } from '../records/find'
import { runVerb } from '../records/idempotency'
import { limitOf, type Page } from '../records/list'
import type { AnyRecord } from '../records/types'
import { refuseIfChanged, saveChange, type UpdateOptions } from '../records/update'
import { raw, sql } from '../storage/sql'
import { arrive } from './arrive'
import type { FileContent } from './content'
import { type FileVersion, fileInReach, readVersion, VERSION_COLUMNS } from './find-version'
import { fileName } from './names'
import { checkType } from './upload'

export interface NewVersion {
  content: FileContent
  /** Default: the file keeps its name. */
  name?: string
  /** Media type, as the browser says. Checked against the content. */
  type?: string
}

export interface VersionsQuery {
  /** 1 to 200; default 50. */
  limit?: number | undefined
  /** `nextCursor` of the page before. */
  after?: string | null | undefined
}

/** Takes new content in for a file. Those who do so at once get numbers one after another. */
export async function addVersion(
  caller: Caller,
  id: string,
  input: NewVersion,
  options: UpdateOptions = {},
): Promise<AnyRecord> {
  const { content, type, ...patch } = checkInput(input)
  const file = await fileInReach(caller, id, 'update')
  const { name = file.name as string } = caller.engine.validator('files').patch(patch) as { name?: string }
  const { ifVersion } = options
  return arrive(caller, { name: fileName(name), declared: checkType(type), content }, (arrived) =>
    runVerb(caller, 'files.addVersion', [id, patch, arrived.sha256, ifVersion], options, async (write) => {
      const table = tableOf(caller.engine, 'files')
      const before = await requireForWrite(write, 'files', id, 'update')
      checkFieldAccess(write, table, { content, ...patch })
      if (ifVersion !== undefined) await refuseIfChanged(write, table, before, ifVersion, ['contentVersion'])
      const contentVersion = (before.contentVersion as number) + 1
      const { type, size, sha256 } = arrived
      const after = { ...before, ...(patch.name !== undefined && { name }), type, size, sha256, contentVersion }
      await arrived.become(write, id, contentVersion)
      const file = await saveChange(write, table, before, after, new Set(Object.keys(patch)), 'file.version_added')
      return shown(write, 'files', file)
    }),
  )
}

function checkInput(input: NewVersion): NewVersion {
  const unknown = Object.keys(Object(input)).find((key) => !['content', 'name', 'type'].includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', 'Use only: content, name, type.')
  if (input?.content == null) throw invalid('content', 'required', 'Give text, bytes, a Blob, or a stream of bytes.')
  return input
}

/** The versions of a file, newest first. */
export async function listVersions(
  caller: Caller,
  id: string,
  request: VersionsQuery = {},
): Promise<Page<FileVersion>> {
  const file = await fileInReach(caller, id)
  const limit = limitOf(request?.limit)
  const fingerprint = `versions ${file.id}`
  const [last] = request?.after == null ? [] : decodeCursor(request.after, fingerprint)
  const older = typeof last === 'number' ? sql` and v.number < ${last}` : raw('')
  const from = sql`${raw(`select ${VERSION_COLUMNS} from ${caller.storage.table('file_version')} v`)} where v.tenant_id = ${caller.tenant} and v.file_id = ${file.id}`
  const select = sql`${from}${older} order by v.number desc limit ${raw(String(limit + 1))}`
  const found = (await caller.storage.read(select.text, select.params)).map(readVersion)
  const items = found.slice(0, limit)
  const more = found.length > limit ? items.at(-1) : undefined
  return { items, nextCursor: more ? encodeCursor([more.version], fingerprint) : null }
}
