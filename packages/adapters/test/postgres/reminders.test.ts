import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newWorld, URL as SERVER } from './world'

const here = fileURLToPath(new URL('.', import.meta.url))
const packages = join(here, '../../../')
const built = join(packages, 'core/node_modules/.reminders')
const REMINDERS = process.env.RAPPORT_TEST_ALL ? 10_000 : 1000
const KILLS = 6
/** Sent side by side: so many may have gone out when nobody lived to write that down. */
const IN_HAND = 20

beforeAll(async () => {
  await build({
    entry: { reminder: join(here, 'reminder-process.ts') },
    outDir: built,
    format: ['esm'],
    config: false,
    silent: true,
    dts: false,
    noExternal: [/^@rapport/],
    external: ['pg', 'zod', 'libphonenumber-js'],
    esbuildOptions(options) {
      options.alias = {
        '@rapport/core': join(packages, 'core/src/index.ts'),
        '@rapport/core/storage': join(packages, 'core/src/storage/index.ts'),
        '@rapport/adapters/postgres': join(packages, 'adapters/src/postgres/index.ts'),
      }
    },
  })
}, 60_000)

afterAll(() => rmSync(built, { recursive: true, force: true }))

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

  const start = () => spawn(process.execPath, [join(built, 'reminder.js'), SERVER, schema], { stdio: 'inherit' })
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
