import type { Job } from '../events/job'
import type { Engine } from '../records/engine'
import { EVERY_TENANT, scopedTo } from '../storage/port'

const EVERY = 3_600_000
const AT_MOST = 1000

/** Removes notifications that have been kept long enough: about a thousand an hour or, with more to do, a round. */
export function retentionJob(engine: Engine): Job {
  let nextAt = Number.NEGATIVE_INFINITY
  return {
    name: 'retention',
    async run() {
      const { storage, clock } = engine
      const now = clock.now().getTime()
      if (now < nextAt) return { done: 0 }
      const table = storage.table('notification')
      const old = `select tenant_id, expires_at from ${table} where expires_at <= ? order by expires_at limit ${AT_MOST}`
      const rows = await scopedTo(storage, EVERY_TENANT).read(old, [now])
      const newest = new Map(rows.map(([tenant, at]) => [String(tenant), Number(at)]))
      for (const [tenant, at] of newest) {
        const remove = `delete from ${table} where tenant_id = ? and expires_at <= ?`
        await scopedTo(storage, tenant).transaction(async (session) => session.run(remove, [tenant, at]))
      }
      nextAt = rows.length === AT_MOST ? now : now + EVERY
      return { done: rows.length }
    },
  }
}
