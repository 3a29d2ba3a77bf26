import { newId } from '../kernel/ids'
import type { Engine } from '../records/engine'
import type { Session } from '../storage/port'
import { nextAt } from './hours'
import { wantsDigest } from './preferences'
import type { Recipient } from './recipients'
import { canTell, waysOf } from './ways'

/**
 * Plans the user's next digest: whoever wants digests has one waiting at all times, so that none is forgotten, and one
 * with nothing to tell is not sent.
 */
export async function planDigest(
  engine: Engine,
  session: Session,
  tenant: string,
  { id, zone, preferences }: Recipient,
) {
  const table = engine.storage.table('notification_delivery')
  const due = nextAt(engine.clock.now().getTime(), preferences.digestAt, zone)
  const wanted = wantsDigest(preferences) && canTell(waysOf(engine), 'digest')
  const mine = `where tenant_id = ? and user_id = ? and channel = 'digest'`
  if (!wanted) return session.send(`delete from ${table} ${mine}`, [tenant, id])
  // One that is being sent comes again by itself.
  const moved = await session.run(`update ${table} set due_at = ? ${mine} and attempts = 0`, [due, tenant, id])
  const [other] = moved > 0 ? [true] : await session.all(`select batch from ${table} ${mine}`, [tenant, id])
  if (other) return
  const insert = `insert into ${table} (tenant_id, user_id, channel, batch, due_at, attempts) values (?, ?, 'digest', ?, ?, 0)`
  await session.send(insert, [tenant, id, newId(), due])
}

/** What waits for the digest goes into this one; what comes from now on into the next. */
export async function collectDigest(
  { storage }: Engine,
  session: Session,
  tenant: string,
  { batch, user }: { batch: string; user: string },
) {
  const update = `update ${storage.table('notification')} set digest = ? where tenant_id = ? and user_id = ? and state in ('inbox', 'outside') and read_at is null and digest = 'due'`
  await session.send(update, [batch, tenant, user])
}
