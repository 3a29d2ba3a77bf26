import { type Line, median } from './measure'
import { createWorld, idAt, USERS, type World } from './world'

const PAST = Date.UTC(2025, 0, 1)
const BATCH = 500
const QUEUE = 'insert into crm_reminder (tenant_id, id, record_type, record_id, user_id, due_at) values'
const ENTRY = 'tenant_id, id, user_id, batch, kind, record_type, record_id, at, state, expires_at'

/** So many reminders that fell due: taken off the queue and written into inboxes, in batches of one transaction each. */
export async function benchReminders(count: number, rounds: number): Promise<Line[]> {
  const world = await createWorld(0)
  const times: Record<'raw' | 'rapport', number[]> = { raw: [], rapport: [] }
  const timed = async (name: 'raw' | 'rapport', work: () => unknown) => {
    fill(world, count)
    const start = performance.now()
    await work()
    times[name].push(performance.now() - start)
  }
  for (let round = 0; round < rounds; round++) {
    await timed('raw', () => byHand(world))
    await timed('rapport', () => world.crm.tick({ limit: 10_000 }))
  }
  await world.close()
  const [raw, rapport] = [median(times.raw), median(times.rapport)]
  const speed = (milliseconds: number) => `${Math.round((count / milliseconds) * 1000)}/s`
  const work = `tell ${count} reminders that are due`
  return [{ work, raw: speed(raw), rapport: speed(rapport), ratio: raw / rapport, limit: 0.5, atLeast: true }]
}

function fill({ raw }: World, count: number) {
  raw.prepare('delete from crm_notification').run()
  const insert = raw.prepare(`${QUEUE} ('default', ?, 'tasks', ?, ?, ?)`)
  raw.transaction(() => {
    for (let i = 0; i < count; i++) insert.run(idAt(PAST + i, i), idAt(PAST, i), `u${i % USERS}`, PAST + i)
  })()
}

function byHand({ raw }: World) {
  const due = raw.prepare(
    `select id, record_id, user_id, due_at from crm_reminder where due_at <= ? order by due_at, id limit ${BATCH}`,
  )
  const remove = raw.prepare(`delete from crm_reminder where tenant_id = 'default' and id = ?`)
  const insert = raw.prepare(
    `insert into crm_notification (${ENTRY}) values ('default', ?, ?, ?, 'reminder', 'tasks', ?, ?, 'inbox', ?)`,
  )
  for (let number = 0; ; ) {
    const rows = due.raw().all(Date.now()) as [string, string, string, number][]
    if (rows.length === 0) return
    raw.transaction(() => {
      for (const [id, record, user, at] of rows) {
        remove.run(id)
        const entry = idAt(Date.now(), 900_000_000 + number++)
        insert.run(entry, user, entry, record, at, at + 180 * 86_400_000)
      }
    })()
  }
}
