import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { builtProgram } from '../built-program'
import { newWorld, URL as SERVER } from './world'

const reminderProgram = builtProgram(new URL('./reminder-process.ts', import.meta.url), ['postgres'], ['pg'])
const REMINDERS = process.env.RAPPORT_TEST_ALL ? 10_000 : 1000
const KILLS = 6
/** Sent side by side: so many may have gone out when nobody lived to write that down. */
const IN_HAND = 20

test('four processes remind, killed at random: each reminder is told, and none is there twice', async () => {
  const { crm, pool, schema } = await newWorld()
  await pool.query(`create table "${schema}".told (id text)`)
  const one = async (sql: string) => Number((await pool.query(sql.replaceAll('$', `"${schema}".`))).rows[0].n)
  const told = () => one('select count(distinct id) as n from $told')
  const system = crm.asSystem({ reason: 'test' })
  await system.users.sync(Array.from({ length: 10 }, (_, at) => ({ id: `u${at}`, name: 'U', roles: ['admin'] })))
  const at = new Date(Date.now() + 3_600_000)
  for (let made = 0; made < REMINDERS; made += 1000)
    await system.tasks.createMany(
      Array.from({ length: 1000 }, (_, task) => ({
        title: `Task ${made + task}`,
        owner: `u${task % 10}`,
        reminders: [{ at, channels: ['in-app', 'callback'] as const }],
      })),
    )

  const start = () => spawn(process.execPath, [reminderProgram, SERVER, schema], { stdio: 'inherit' })
  const crew = Array.from({ length: 4 }, start)
  for (let kill = 0; kill < KILLS; kill++) {
    const goal = Math.min(REMINDERS, (await told()) + REMINDERS / KILLS / 2)
    await expect.poll(told, { timeout: 30_000, interval: 20 }).toBeGreaterThanOrEqual(goal)
    const victim = Math.floor(Math.random() * crew.length)
    crew[victim]?.kill('SIGKILL')
    crew[victim] = start()
  }
  const leases = `update "${schema}".notification_delivery set due_at = 0 where due_at > $1 and attempts > 0`
  await new Promise((resolve) => setTimeout(resolve, 500))
  await pool.query(leases, [0])
  await expect.poll(told, { timeout: 60_000, interval: 100 }).toBe(REMINDERS)
  for (const worker of crew) worker.kill('SIGKILL')
  const mine = "from $notification where kind = 'reminder'"
  expect(await one(`select count(*) as n ${mine}`)).toBe(REMINDERS)
  expect(await one(`select count(distinct record_id) as n ${mine}`)).toBe(REMINDERS)
  expect(await one('select count(*) as n from $told')).toBeLessThanOrEqual(REMINDERS + (KILLS + 4) * IN_HAND)
}, 180_000)
