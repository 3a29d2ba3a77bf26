import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgres } from '@rapport/adapters/postgres'
import { createCrm } from '@rapport/core'
import { Client, type Pool } from 'pg'
import { expect, test } from 'vitest'
import { newFolder, newServer, type Server } from './server'
import { newPool, until } from './world'

/** A primary and a standby that streams from it. */
async function pair(): Promise<{ primary: Server; standby: Server }> {
  const primary = await newServer({ settings: { wal_level: 'replica', max_wal_senders: '4' } })
  await primary.start()
  const folder = join(newFolder(), 'data')
  const client = new Client(primary.url)
  await client.connect()
  await client.query("select pg_backup_start('standby', true)")
  execFileSync('cp', ['-a', primary.folder, folder])
  const { rows } = await client.query('select labelfile from pg_backup_stop(false)')
  await client.end()
  rmSync(join(folder, 'postmaster.pid'), { force: true })
  writeFileSync(join(folder, 'backup_label'), rows[0].labelfile)
  writeFileSync(join(folder, 'standby.signal'), '')
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', '--reference', primary.folder, folder])
  const standby = await newServer({
    folder,
    initialise: false,
    settings: { primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres password=secret` },
  })
  await standby.start()
  return { primary, standby }
}

test('lists and reports go to the replica once it has what this process wrote, and to the primary until then', async () => {
  const { primary, standby } = await pair()
  const pool = newPool({ connectionString: primary.url })
  const readPool = newPool({ connectionString: standby.url })
  const crm = createCrm({ storage: postgres({ pool, readPool }) })
  await crm.migrate()
  const me = crm.asSystem({ reason: 'test' })
  const names = async (client = me) => (await client.leads.list()).items.map(({ name }) => name)
  await me.leads.create({ name: 'First' })
  await caughtUp(pool, readPool)
  const asked = lendings(readPool)
  expect(await names()).toEqual(['First'])
  await me.reports.winRate({ period: { this: 'year' } })
  expect(asked()).toBeGreaterThan(1)

  await readPool.query('select pg_wal_replay_pause()')
  await me.leads.create({ name: 'Second' })
  expect(await names()).toEqual(['Second', 'First'])

  // Another process has written nothing itself: it takes what the replica has.
  const elsewhere = createCrm({ storage: postgres({ pool, readPool }) }).asSystem({ reason: 'test' })
  expect(await names(elsewhere)).toEqual(['First'])
  // So does another tenant, whose writes are not waited for.
  expect(await names(crm.asSystem({ tenant: 'other', reason: 'test' }))).toEqual([])

  const client = await pool.connect()
  await client.query('begin')
  await elsewhere.within(client).leads.create({ name: 'Third' })
  await client.query('commit')
  client.release()
  expect(await names(elsewhere)).toEqual(['Third', 'Second', 'First'])

  await readPool.query('select pg_wal_replay_resume()')
  await caughtUp(pool, readPool)
  const before = asked()
  expect(await names()).toEqual(['Third', 'Second', 'First'])
  expect(asked()).toBe(before + 1)

  await standby.stop()
  expect(await names()).toEqual(['Third', 'Second', 'First'])
  await me.leads.create({ name: 'Fourth' })
  expect(await names()).toHaveLength(4)
})

const caughtUp = async (pool: Pool, readPool: Pool) => {
  const { rows } = await pool.query('select pg_current_wal_lsn() as lsn')
  await until(
    async () =>
      (await readPool.query('select pg_last_wal_replay_lsn() >= $1::pg_lsn as reached', [rows[0].lsn])).rows[0].reached,
  )
}

/** How often a client of the pool was lent. */
function lendings(pool: Pool): () => number {
  let lent = 0
  pool.on('acquire', () => lent++)
  return () => lent
}
