import { CrmError, invalid } from '../kernel/errors'
import type { Engine } from '../records/engine'
import type { EventRecord } from '../records/event'
import { limitOf } from '../records/list'
import { EVERY_TENANT, scopedTo } from '../storage/port'
import { EVENT_COLUMNS, readEvent } from './stored-event'

/** A delivery that was given up after its last attempt. */
export interface FailedDelivery {
  tenant: string
  subscriber: string
  attempts: number
  lastError: string | null
  event: EventRecord
}

/** Deliveries that were given up, of all tenants, oldest event first. `limit` 1 to 200, default 50. */
export async function failedDeliveries(engine: Engine, options: { limit?: number } = {}): Promise<FailedDelivery[]> {
  const { storage } = engine
  await engine.ready(storage)
  const select = `select ${EVENT_COLUMNS}, d.subscriber, d.attempts, d.last_error from ${storage.table('delivery')} d join ${storage.table('event')} e on e.tenant_id = d.tenant_id and e.id = d.event_id where d.state = 'dead' order by d.event_id limit ?`
  const rows = await scopedTo(storage, EVERY_TENANT).read(select, [limitOf(options?.limit)])
  return rows.map((row) => ({
    tenant: String(row[11]),
    subscriber: String(row[12]),
    attempts: Number(row[13]),
    lastError: row[14] as string | null,
    event: readEvent(engine, row),
  }))
}

/** Gives a delivery that was given up all its attempts again, from the next `tick` on. NOT_FOUND when there is none. */
export async function retryDelivery(engine: Engine, eventId: string, subscriber: string): Promise<void> {
  const { storage, clock } = engine
  if (typeof eventId !== 'string' || typeof subscriber !== 'string') {
    throw invalid('eventId', 'wrong-type', 'Give the id of an event and the name of a subscriber, both as text.')
  }
  await engine.ready(storage)
  const table = storage.table('delivery')
  const dead = `select tenant_id from ${table} where state = 'dead' and event_id = ? and subscriber = ?`
  const [found] = await scopedTo(storage, EVERY_TENANT).read(dead, [eventId, subscriber])
  const tenant = String(found?.[0] ?? '')
  const update = `update ${table} set state = 'due', attempts = 0, due_at = ? where tenant_id = ? and state = 'dead' and event_id = ? and subscriber = ?`
  const retried = await scopedTo(storage, tenant).transaction(async (session) =>
    session.run(update, [clock.now().getTime(), tenant, eventId, subscriber]),
  )
  if (retried > 0) return
  throw new CrmError('NOT_FOUND', 'There is no such failed delivery.', {
    field: 'eventId',
    rule: 'not-found',
    remedy: 'Take event.id and subscriber from crm.events.failed().',
  })
}
