import type { Engine } from '../records/engine'
import { EVERY_TENANT, scopedTo } from '../storage/port'

/** For how long a repeated idempotency key gives the first result, in milliseconds: 7 days. */
const KEPT = 7 * 86_400_000
const EVERY = 3_600_000
const AT_MOST = 1000

/** Removes results of idempotency keys that are too old: about a thousand an hour or, with more to do, a tick. */
export function createSweep() {
  let nextAt = Number.NEGATIVE_INFINITY
  return async ({ storage, clock }: Engine): Promise<void> => {
    const now = clock.now().getTime()
    if (now < nextAt) return
    const table = storage.table('idempotency')
    const old = `select tenant_id, created_at from ${table} where created_at < ? order by created_at limit ${AT_MOST}`
    const rows = await scopedTo(storage, EVERY_TENANT).read(old, [now - KEPT])
    const newest = new Map(rows.map(([tenant, at]) => [String(tenant), Number(at)]))
    for (const [tenant, at] of newest) {
      const remove = `delete from ${table} where tenant_id = ? and created_at <= ?`
      await scopedTo(storage, tenant).transaction(async (session) => session.run(remove, [tenant, at]))
    }
    nextAt = rows.length === AT_MOST ? now : now + EVERY
  }
}
