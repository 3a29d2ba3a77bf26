import type { Caller } from '../records/caller'
import type { RecordRef } from '../records/event'
import type { RecordType } from '../records/field'
import type { QueryContext } from '../records/query'
import { inList, raw, sql } from '../storage/sql'
import { evened } from './visible'

export interface NoteParent {
  parent: RecordRef
  deleted: boolean
}

/** The records that notes hang on, by note id: one statement, none when there are no notes or the caller reads none. */
export async function readNotes(
  caller: Caller,
  { tenant, actor }: QueryContext,
  ids: readonly string[],
): Promise<Map<string, NoteParent>> {
  if (ids.length === 0 || actor.scope('notes', 'read').kind === 'none') return new Map()
  const among = inList(raw('id'), evened([...new Set(ids)]))
  const select = sql`select id, record_type, record_id, deleted_at from ${raw(caller.storage.table('note'))} where tenant_id = ${tenant} and ${among}`
  const rows = await caller.storage.read(select.text, select.params)
  return new Map(
    rows.map((row) => [
      String(row[0]),
      { parent: { type: row[1] as RecordType, id: String(row[2]) }, deleted: row[3] !== null },
    ]),
  )
}
