import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import Database from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { builtProgram } from './support/built-program'

const reminder = builtProgram('reminder')
const folder = mkdtempSync(join(tmpdir(), 'rapport-remind-'))
const REMINDERS = process.env.RAPPORT_TEST_ALL ? 10_000 : 1000
const KILLS = 6
/** Sent side by side: so many may have gone out when nobody lived to write that down. */
const IN_HAND = 20

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the worker; kills it without warning after it has told so many more. */
function remindUntil(file: string, log: string, told: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [reminder, file, log], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let count = 0
    let errors = ''
    child.stdout.on('data', (data) => {
      count += String(data).split('\n').length - 1
      if (count >= told) child.kill('SIGKILL')
    })
    child.stderr.on('data', (data) => (errors += data))
    child.on('close', (_, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error(errors))))
  })
}

test('reminders that fall due while the process is killed again and again: each is told, and none is there twice', async () => {
  const [file, log] = [join(folder, 'crm.db'), join(folder, 'told.txt')]
  const crm = createCrm({ storage: sqlite({ file }) })
  await crm.migrate()
  const system = crm.asSystem({ reason: 'test' })
  const users = Array.from({ length: 10 }, (_, at) => ({ id: `u${at}`, name: `U${at}`, roles: ['admin'] }))
  await system.users.sync(users)
  const at = new Date(Date.now() + 3_600_000)
  for (let made = 0; made < REMINDERS; made += 1000)
    await system.tasks.createMany(
      Array.from({ length: 1000 }, (_, task) => ({
        title: `Task ${made + task}`,
        owner: `u${task % 10}`,
        reminders: [{ at, channels: ['in-app', 'callback'] as const }],
      })),
    )
  await crm.close()

  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [])
  for (let kill = 0; kill < KILLS; kill++)
    await remindUntil(file, log, 1 + Math.floor((Math.random() * REMINDERS) / KILLS / 2))
  const missing = () => REMINDERS - new Set(lines()).size
  // What was in hand is sent again when its lease has ended.
  const raw = new Database(file)
  raw.prepare('update crm_notification_delivery set due_at = 0').run()
  while (missing() > 0) await remindUntil(file, log, missing())

  const one = (sql: string) => raw.prepare(sql).pluck().get()
  expect(one("select count(*) from crm_notification where kind = 'reminder'")).toBe(REMINDERS)
  expect(one("select count(distinct record_id) from crm_notification where kind = 'reminder'")).toBe(REMINDERS)
  expect(one('select count(*) from crm_reminder')).toBe(0)
  const ids = raw.prepare("select id from crm_notification where kind = 'reminder'").pluck().all()
  expect(new Set(lines())).toEqual(new Set(ids))
  expect(lines().length - REMINDERS).toBeLessThanOrEqual((KILLS + 5) * IN_HAND)
  raw.close()
}, 300_000)
