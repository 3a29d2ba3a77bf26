import { type ChildProcess, spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { builtProgram } from '../built-program'
import { newWorld, URL as SERVER } from './world'

const workerProgram = builtProgram(new URL('./worker-process.ts', import.meta.url), ['postgres'], ['pg'])
const WORKERS = 8
const KILLS = 16

test('eight workers, killed at random: each event is handled, once or again with the same id, and none is lost', async () => {
  const { crm, pool, schema } = await newWorld()
  await pool.query(`create table "${schema}".handled (tenant text, event text, worker int)`)
  const handled = async () => Number((await pool.query(`select count(*) as n from "${schema}".handled`)).rows[0].n)
  const open = async () => {
    const { rows } = await pool.query(
      `select (select count(*) from "${schema}".event where pending = 1) + (select count(*) from "${schema}".delivery) as n`,
    )
    return Number(rows[0].n)
  }

  const crew = Array.from({ length: WORKERS }, () => startWorker(schema))
  const tenants = Array.from({ length: 5 }, (_, index) => crm.asSystem({ tenant: `t${index}`, reason: 'test' }))
  let killed = 0
  for (let round = 0; round < KILLS; round++) {
    await Promise.all(
      tenants.map((tenant) =>
        tenant.leads.createMany(Array.from({ length: 10 }, (_, index) => ({ name: `Lead ${round}.${index}` }))),
      ),
    )
    const victim = Math.floor(Math.random() * WORKERS)
    const worker = crew[victim] as Worker
    await worker.ready
    const before = await handled()
    // Killed in the middle of work, not before it.
    await expect.poll(handled, { timeout: 20_000 }).toBeGreaterThan(before)
    worker.process.kill('SIGKILL')
    killed++
    crew[victim] = startWorker(schema)
  }
  await expect.poll(open, { timeout: 60_000, interval: 200 }).toBe(0)
  for (const worker of crew) worker.process.kill('SIGKILL')

  const { rows: events } = await pool.query(
    `select id from "${schema}".event where record_type = 'leads' and tenant_id <> 'default' order by id`,
  )
  const { rows: seen } = await pool.query(
    `select event, count(*)::int as times from "${schema}".handled group by event`,
  )
  expect(events).toHaveLength(KILLS * tenants.length * 10)
  expect(seen.map(({ event }) => event).sort()).toEqual(events.map(({ id }) => id))
  const repeated = seen.filter(({ times }) => times > 1)
  // A worker has one delivery in hand when it dies.
  expect(repeated.length).toBeLessThanOrEqual(killed)
  expect((await crm.events.failed()).length).toBe(0)
  const { rows: crewed } = await pool.query(`select count(distinct worker)::int as n from "${schema}".handled`)
  expect(crewed[0].n).toBeGreaterThanOrEqual(WORKERS)
}, 180_000)

interface Worker {
  process: ChildProcess
  ready: Promise<void>
}

function startWorker(schema: string): Worker {
  const child = spawn(process.execPath, [workerProgram, SERVER, schema], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { process: child, ready: new Promise((resolve) => child.stdout?.once('data', () => resolve())) }
}
