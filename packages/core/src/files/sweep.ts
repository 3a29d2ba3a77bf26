import type { Done, Round } from '../events/job'
import type { Engine } from '../records/engine'
import { EVERY_TENANT, scopedTo } from '../storage/port'
import { sweepOne } from './discard'

/**
 * Removes bytes without a file: of purged files at once, of uploads that nobody finished after a day. What the store
 * cannot remove now is tried again after the lease; the process is warned.
 */
export async function sweepFiles(engine: Engine, { limit }: Round): Promise<Done> {
  const { storage, clock } = engine
  const now = clock.now().getTime()
  const select = `select v.tenant_id, v.id, v.free_at from ${storage.table('file_version')} v where v.file_id is null order by v.free_at, v.id limit ${limit + 1}`
  const rows = await scopedTo(storage, EVERY_TENANT).read(select, [])
  const waiting = rows.map(([tenant, id, freeAt]) => ({ tenant: String(tenant), id: String(id), at: Number(freeAt) }))
  let done = 0
  for (const { tenant, id, at } of waiting.slice(0, limit)) {
    if (at > now) break
    const isGone = await sweepOne(engine, { tenant, id }, at).catch(warn)
    if (isGone) done++
  }
  const next = waiting.find(({ at }, index) => at > now || index === limit)
  return { done, ...(next && { next: new Date(next.at) }) }
}

function warn(error: unknown): boolean {
  process.emitWarning(
    `Bytes of a removed file are still there: ${error instanceof Error ? error.message : String(error)}`,
  )
  return false
}
