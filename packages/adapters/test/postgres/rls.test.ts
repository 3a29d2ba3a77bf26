import { postgres } from '@rapport/adapters/postgres'
import { type Crm, createCrm } from '@rapport/core'
import type { Pool } from 'pg'
import { expect, test } from 'vitest'
import { newPool, newWorld, PASSWORD, URL } from './world'

const ROLE = `rapport_app_${process.pid}`

/** A role of the application, which owns nothing and may do nothing but read and write rows. */
async function asApplication(owner: Pool, schema: string): Promise<Pool> {
  await owner.query(
    `do $$ begin create role ${ROLE} login password '${PASSWORD}'; exception when duplicate_object then null; end $$;
     grant usage on schema "${schema}" to ${ROLE};
     grant select, insert, update, delete on all tables in schema "${schema}" to ${ROLE}`,
  )
  const url = new globalThis.URL(URL)
  url.username = ROLE
  return newPool({ connectionString: url.href })
}

async function fenced() {
  const { pool, schema } = await newWorld({ rls: 'enforce' })
  const application = await asApplication(pool, schema)
  const crm = createCrm({ storage: postgres({ pool: application, schema, rls: 'enforce' }) }) as Crm
  const tenants = ['acme', 'globex']
  for (const tenant of tenants) {
    const system = crm.asSystem({ tenant, reason: 'test' })
    await system.users.sync([{ id: 'root', name: 'Root', roles: ['admin'] }])
    await system.leads.create({ name: `Lead of ${tenant}` })
  }
  return { crm, application, schema, owner: pool }
}

test('a query that names no tenant returns nothing, from any table, and writes nothing', async () => {
  const { application, schema, owner } = await fenced()
  const { rows: tables } = await owner.query('select tablename from pg_tables where schemaname = $1', [schema])
  const fencedTables = tables
    .map(({ tablename }) => String(tablename))
    .filter((name) => !['migration', 'search_fill'].includes(name))
  expect(fencedTables.length).toBeGreaterThan(25)
  for (const table of fencedTables) {
    const { rows } = await application.query(`select count(*)::int as n from "${schema}"."${table}"`)
    expect([table, rows[0].n]).toEqual([table, 0])
  }
  expect((await application.query(`delete from "${schema}".lead`)).rowCount).toBe(0)
  await expect(
    application.query(`insert into "${schema}".team (tenant_id, id, name) values ('acme', 't', 'T')`),
  ).rejects.toMatchObject({ code: '42501' })
})

test('a statement that forgets its tenant sees only rows of the one the transaction is for', async () => {
  const { application, schema } = await fenced()
  const client = await application.connect()
  await client.query('begin')
  await client.query("select set_config('rapport.tenant', 'acme', true)")
  expect((await client.query(`select name from "${schema}".lead`)).rows).toEqual([{ name: 'Lead of acme' }])
  await expect(client.query(`update "${schema}".lead set tenant_id = 'globex'`)).rejects.toMatchObject({
    code: '42501',
  })
  await client.query('rollback')
  expect((await client.query(`select name from "${schema}".lead`)).rows).toEqual([])
  client.release()
})

test('the fence holds for the owner of the tables as well', async () => {
  const { owner, schema } = await fenced()
  const name = `owner_${process.pid}`
  await owner.query(
    `do $$ begin create role ${name} login password '${PASSWORD}'; exception when duplicate_object then null; end $$;
     alter schema "${schema}" owner to ${name}; alter table "${schema}".lead owner to ${name}`,
  )
  const url = new globalThis.URL(URL)
  url.username = name
  const asOwner = newPool({ connectionString: url.href })
  expect((await asOwner.query(`select count(*)::int as n from "${schema}".lead`)).rows[0].n).toBe(0)
  await owner.query(`drop schema "${schema}" cascade; drop owned by ${name}; drop role ${name}`)
})

test('each tenant works behind the fence: writes, lists, reports, hooks, background work', async () => {
  const { crm } = await fenced()
  const heard: string[] = []
  const acme = crm.as({ tenant: 'acme', user: 'root' })
  const { deal } = await acme.leads.convert((await acme.leads.list()).items[0]?.id as string, {
    deal: { create: { title: 'Deal' } },
  })
  await acme.deals.win(deal.id)
  expect((await acme.reports.winRate({ period: { this: 'year' } })).totals.won).toBe(1)
  crm.on('*', (event) => void heard.push(event.name))
  expect((await crm.tick()).dispatched).toBeGreaterThan(4)
  const globex = crm.as({ tenant: 'globex', user: 'root' })
  expect((await globex.deals.list()).items).toEqual([])
})

test('one transaction of ours for two tenants: each sees its own', async () => {
  const { crm } = await fenced()
  const [acme, globex] = ['acme', 'globex'].map((tenant) => crm.as({ tenant, user: 'root' })) as [
    ReturnType<Crm['as']>,
    ReturnType<Crm['as']>,
  ]
  await acme.transaction(async (tx) => {
    await tx.leads.create({ name: 'First' })
    await globex.within(tx).leads.create({ name: 'Second' })
    expect((await globex.within(tx).leads.list()).items).toHaveLength(2)
    await tx.leads.create({ name: 'Third' })
    expect((await tx.leads.list()).items).toHaveLength(3)
  })
  expect((await acme.leads.list()).items).toHaveLength(3)
  expect((await globex.leads.list()).items).toHaveLength(2)
})

test("the host's transaction: its own statements do not see more than before, ours see the tenant's", async () => {
  const { crm, application, schema } = await fenced()
  const client = await application.connect()
  await client.query('begin')
  const acme = crm.as({ tenant: 'acme', user: 'root' })
  await acme.within(client).leads.create({ name: 'Joined' })
  expect((await acme.within(client).leads.list()).items).toHaveLength(2)
  const globex = crm.as({ tenant: 'globex', user: 'root' })
  expect((await globex.within(client).leads.list()).items).toHaveLength(1)
  await client.query('commit')
  expect((await client.query(`select 1 from "${schema}".lead`)).rows).toEqual([])
  client.release()
  expect((await acme.leads.list()).items).toHaveLength(2)
})

test('tables that were made without the fence are refused, not taken for fenced', async () => {
  const { pool, schema } = await newWorld()
  const crm = createCrm({ storage: postgres({ pool, schema, rls: 'enforce' }) })
  await expect(crm.asSystem({ reason: 'test' }).leads.list()).rejects.toMatchObject({
    code: 'STORAGE',
    rule: 'not-fenced',
    remedy: expect.stringContaining('rapport sql --rls'),
  })
})
