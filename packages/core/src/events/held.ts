import type { Engine } from '../records/engine'
import type { EventRecord } from '../records/event'
import { scopedTo } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import { evened } from './visible'

/** At most so many notices wait for a host's commit; beyond it the oldest are dropped. Durable subscribers lose nothing. */
const MOST_HELD = 10_000
/** A transaction of the host that has not committed after so many milliseconds is taken as rolled back. */
const GIVE_UP_AFTER = 10 * 60_000
const BATCH = 500

interface Held {
  event: EventRecord
  tenant: string
  since: number
}

/** In-process notices of what was written inside a host's transaction: whether it commits, only the host sees. */
export function createHeldNotices(announce: (events: readonly EventRecord[]) => void) {
  let held: Held[] = []
  return {
    hold(events: readonly EventRecord[]) {
      const since = Date.now()
      for (const event of events) if (!event.silent) held.push({ event, tenant: event.tenant, since })
      if (held.length > MOST_HELD) held = held.slice(-MOST_HELD)
    },
    /** Announces those whose rows are committed by now. No statement when none are held. */
    async release(engine: Engine): Promise<void> {
      const waiting = held
      held = []
      const kept: typeof held = []
      for (let at = 0; at < waiting.length; at += BATCH) {
        const part = waiting.slice(at, at + BATCH)
        const committed = await committedIds(engine, part)
        announce(part.filter(({ event }) => committed.has(event.id)).map(({ event }) => event))
        const oldest = Date.now() - GIVE_UP_AFTER
        kept.push(...part.filter(({ event, since }) => !committed.has(event.id) && since > oldest))
      }
      held = [...kept, ...held]
    },
  }
}

/** One statement for each tenant among them. */
async function committedIds({ storage }: Engine, held: readonly Held[]): Promise<Set<unknown>> {
  const committed = new Set<unknown>()
  for (const tenant of new Set(held.map((one) => one.tenant))) {
    const ids = held.flatMap(({ event }) => (event.tenant === tenant ? [event.id] : []))
    const select = sql`select id from ${raw(storage.table('event'))} where tenant_id = ${tenant} and ${inList(raw('id'), evened(ids))}`
    for (const [id] of await scopedTo(storage, tenant).read(select.text, select.params)) committed.add(id)
  }
  return committed
}
