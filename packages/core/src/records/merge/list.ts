import { inList, raw, sql } from '../../storage/sql'
import type { Caller } from '../caller'
import type { RecordType } from '../field'
import { getMerged } from './resolve'

/** One merge, as its winner's history shows it. */
export interface MergeEntry {
  /** Pass to `unmerge`. */
  id: string
  /** Ids of the records that went into this one. */
  losers: string[]
  at: Date
  /** User id; null for the system. */
  by: string | null
  /** False when it was undone, or moved too much to be. */
  undoable: boolean
  undoneAt: Date | null
}

const MAX_ENTRIES = 100

/** What was merged into a record the caller may read, newest first, at most 100. */
export async function listMerges(caller: Caller, type: RecordType, id: string): Promise<MergeEntry[]> {
  const winner = await getMerged(caller, type, id)
  const { storage, tenant } = caller
  const columns = 'id, created_at, created_by, case when undo is null then 0 else 1 end, undone_at'
  const merges = await storage.read(
    `select ${columns} from ${storage.table('merge')} where tenant_id = ? and winner_id = ? order by created_at desc, id desc limit ${MAX_ENTRIES}`,
    [tenant, winner.id],
  )
  if (merges.length === 0) return []
  const ids = merges.map(([merge]) => String(merge))
  const select = sql`select merge_id, record_id from ${raw(storage.table('merged'))} where tenant_id = ${tenant} and ${inList(raw('merge_id'), ids)} order by record_id`
  const rows = await storage.read(select.text, select.params)
  return merges.map(([merge, at, by, undoable, undoneAt]) => ({
    id: String(merge),
    losers: rows.filter(([of]) => of === merge).map(([, loser]) => String(loser)),
    at: new Date(Number(at)),
    by: by as string | null,
    undoable: Boolean(undoable),
    undoneAt: undoneAt == null ? null : new Date(Number(undoneAt)),
  }))
}
