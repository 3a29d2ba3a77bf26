import { postgres } from '@rapport/adapters/postgres'
import { createCrm } from '@rapport/core'
import { Client, Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { newServer } from './server'
import { newPool, newWorld, PASSWORD, URL } from './world'

const kill = async (pool: Pool, pid: number) => {
  await pool.query('select pg_terminate_backend($1)', [pid])
}

test('a connection that drops in mid-transaction is a typed error, nothing of it stays, and the pool goes on', async () => {
  const other = newPool()
  let victim: number | undefined
  const { me, pool, schema } = await newWorld(
    {},
    {
      hooks: {
        leads: {
          inTransaction: async () => {
            if (victim === undefined) return
            const { rows } = await other.query(
              "select pid from pg_stat_activity where state = 'idle in transaction' and query like '%' || $1 || '%'",
              [schema],
            )
            victim = rows[0].pid as number
            await kill(other, victim)
          },
        },
      },
    },
  )
  const lead = await me.leads.create({ name: 'Ada' })
  victim = 0
  await expect(me.leads.update(lead.id, { title: 'Countess' })).rejects.toMatchObject({
    code: 'STORAGE',
    rule: 'connection',
    retryable: true,
  })
  victim = undefined
  expect(await me.leads.get(lead.id)).toMatchObject({ title: null, version: 1 })
  await Promise.all(Array.from({ length: 10 }, (_, index) => me.leads.create({ name: `Nr ${index}` })))
  expect(pool.totalCount).toBeLessThanOrEqual(5)
})

test('the server restarts in mid-transaction: a typed error, then all goes on and nothing is half-written', async () => {
  const server = await newServer()
  await server.start()
  const pool = newPool({ connectionString: server.url })
  let restart = false
  const crm = createCrm({
    storage: postgres({ pool }),
    hooks: {
      leads: {
        inTransaction: async () => {
          if (!restart) return
          restart = false
          await server.stop()
          await server.start()
        },
      },
    },
  })
  await crm.migrate()
  const system = crm.asSystem({ reason: 'test' })
  await system.leads.create({ name: 'Before' })
  restart = true
  await expect(system.leads.create({ name: 'During', tags: ['x'] })).rejects.toMatchObject({
    code: 'STORAGE',
    rule: 'connection',
    retryable: true,
  })
  await system.leads.create({ name: 'After' })
  const { items } = await system.leads.list()
  expect(items.map(({ name }) => name)).toEqual(['After', 'Before'])
  const { rows } = await pool.query('select count(*)::int as n from crm.event')
  expect(rows[0].n).toBe(2)
})

test('an exhausted pool is a typed error in due time, not a hang, and is usable again afterwards', async () => {
  const pool = newPool({ max: 1 })
  const { me } = await newWorld({ pool, patience: 200 })
  const client = await pool.connect()
  await expect(me.leads.create({ name: 'Ada' })).rejects.toMatchObject({
    code: 'STORAGE',
    rule: 'busy',
    retryable: true,
    remedy: expect.stringContaining('200 ms'),
  })
  await expect(me.leads.list()).rejects.toMatchObject({ rule: 'busy' })
  client.release()
  await me.leads.create({ name: 'Ada' })
  expect((await me.leads.list()).items).toHaveLength(1)
  expect(pool.idleCount).toBe(1)
})

test('a row that somebody holds is waited for, but not for ever', async () => {
  const { me, pool, schema } = await newWorld({ lockTimeout: 200 })
  const lead = await me.leads.create({ name: 'Ada' })
  const client = await pool.connect()
  await client.query('begin')
  await client.query(`select 1 from "${schema}".lead where id = $1 for update`, [lead.id])
  await expect(me.leads.update(lead.id, { title: 'Dr' })).rejects.toMatchObject({ code: 'STORAGE', rule: 'busy' })
  await client.query('rollback')
  client.release()
  expect(await me.leads.update(lead.id, { title: 'Dr' })).toMatchObject({ version: 2 })
})

test('a statement that takes too long is ended', async () => {
  const { me, pool, schema } = await newWorld({ statementTimeout: 150 })
  await pool.query(
    `create function "${schema}".slow() returns trigger language plpgsql as $$ begin perform pg_sleep(5); return new; end $$;
     create trigger slow before insert on "${schema}".lead for each row execute function "${schema}".slow()`,
  )
  await expect(me.leads.create({ name: 'Ada' })).rejects.toMatchObject({ code: 'STORAGE', rule: 'timeout' })
  expect((await me.leads.list()).items).toEqual([])
})

test('nothing of ours is left on a connection for its next borrower', async () => {
  const pool = newPool({ max: 1 })
  const { crm, me } = await newWorld({ pool, statementTimeout: 1234, lockTimeout: 2345, rls: 'enforce' })
  const settings = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
    current_setting('search_path') as path, coalesce(current_setting('rapport.tenant', true), '') as tenant,
    coalesce(current_setting('rapport.every_tenant', true), '') as every_tenant`
  const before = (await pool.query(settings)).rows
  await me.leads.create({ name: 'Ada' })
  await me.leads.list()
  await expect(me.leads.create({ name: '' })).rejects.toMatchObject({ code: 'VALIDATION' })
  await crm.tick()
  expect((await pool.query(settings)).rows).toEqual(before)
  const locks = "select count(*)::int as n from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'"
  expect((await pool.query(locks)).rows[0].n).toBe(0)
})

test('close does not end the pool of the host, and ends one of our own', async () => {
  const { crm, me, pool } = await newWorld()
  await crm.close()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await expect(me.leads.list()).rejects.toMatchObject({ code: 'CLOSED' })
  const own = createCrm({ storage: postgres({ url: `${URL}?application_name=rapport_own`, schema: 'nobodys' }) })
  await own.migrations.plan()
  const connections = async () =>
    (await pool.query("select count(*)::int as n from pg_stat_activity where application_name = 'rapport_own'")).rows[0]
      .n
  expect(await connections()).toBe(1)
  await own.close()
  await expect.poll(connections).toBe(0)
})

async function refusal(url: string) {
  const crm = createCrm({ storage: postgres({ url }) })
  onTestFinished(() => crm.close())
  return crm.migrate().then(
    () => expect.unreachable(),
    (error) => error,
  )
}

test('wrong password, wrong database: an error that says what to do', async () => {
  const server = await newServer()
  await server.start()
  const wrongPassword = await refusal(server.url.replace('secret', 'wrong'))
  expect(wrongPassword).toMatchObject({
    code: 'STORAGE',
    rule: 'credentials',
    remedy: expect.stringMatching(/password/),
  })
  expect(JSON.stringify(wrongPassword)).not.toContain('wrong:')
  expect(await refusal(server.url.replace(/postgres$/, 'nowhere'))).toMatchObject({
    rule: 'missing-database',
    remedy: expect.stringMatching(/Create the database/),
  })
})

test.each([
  ['nobody listens', 'postgres://postgres@127.0.0.1:1/postgres'],
  ['no such host', 'postgres://postgres@no-such-host.invalid/postgres'],
])('%s: an error that says what to check', async (_, url) => {
  expect(await refusal(url)).toMatchObject({
    code: 'STORAGE',
    rule: 'connection',
    remedy: expect.stringMatching(/host and port/),
  })
})

test('a schema that is not there: NOT_MIGRATED says to migrate', async () => {
  const { me } = await newWorld({}, {}, false)
  await expect(me.leads.list()).rejects.toMatchObject({
    code: 'NOT_MIGRATED',
    remedy: expect.stringContaining('crm.migrate()'),
  })
})

test('a server that takes no writes says so', async () => {
  const { schema } = await newWorld()
  const pool = newPool({ options: '-c default_transaction_read_only=on' })
  const crm = createCrm({ storage: postgres({ pool, schema }) })
  const system = crm.asSystem({ reason: 'test' })
  expect((await system.leads.list()).items).toEqual([])
  await expect(system.leads.create({ name: 'Ada' })).rejects.toMatchObject({
    code: 'STORAGE',
    rule: 'read-only',
    remedy: expect.stringContaining('readPool'),
  })
})

test('a full disk: nothing is half-written', async () => {
  const { me, pool, schema } = await newWorld()
  await pool.query(
    `create function "${schema}".full() returns trigger language plpgsql as $$
       begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
     create trigger full_disk before insert on "${schema}".event for each row execute function "${schema}".full()`,
  )
  await expect(me.leads.create({ name: 'Ada' })).rejects.toMatchObject({ code: 'STORAGE', rule: 'full' })
  await pool.query(`drop trigger full_disk on "${schema}".event`)
  expect((await me.leads.list()).items).toEqual([])
})

test('a database in another encoding is refused before anything is made', async () => {
  const admin = new Client(URL)
  await admin.connect()
  const name = `latin_${process.pid}`
  await admin.query(`create database ${name} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0`)
  const url = new globalThis.URL(URL)
  url.pathname = `/${name}`
  const crm = createCrm({ storage: postgres({ url: url.href }) })
  await expect(crm.migrate()).rejects.toMatchObject({
    code: 'STORAGE',
    rule: 'encoding',
    remedy: expect.stringContaining('UTF8'),
  })
  await crm.close()
  await admin.query(`drop database ${name}`)
  await admin.end()
})

test('a role without rights on the tables is told which it needs', async () => {
  const { schema, pool } = await newWorld()
  const role = `stranger_${process.pid}`
  await pool.query(`drop role if exists ${role}`)
  await pool.query(`create role ${role} login password '${PASSWORD}'`)
  onTestFinished(async () => {
    const cleaner = new Pool({ connectionString: URL, max: 1 })
    await cleaner.query(`drop owned by ${role}; drop role ${role}`)
    await cleaner.end()
  })
  await pool.query(`grant usage on schema "${schema}" to ${role}`)
  const crm = createCrm({
    storage: postgres({ pool: newPool({ user: role, connectionString: roleUrl(role) }), schema }),
  })
  await expect(crm.asSystem({ reason: 'test' }).leads.list()).rejects.toMatchObject({
    code: 'STORAGE',
    rule: 'not-permitted',
    remedy: expect.stringContaining('Grant'),
  })
})

function roleUrl(role: string): string {
  const url = new globalThis.URL(URL)
  url.username = role
  return url.href
}

test('a read that fails leaves nothing behind on a connection of the host’s', async () => {
  const pool = newPool({ max: 1 })
  const storage = postgres({ pool, statementTimeout: 100 })
  await expect(storage.read('select pg_sleep(5)', [])).rejects.toMatchObject({ rule: 'timeout' })
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect(await storage.read('select 1 as one', [])).toEqual([[1]])
})
