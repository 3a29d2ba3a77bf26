import { isCrmError } from '../../kernel/errors'
import { isId } from '../../kernel/ids'
import type { Caller } from '../caller'
import type { RecordType } from '../field'
import { getRecord } from '../find'
import type { AnyRecord } from '../types'

/** `get` that finds the winner under the id of a record merged into it. A statement more only where nothing was found. */
export async function getMerged(
  caller: Caller,
  type: RecordType,
  id: string,
  options?: { include?: readonly string[] },
): Promise<AnyRecord> {
  try {
    return await getRecord(caller, type, id, options)
  } catch (error) {
    const winner = isCrmError(error, 'NOT_FOUND') ? await winnerOf(caller, id) : undefined
    if (winner === undefined) throw error
    return getRecord(caller, type, winner, options)
  }
}

/** The record that this one was merged into, by whichever merge was the last; undefined when there was none. */
export async function winnerOf({ storage, tenant }: Caller, id: string): Promise<string | undefined> {
  if (!isId(id)) return undefined
  const select = `select winner_id from ${storage.table('merged')} where tenant_id = ? and record_id = ? and undone_at is null order by merge_id desc limit 1`
  const [row] = await storage.read(select, [tenant, id])
  return row && String(row[0])
}
