import type { Engine } from '../records/engine'
import { EVERY_TENANT, scopedTo } from '../storage/port'
import { raw, type Sql, sql } from '../storage/sql'

/** Something that waits in a queue: whose it is, and when it falls due. */
export interface Waiting {
  tenant: string
  at: Date
}

/** What falls due first among the rows `q`, of all tenants. One read; it also tells when the next one does. */
export async function firstWaiting({ storage }: Engine, rows: Sql, count: number): Promise<Waiting[]> {
  const select = sql`select q.tenant_id, q.due_at from ${rows} order by q.due_at limit ${raw(String(count))}`
  const found = await scopedTo(storage, EVERY_TENANT).read(select.text, select.params)
  return found.map(([tenant, at]) => ({ tenant: String(tenant), at: new Date(Number(at)) }))
}
