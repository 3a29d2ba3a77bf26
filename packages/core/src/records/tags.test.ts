import { defineRole, isCrmError } from '@rapport/core'
import { expect, test } from 'vitest'
import { newCrm, withPeople } from '../../test/support/crm'
import { sqliteOnly } from '../../test/support/databases'

const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => (isCrmError(error) ? `${error.code} ${error.field} ${error.rule}` : error),
  )

const tagged = (...tags: string[]) => ({ name: 'Ada', source: 'website' as const, tags })

test('tags are listed with the number of records one may read', async () => {
  const { ada, bob, cyd, root } = await withPeople()
  await ada.leads.createMany([tagged('VIP', 'Berlin'), tagged('vip'), tagged()])
  await bob.leads.create(tagged('Élan'))
  await cyd.leads.create(tagged('vip', 'South'))
  const gone = await ada.leads.create(tagged('Gone'))
  await ada.leads.delete(gone.id)
  expect(await ada.tags.list('leads')).toEqual([
    { tag: 'Berlin', count: 1 },
    { tag: 'Élan', count: 1 },
    { tag: expect.stringMatching(/^vip$/i), count: 2 },
  ])
  expect((await root.tags.list('leads')).map(({ count }) => count)).toEqual([1, 1, 1, 3])
  expect(await root.tags.list('contacts')).toEqual([])
})

test('hidden tags are not listed', async () => {
  const { system, as } = await withPeople({
    roles: { scout: defineRole({ leads: { read: 'all', fields: { tags: 'none' } } }) },
  })
  await system.users.sync([{ id: 'sue', name: 'Sue', roles: ['scout'] }])
  await system.leads.create(tagged('vip'))
  expect(await as('sue').tags.list('leads')).toEqual([])
  expect(await as('sue').tags.list('deals')).toEqual([])
})

test('renaming changes every record, and what filters find', async () => {
  const { root, system, crm } = await withPeople()
  const both = await system.leads.create(tagged('a', 'Old Name', 'New Name', 'z'))
  const one = await system.leads.create(tagged('OLD name'))
  const other = await system.leads.create(tagged('older'))
  const contact = await system.contacts.create({ firstName: 'Grace', tags: ['Old Name'] })
  const elsewhere = await crm.asSystem({ tenant: 'elsewhere', reason: 'test' }).leads.create(tagged('Old Name'))
  expect(await root.tags.rename('leads', 'old name', 'New name')).toEqual({ records: 2 })
  expect((await root.leads.get(both.id)).tags).toEqual(['a', 'New name', 'z'])
  expect(await root.leads.get(one.id)).toMatchObject({ tags: ['New name'], version: 2, updatedAt: one.updatedAt })
  expect(await root.leads.get(other.id)).toEqual(other)
  expect((await root.contacts.get(contact.id)).tags).toEqual(['Old Name'])
  expect((await crm.asSystem({ tenant: 'elsewhere', reason: 'test' }).leads.get(elsewhere.id)).tags).toEqual([
    'Old Name',
  ])
  const found = async (tag: string) =>
    (await root.leads.list({ where: { tags: tag } })).items.map(({ id }) => id).sort()
  expect(await found('new name')).toEqual([both.id, one.id].sort())
  expect(await found('old name')).toEqual([])
  const { items } = await root.audit({ where: { recordType: 'tags' } })
  expect(items).toMatchObject([
    {
      name: 'tag.renamed',
      actor: 'root',
      recordId: 'leads',
      changes: { tag: ['old name', 'New name'], records: [null, 2] },
    },
  ])
})

test('another spelling of the same tag is a rename too', async () => {
  const { system } = await newCrm()
  const { id } = await system.leads.create(tagged('vip', 'x'))
  expect(await system.tags.rename('leads', 'vip', 'VIP')).toEqual({ records: 1 })
  expect((await system.leads.get(id)).tags).toEqual(['VIP', 'x'])
  expect(await system.tags.list('leads')).toEqual([
    { tag: 'VIP', count: 1 },
    { tag: 'x', count: 1 },
  ])
})

test('several tags become one', async () => {
  const { system } = await newCrm()
  const ids = (
    await Promise.all(
      [tagged('b', 'a'), tagged('c'), tagged('b', 'x', 'c'), tagged('x')].map((input) => system.leads.create(input)),
    )
  ).map(({ id }) => id)
  expect(await system.tags.merge('leads', ['a', 'b', 'c', 'none'], 'a')).toEqual({ records: 3 })
  const tags = await Promise.all(ids.map(async (id) => (await system.leads.get(id)).tags))
  expect(tags).toEqual([['a'], ['a'], ['a', 'x'], ['x']])
  expect(await system.tags.list('leads')).toEqual([
    { tag: 'a', count: 3 },
    { tag: 'x', count: 2 },
  ])
})

test('a deleted record that is restored has the new tag', async () => {
  const { system } = await newCrm()
  const { id } = await system.leads.create(tagged('old'))
  await system.leads.delete(id)
  await system.tags.rename('leads', 'old', 'new')
  expect((await system.leads.restore(id)).tags).toEqual(['new'])
  expect((await system.leads.list({ where: { tags: 'new' } })).items).toHaveLength(1)
})

// How SQLite tells its plans; those of every database are in test/plans.test.ts.
sqliteOnly('a thousand records take few statements, in one transaction', async () => {
  const { system, storage } = await newCrm()
  for (let index = 0; index < 2; index++)
    await system.leads.createMany(Array.from({ length: 600 }, () => tagged('old', 'kept')))
  const statements = [...(await storage.record(() => system.tags.rename('leads', 'old', 'new')))]
  expect(statements.every(({ inside }) => inside)).toBe(true)
  // Three pages with one update each, two for the keys, one event.
  expect(statements).toHaveLength(9)
  expect(await system.tags.list('leads')).toEqual([
    { tag: 'kept', count: 1200 },
    { tag: 'new', count: 1200 },
  ])
  const [page] = statements
  const plan = (await storage.read(`explain query plan ${page?.sql}`, page?.params ?? []))
    .map((row) => String(row[3]))
    .join('\n')
  expect(plan).not.toMatch(/SCAN|TEMP B-TREE/)
})

test('a failure at any statement leaves every record as it was', async () => {
  const { system, storage } = await newCrm()
  await system.leads.createMany([tagged('a', 'x'), tagged('b'), tagged('c')])
  const state = async () => [await system.tags.list('leads'), (await system.leads.list()).items]
  const before = await state()
  for (let statement = 1; ; statement++) {
    const failed = storage.failOn(statement)
    const answer = await refused(system.tags.merge('leads', ['a', 'b'], 'c'))
    const happened = failed()
    storage.failOn(null)
    if (!happened) break
    expect(answer).toBe('STORAGE storage failed')
    expect(await state()).toEqual(before)
    expect(statement).toBeLessThan(20)
  }
  expect(await system.tags.list('leads')).toEqual([
    { tag: 'c', count: 3 },
    { tag: 'x', count: 1 },
  ])
})

test('only administrators rename, and only with good tags', async () => {
  const { ada, mia, root } = await withPeople()
  for (const me of [ada, mia])
    expect(await refused(me.tags.rename('leads', 'a', 'b'))).toBe('FORBIDDEN settings update-not-granted')
  expect(await refused(root.tags.rename('leads', 'a', ''))).toMatch(/^VALIDATION tags/)
  expect(await refused(root.tags.rename('leads', 'a', 'x'.repeat(61)))).toMatch(/^VALIDATION tags/)
  expect(await refused(root.tags.rename('leads', ' ', 'b'))).toBe('VALIDATION from.0 required')
  expect(await refused(root.tags.merge('leads', [], 'b'))).toBe('VALIDATION from required')
  expect(await refused(root.tags.rename('planets' as never, 'a', 'b'))).toBe('VALIDATION type invalid-type')
  expect(await refused(root.tags.list('planets' as never))).toBe('VALIDATION type invalid-type')
  expect(await root.tags.rename('leads', 'unknown', 'b')).toEqual({ records: 0 })
})
