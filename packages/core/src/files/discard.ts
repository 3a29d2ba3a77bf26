import type { Engine } from '../records/engine'
import { repeating } from '../records/write'
import { scopedTo } from '../storage/port'
import { fileOptions } from './definition'
import { requireStore } from './outgoing'
import type { FileKey } from './port'

/** For how long who removes bytes is left alone with them, in milliseconds. When the process dies, they are due again after that. */
const LEASE = 10 * 60_000

/**
 * Removes bytes that belong to no file, and the row that marks them; false when they have a file by now, or somebody
 * else is at it. `freeAt` is what the row said when it was looked at: whoever changes it first has the bytes.
 */
export async function discard(engine: Engine, key: FileKey, freeAt: number): Promise<boolean> {
  const { tenant, id } = key
  const storage = scopedTo(engine.storage, tenant)
  const row = storage.table('file_version')
  const run = (sql: string, params: (string | number)[]) =>
    repeating(storage, async (session) => session.run(sql, params))
  const claim = `update ${row} set free_at = ? where tenant_id = ? and id = ? and file_id is null and free_at = ?`
  const until = engine.clock.now().getTime() + LEASE
  if ((await run(claim, [until, tenant, id, freeAt])) === 0) return false
  await requireStore(fileOptions(engine)).remove(key)
  await run(`delete from ${row} where tenant_id = ? and id = ? and file_id is null`, [tenant, id])
  return true
}
