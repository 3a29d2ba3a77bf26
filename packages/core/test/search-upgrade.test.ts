import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm, field, type ScopedClient } from '@rapport/core'
import { expect, test } from 'vitest'
import { foundation } from '../src/storage/migrations/0001-foundation'
import { watchStorage } from '../src/testing/watch-storage'
import { newCrm } from './support/crm'
import { onSqlite } from './support/databases'

/** A database as the first release left it, with records of several tenants in it. */
async function oldDatabase(records: number) {
  const storage = sqlite({ file: ':memory:' })
  await storage.transaction(async (session) => {
    for (const table of foundation.tables)
      for (const statement of storage.dialect.createTable(table, storage.table)) await session.run(statement, [])
    await session.run(
      'create table crm_migration (version integer primary key, name text, breaking integer, applied_at integer)',
      [],
    )
    await session.run("insert into crm_migration values (1, 'foundation', 1, 0)", [])
    for (let at = 0; at < records; at++) {
      const id = `01890000-0000-7000-8000-${String(at).padStart(12, '0')}`
      const tenant = ['one', 'three', 'two'][at % 3] as string
      await session.run(
        `insert into crm_lead (tenant_id, id, name, name_fold, email, email_key, source, status, owner, created_at, updated_at, version, custom)
         values (?, ?, ?, ?, ?, ?, 'other', 'new', 'me', ?, 0, 1, ?)`,
        [
          tenant,
          id,
          `Öld ${at}`,
          `old ${at}`,
          `o${at}@x.example`,
          `o${at}@x.example`,
          at,
          JSON.stringify({ code: `Ç${at}` }),
        ],
      )
    }
  })
  return storage
}

test.runIf(onSqlite)('records of a database of the first release are found after the upgrade', async () => {
  const storage = watchStorage(await oldDatabase(3100))
  const crm = createCrm({ storage, fields: { leads: { code: field.text({ searched: true }) } } })
  expect(await crm.migrations.plan()).toMatchObject({
    current: 1,
    pending: [
      { version: 2, name: 'search' },
      { version: 3, name: 'working-day' },
    ],
    search: 'scan',
  })
  storage.clear()
  expect(await crm.migrate()).toMatchObject({ current: 1 })
  // In steps: no statement reads more than a thousand of them.
  expect(storage.statements.filter(({ sql }) => /^select r\.id.* limit 1000/.test(sql)).length).toBeGreaterThan(5)
  expect(await crm.migrations.plan()).toMatchObject({ current: 3, pending: [], search: 'index' })

  const system = crm.asSystem({ tenant: 'two', reason: 'test' })
  const ids = async (me: ScopedClient, text: string) => (await me.search(text)).map(({ title }) => title)
  expect(await ids(system, 'old 3029')).toEqual(['Öld 3029'])
  expect(await ids(system, 'o3029@')).toEqual(['Öld 3029'])
  expect(await ids(system, 'c3029')).toEqual(['Öld 3029'])
  expect((await system.leads.list({ search: 'öld', count: 'exact' })).count).toBe(1033)
  expect(await ids(crm.asSystem({ tenant: 'one', reason: 'test' }), 'old 3029')).toEqual([])

  // What is done is not done again.
  storage.clear()
  await crm.migrate()
  expect(storage.statements.filter(({ sql }) => sql.includes('update') || sql.includes('crm_lead'))).toEqual([])
  await crm.close()
})

test('a custom field is found by as soon as it is marked and the schema brought up to date', async () => {
  const { storage, system, crm } = await newCrm({ fields: { leads: { code: field.text() } }, keep: true })
  await system.leads.create({ name: 'Ada', custom: { code: 'Zebra' } })
  expect(await system.search('zebra')).toEqual([])
  const marked = createCrm({ storage, fields: { leads: { code: field.text({ searched: true }) } } })
  await marked.migrate()
  expect(await marked.asSystem({ reason: 'test' }).search('zebra')).toMatchObject([
    { title: 'Ada', matched: 'custom.code' },
  ])
  await crm.close()
})
