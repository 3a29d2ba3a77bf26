import type { Engine } from '../records/engine'

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
    const oldest = now - KEPT
    const boundary = `select created_at from ${table} where created_at < ? order by created_at limit 1 offset ${AT_MOST - 1}`
    const [row] = await storage.read(boundary, [oldest])
    const before = row ? Number(row[0]) + 1 : oldest
    await storage.transaction(async (session) => session.run(`delete from ${table} where created_at < ?`, [before]))
    nextAt = row ? now : now + EVERY
  }
}
