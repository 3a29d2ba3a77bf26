import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { expect, test } from 'vitest'

test('the outer client inside the host’s own transaction is told, instead of waiting forever', async () => {
  const kysely = new Kysely<Record<string, never>>({
    dialect: new SqliteDialect({ database: new Database(':memory:') }),
  })
  const crm = createCrm({ storage: sqlite({ kysely, patience: 50 }) })
  await crm.migrate()
  const system = crm.asSystem({ reason: 'test' })
  await system.leads.create({ name: 'Before' })
  await kysely.transaction().execute(async (trx) => {
    await expect(system.leads.list()).rejects.toMatchObject({ code: 'STORAGE', rule: 'busy' })
    await expect(system.leads.create({ name: 'Outside' })).rejects.toMatchObject({ code: 'STORAGE', rule: 'busy' })
    await system.within(trx).leads.create({ name: 'Inside' })
  })
  const names = (await system.leads.list({ orderBy: { name: 'asc' } })).items.map(({ name }) => name)
  expect(names).toEqual(['Before', 'Inside'])
  await kysely.destroy()
})
