import type { Follow, Job } from '../events/job'
import { evened } from '../events/visible'
import { drain } from '../events/waiting'
import { notify } from '../notifications/notify'
import type { Engine } from '../records/engine'
import type { RecordType } from '../records/field'
import { repeating } from '../records/write'
import { type Session, scopedTo } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'

const BATCH = 500

/** Tells what people asked to be reminded of, when it is time, in the order it fell due. */
export const reminderJob = (engine: Engine): Job => ({
  name: 'reminders',
  run: (round) =>
    drain(
      engine,
      { rows: raw(`${engine.storage.table('reminder')} q`), id: 'id', due: 'due_at' },
      round,
      { lookAt: BATCH, batch: BATCH },
      (tenant, count) => tellDue(engine, tenant, count),
    ),
})

/** Reminders leave the queue in the transaction that writes what is told of them: whatever crashes, each is told once. */
async function tellDue(engine: Engine, tenant: string, count: number): Promise<number> {
  const storage = scopedTo(engine.storage, tenant)
  const now = engine.clock.now().getTime()
  let follow: Follow | undefined
  const told = await repeating(storage, async (session) => {
    const rows = await claim(engine, session, tenant, now, count)
    if (rows.length > 0) follow = await notify(engine, session, tenant, rows)
    return rows.length
  })
  follow?.()
  return told
}

async function claim({ storage }: Engine, session: Session, tenant: string, now: number, count: number) {
  const table = storage.table('reminder')
  const select = `select r.id, r.record_type, r.record_id, r.user_id, r.due_at, r.channels from ${table} r where r.tenant_id = ? and r.due_at <= ? order by r.due_at, r.id limit ${count}`
  const rows = await session.all(select + (storage.dialect.lockRows ?? ''), [tenant, now])
  if (rows.length === 0) return []
  const ids = evened(rows.map(([id]) => String(id)))
  const remove = sql`delete from ${raw(table)} where tenant_id = ${tenant} and ${inList(raw('id'), ids)}`
  await session.send(remove.text, remove.params)
  return rows.map(([, type, record, user, at, channels]) => ({
    kind: 'reminder' as const,
    user: String(user),
    record: { type: type as RecordType, id: String(record) },
    actor: null,
    at: Number(at),
    channels: channels == null ? undefined : JSON.parse(String(channels)),
  }))
}
