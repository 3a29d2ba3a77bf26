import { requireAny } from '../access/actor'
import { checkRef } from '../events/timeline'
import { decodeCursor, encodeCursor } from '../kernel/cursor'
import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import type { RecordRef } from '../records/event'
import { findInScope, notFound } from '../records/find'
import { limitOf, type Page } from '../records/list'
import { queryContext } from '../records/query'
import { FROM_REPLICA } from '../storage/port'
import { raw, rowsPast, sql } from '../storage/sql'
import { NOTE_COLUMNS, type Note, readNote } from './note'

export interface NotesQuery {
  /** 1 to 200; default 50. */
  limit?: number | undefined
  /** `nextCursor` of the page before. */
  after?: string | null | undefined
}

/** Notes on a record, pinned ones first, then newest first. Two statements, whatever the number of notes. */
export async function listNotes(caller: Caller, record: RecordRef, request: NotesQuery = {}): Promise<Page<Note>> {
  const query = await queryContext(caller)
  const { type, id } = checkRef(query, record)
  if (!(await findInScope(query, { all: caller.storage.read }, type, id, 'read'))) throw notFound(type)
  requireAny(query.actor, 'notes', 'read')
  const limit = limitOf(request.limit)
  const fingerprint = `notes ${type} ${id}`
  const place = request.after == null ? undefined : placeOf(decodeCursor(request.after, fingerprint))
  const after = place
    ? sql` and ${rowsPast([raw('n.pinned'), raw('n.created_at'), raw('n.id')], '<', place, caller.storage.dialect)}`
    : raw('')
  const from = sql`${raw(`select ${NOTE_COLUMNS} from ${caller.storage.table('note')} n`)} where n.tenant_id = ${query.tenant} and n.record_id = ${id} and n.deleted_at is null`
  const select = sql`${from}${after} order by n.pinned desc, n.created_at desc, n.id desc limit ${raw(String(limit + 1))}`
  const notes = (await caller.storage.read(select.text, select.params, FROM_REPLICA)).map(readNote)
  const items = notes.slice(0, limit)
  const last = notes.length > limit ? items.at(-1) : undefined
  return {
    items,
    nextCursor: last ? encodeCursor([last.pinned ? 1 : 0, last.createdAt.getTime(), last.id], fingerprint) : null,
  }
}

function placeOf([pinned, at, id]: unknown[]): [number, number, string] {
  if (typeof pinned === 'number' && typeof at === 'number' && typeof id === 'string') return [pinned, at, id]
  throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same record.')
}
