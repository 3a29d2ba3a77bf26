import type { Engine } from '../records/engine'
import { EVERY_TENANT, scopedTo } from '../storage/port'
import { raw, type Sql, sql } from '../storage/sql'
import type { Done, Round } from './job'

/** Rows of all tenants that wait, with the alias `q`: which they are, and for when. */
export interface Queue {
  readonly rows: Sql
  readonly id: string
  readonly due: string
}

/** Something that waits in a queue: whose it is, and when it falls due. */
export interface Waiting {
  tenant: string
  id: string
  at: Date
}

/** What falls due first. One read; it also tells when the next one does. */
export async function firstWaiting({ storage }: Engine, { rows, id, due }: Queue, count: number): Promise<Waiting[]> {
  const select = sql`select q.tenant_id, q.${raw(id)}, q.${raw(due)} from ${rows} order by q.${raw(due)} limit ${raw(String(count))}`
  const found = await scopedTo(storage, EVERY_TENANT).read(select.text, select.params)
  return found.map(([tenant, one, at]) => ({ tenant: String(tenant), id: String(one), at: new Date(Number(at)) }))
}

/** Works on what is due, one by one. `work` says whether it was still there to be done. */
export async function eachDue(
  engine: Engine,
  queue: Queue,
  { limit, stopping }: Round,
  work: (one: Waiting) => Promise<boolean>,
): Promise<Done> {
  const waiting = await firstWaiting(engine, queue, limit + 1)
  const now = engine.clock.now()
  let done = 0
  for (const one of waiting.slice(0, limit)) {
    if (one.at > now || stopping()) break
    if (await work(one)) done++
  }
  return { done, next: waiting.find(({ at }, index) => at > now || index === limit)?.at }
}

/** Works on what is due, up to `batch` of a tenant at once, until nothing is. `work` says how much it has done. */
export async function drain(
  engine: Engine,
  queue: Queue,
  { limit, stopping }: Round,
  { lookAt, batch }: { lookAt: number; batch: number },
  work: (tenant: string, count: number) => Promise<number>,
): Promise<Done> {
  for (let done = 0; ; ) {
    const waiting = await firstWaiting(engine, queue, Math.min(limit - done, lookAt))
    const now = engine.clock.now()
    const due = waiting.filter(({ at }) => at <= now)
    const before = done
    for (const tenant of new Set(due.map((one) => one.tenant))) {
      if (stopping() || done >= limit) break
      done += await work(tenant, Math.min(limit - done, batch))
    }
    const more = done > before && done < limit && !stopping()
    if (!more) return { done, next: (done > before ? waiting[0] : waiting[due.length])?.at }
  }
}
