import type { Engine } from '../records/engine'
import { repeating } from '../records/write'
import { EVERY_TENANT, type Session, scopedTo } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import type { EventReader, Follow, Round } from './job'
import { EVENT_COLUMNS, readEvent } from './stored-event'
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
  hearers: Hearers,
  { limit, stopping }: Pick<Round, 'limit' | 'stopping'>,
): Promise<number> {
  let dispatched = 0
  while (dispatched < limit && !stopping()) {
    let taken = 0
    for (const tenant of await tenantsWaiting(engine)) {
      const count = Math.min(BATCH, limit - dispatched)
      if (count === 0 || stopping()) break
      const storage = scopedTo(engine.storage, tenant)
      const claimed = await repeating(storage, (session) => dispatchBatch(engine, session, tenant, hearers, count))
      for (const follow of claimed.after) follow?.()
      taken += claimed.count
      dispatched += claimed.count
    }
    if (taken === 0) break
  }
  return dispatched
}

/** Who hears of events: the host's subscribers by deliveries, our own rooms in the transaction itself. */
export interface Hearers {
  subscribers: readonly NamedSubscriber[]
  readers: readonly EventReader[]
}

/** Tenants of the oldest pending events. */
async function tenantsWaiting({ storage }: Engine): Promise<string[]> {
  const every = scopedTo(storage, EVERY_TENANT)
  const oldest = `select tenant_id from ${storage.table('event')} where pending = 1 order by id limit ${BATCH}`
  return [...new Set((await every.read(oldest, [])).map(([tenant]) => String(tenant)))]
}

async function dispatchBatch(
  engine: Engine,
  session: Session,
  tenant: string,
  { subscribers, readers }: Hearers,
  count: number,
) {
  const { storage, clock } = engine
  const table = storage.table('event')
  const lock = storage.dialect.lockRows ?? ''
  const select = `select id, name, record_type from ${table} where tenant_id = ? and pending = 1 order by id limit ${count}${lock}`
  const rows = await session.all(select, [tenant])
  if (rows.length === 0) return { count: 0, after: [] }
  const now = clock.now().getTime()
  const deliveries = rows.flatMap(([id, name, recordType]) =>
    subscribers
      .filter((subscriber) => subscriber.hears({ name: String(name), recordType: recordType as never }))
      .map((subscriber) => [tenant, String(id), subscriber.name, 0, now, 'due']),
  )
  for (let at = 0; at < deliveries.length; at += ROWS_AN_INSERT) {
    const part = deliveries.slice(at, at + ROWS_AN_INSERT)
    const marks = part.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')
    const insert = `insert into ${storage.table('delivery')} (tenant_id, event_id, subscriber, attempts, due_at, state) values ${marks}`
    await session.send(insert, part.flat())
  }
  const claimed = inList(raw('id'), evened(rows.map(([id]) => String(id))))
  const clear = sql`update ${raw(table)} set pending = null where tenant_id = ${tenant} and pending = 1 and ${claimed}`
  await session.send(clear.text, clear.params)
  const after: (Follow | undefined)[] = []
  for (const reader of readers) {
    const heard = rows.flatMap(([id, name, recordType]) =>
      reader.hears({ name: String(name), recordType: recordType as never }) ? [String(id)] : [],
    )
    if (heard.length > 0)
      after.push(await reader.take(session, tenant, await readEvents(engine, session, tenant, heard)))
  }
  return { count: rows.length, after }
}

async function readEvents(engine: Engine, session: Session, tenant: string, ids: readonly string[]) {
  const table = raw(engine.storage.table('event'))
  const select = sql`${raw(`select ${EVENT_COLUMNS} from`)} ${table} e where e.tenant_id = ${tenant} and ${inList(raw('e.id'), evened(ids))} order by e.id`
  return (await session.all(select.text, select.params)).map((row) => readEvent(engine, row))
}
