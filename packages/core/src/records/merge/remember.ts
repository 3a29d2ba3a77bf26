import { newId } from '../../kernel/ids'
import { inList, raw, sql } from '../../storage/sql'
import { authorOf, nowOf } from '../caller'
import type { RecordType } from '../field'
import type { WriteSession } from '../write'
import { chunks } from './side'
import type { MergeUndo } from './undo'

/** Stores what a merge was, and how it can be undone. Gives back its id. */
export async function remember(
  write: WriteSession,
  type: RecordType,
  winner: string,
  losers: readonly string[],
  undo: MergeUndo | null,
): Promise<string> {
  const { caller, actor } = write
  const { storage, tenant } = caller
  const id = newId()
  const values = [
    tenant,
    id,
    type,
    winner,
    undo && JSON.stringify(undo),
    nowOf(caller).getTime(),
    authorOf(caller, actor),
    null,
  ]
  const columns = 'tenant_id, id, record_type, winner_id, undo, created_at, created_by, undone_at'
  await write.send(`insert into ${storage.table('merge')} (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?)`, values)
  const earlier = await mergedBefore(write, losers)
  for (const some of chunks([...losers, ...earlier])) {
    const rows = some.map(() => '(?, ?, ?, ?, ?)').join(', ')
    const insert = `insert into ${storage.table('merged')} (tenant_id, merge_id, record_id, winner_id, undone_at) values ${rows}`
    await write.send(
      insert,
      some.flatMap((loser) => [tenant, id, loser, winner, null]),
    )
  }
  return id
}

/** What went into the losers earlier: it leads to the new winner as well. */
async function mergedBefore(write: WriteSession, losers: readonly string[]): Promise<string[]> {
  const { storage, tenant } = write.caller
  const select = sql`select distinct record_id from ${raw(storage.table('merged'))} where tenant_id = ${tenant} and undone_at is null and ${inList(raw('winner_id'), losers)}`
  return (await write.all(select.text, select.params)).map(([id]) => String(id))
}
