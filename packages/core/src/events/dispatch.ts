import type { Engine } from '../records/engine'
import type { Session } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import type { NamedSubscriber } from './subscribers'
import { evened } from './visible'

/** Events taken off the log in one transaction. */
const BATCH = 200
const ROWS_AN_INSERT = 100

/**
 * Turns pending events, oldest id first and of all tenants, into one delivery for each subscriber that hears them.
 * An event is claimed by its status in the transaction that writes its deliveries, never by "id above the last seen":
 * a slower writer's event, committed later with a smaller id, is found like any other.
 */
export async function dispatchPending(
  engine: Engine,
  subscribers: readonly NamedSubscriber[],
  limit: number,
): Promise<number> {
  let dispatched = 0
  while (dispatched < limit) {
    const count = Math.min(BATCH, limit - dispatched)
    if (dispatched === 0 && !(await anyPending(engine))) return 0
    const taken = await engine.storage.transaction((session) => dispatchBatch(engine, session, subscribers, count))
    dispatched += taken
    if (taken < count) break
  }
  return dispatched
}

const anyPending = async ({ storage }: Engine) =>
  (await storage.read(`select id from ${storage.table('event')} where pending = 1 limit 1`, [])).length > 0

async function dispatchBatch(
  { storage, clock }: Engine,
  session: Session,
  subscribers: readonly NamedSubscriber[],
  count: number,
) {
  const table = storage.table('event')
  const lock = storage.dialect.lockRows ?? ''
  const select = `select tenant_id, id, name, record_type from ${table} where pending = 1 order by id limit ?${lock}`
  const rows = await session.all(select, [count])
  if (rows.length === 0) return 0
  const now = clock.now().getTime()
  const deliveries = rows.flatMap(([tenant, id, name, recordType]) =>
    subscribers
      .filter((subscriber) => subscriber.hears({ name: String(name), recordType: recordType as never }))
      .map((subscriber) => [String(tenant), String(id), subscriber.name, 0, now, 'due']),
  )
  for (let at = 0; at < deliveries.length; at += ROWS_AN_INSERT) {
    const part = deliveries.slice(at, at + ROWS_AN_INSERT)
    const marks = part.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')
    const insert = `insert into ${storage.table('delivery')} (tenant_id, event_id, subscriber, attempts, due_at, state) values ${marks}`
    await session.run(insert, part.flat())
  }
  const claimed = inList(raw('id'), evened(rows.map(([, id]) => String(id))))
  const clear = sql`update ${raw(table)} set pending = null where pending = 1 and ${claimed}`
  await session.run(clear.text, clear.params)
  return rows.length
}
