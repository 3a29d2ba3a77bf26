import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { pglite } from '@rapport/adapters/pglite'
import { createCrm } from '@rapport/core'
import { expect, onTestFinished, test } from 'vitest'

const named = (crm: ReturnType<typeof createCrm>) => crm.asSystem({ reason: 'test' }).leads
const names = async (crm: ReturnType<typeof createCrm>) => (await named(crm).list()).items.map(({ name }) => name)

test('a folder of our own outlives close, and two CRMs on it share one instance', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-pglite-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const one = createCrm({ storage: pglite({ dataDir: folder }) })
  const two = createCrm({ storage: pglite({ dataDir: folder }) })
  await one.migrate()
  await named(one).create({ name: 'Ada' })
  await named(two).create({ name: 'Grace' })
  await named(one).create({ name: 'Edith' })
  await one.close()
  expect((await names(two)).sort()).toEqual(['Ada', 'Edith', 'Grace'])
  const closed = two.close()

  // Opened while the one before still closes.
  const later = createCrm({ storage: pglite({ dataDir: folder }) })
  expect((await names(later)).sort()).toEqual(['Ada', 'Edith', 'Grace'])
  await closed
  await later.close()
}, 120_000)

test('in memory each has its own, and without pg_trgm names are read one by one', async () => {
  const [one, two] = [createCrm({ storage: pglite() }), createCrm({ storage: pglite() })]
  await one.migrate()
  await two.migrate()
  await named(one).create({ name: 'Ada' })
  expect(await names(two)).toEqual([])
  expect((await one.migrations.plan()).search).toBe('scan')
  expect((await named(one).list({ search: 'da' })).items).toHaveLength(1)
  await one.close()
  await two.close()
}, 120_000)

test('the host’s instance stays open, and its transactions and ours wait for one another', async () => {
  // As a host may have told it: none of it changes what we read.
  const parsers = { 20: () => 'a bigint', 25: () => 'a text', 3802: () => 'json' }
  const db = await PGlite.create({ parsers, serializers: { 25: () => 'something else' } })
  const storage = pglite({ db, patience: 300 })
  const crm = createCrm({ storage })
  await crm.migrate()
  await db.query('create table invoice (note varchar(20))')
  const { id } = await named(crm).create({ name: 'Ada', tags: ['VIP'] })
  expect(await named(crm).get(id)).toMatchObject({ name: 'Ada', tags: ['VIP'], version: 1 })

  const busy = { code: 'STORAGE', rule: 'busy' }
  await db.transaction(async (tx) => {
    await tx.query("insert into invoice values ('one')")
    await expect(names(crm)).rejects.toMatchObject(busy)
    await expect(named(crm).create({ name: 'late' })).rejects.toMatchObject(busy)
    await crm.asSystem({ reason: 'test' }).within(tx).leads.create({ name: 'Grace' })
  })
  const undone = db.transaction(async (tx) => {
    const leads = crm.asSystem({ reason: 'test' }).within(tx).leads
    await leads.create({ name: 'undone' })
    // Ours that fails leaves theirs as it was.
    await expect(leads.update('nobody', { name: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    throw new Error('mine')
  })
  await expect(undone).rejects.toThrow('mine')
  expect((await names(crm)).sort()).toEqual(['Ada', 'Grace'])
  expect(() => storage.join(db)).toThrow(expect.objectContaining({ rule: 'not-a-transaction' }))

  await crm.close()
  expect((await db.query('select note from invoice')).rows).toEqual([{ note: 'one' }])
  await db.close()
  await expect(names(createCrm({ storage: pglite({ db }) }))).rejects.toMatchObject({
    code: 'STORAGE',
    rule: 'connection',
  })
}, 120_000)

test.each([[{ db: {} }], [{ db: null }], [{ dataDir: '' }], [{ dataDir: 5 }], [{ db: 'crm' }]])(
  'refuses %j',
  (options) => {
    expect(() => pglite(options as never)).toThrow(expect.objectContaining({ rule: 'not-a-database' }))
  },
)
