import { type AuditWhere, defineRole, isCrmError, type TimelineEntry } from '@rapport/core'
import { expect, test } from 'vitest'
import { type Client, withPeople } from '../../test/support/crm'
import { sqliteOnly } from '../../test/support/databases'

const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => (isCrmError(error) ? `${error.code} ${error.field} ${error.rule}` : error),
  )

const names = async (me: Client, where: object) => (await me.audit({ where })).items.map(({ name }) => name)

/** Ada makes a lead at noon and renames it an hour later, when Bob makes a contact; root hands the lead to Bob a day later. */
async function withHistory() {
  const made = await withPeople({ settings: { timeZone: 'Pacific/Auckland' } })
  const lead = await made.ada.leads.create({ name: 'Ada', source: 'website' })
  made.clock.advance(3_600_000)
  await made.ada.leads.update(lead.id, { name: 'Ada Byron' })
  await made.bob.contacts.create({ firstName: 'Grace' })
  made.clock.advance(86_400_000)
  await made.root.leads.assign(lead.id, { user: 'bob' })
  return { ...made, lead }
}

test('tells who did what, newest first', async () => {
  const { root, lead } = await withHistory()
  const { items } = await root.audit({ limit: 4 })
  expect(items.map(({ actor, name }) => [actor, name])).toEqual([
    ['root', 'lead.assigned'],
    ['bob', 'contact.created'],
    ['ada', 'lead.updated'],
    ['ada', 'lead.created'],
  ])
  expect(items[2]).toMatchObject({ recordType: 'leads', recordId: lead.id, changes: { name: ['Ada', 'Ada Byron'] } })
})

test('filters by actor, name, record and time', async () => {
  const { root, lead } = await withHistory()
  expect(await names(root, { actor: 'ada' })).toEqual(['lead.updated', 'lead.created'])
  expect(await names(root, { actor: null, recordType: 'users' })).toEqual(Array(5).fill('user.created'))
  expect(await names(root, { name: 'lead.assigned' })).toEqual(['lead.assigned'])
  expect(await names(root, { recordId: lead.id, actor: 'root' })).toEqual(['lead.assigned'])
  expect(await names(root, { at: { gte: '2026-03-10T13:00:00Z', lt: new Date('2026-03-11T13:00:00Z') } })).toEqual([
    'contact.created',
    'lead.updated',
  ])
  // It is 02:00 on 12 March in Auckland; yesterday there began at 11:00 UTC on 10 March.
  expect(await names(root, { at: 'yesterday', recordType: 'leads' })).toEqual(['lead.updated', 'lead.created'])
  expect(await names(root, { at: 'today' })).toEqual(['lead.assigned'])
})

test('is for those alone whose role reads all of it', async () => {
  const roles = { auditor: defineRole({ audit: { read: 'all' } }), half: defineRole({ audit: { read: 'team' } }) }
  const { system, as, ada, mia, root } = await withPeople({ roles })
  await system.users.sync([
    { id: 'aud', name: 'Aud', roles: ['auditor'] },
    { id: 'hal', name: 'Hal', roles: ['half'] },
  ])
  for (const me of [ada, mia, as('hal'), as('nobody')])
    expect(await refused(me.audit())).toBe('FORBIDDEN audit read-not-granted')
  for (const me of [root, as('aud'), system]) expect(await refused(me.audit())).toBe('ok')
})

test('hidden fields stay hidden, and pages stay full', async () => {
  const roles = { auditor: defineRole({ audit: { read: 'all' }, leads: { read: 'all', fields: { phone: 'none' } } }) }
  const { system, as } = await withPeople({ roles })
  await system.users.sync([{ id: 'aud', name: 'Aud', roles: ['auditor'] }])
  const lead = await system.leads.create({ name: 'Ada', source: 'website' })
  for (let index = 0; index < 9; index++)
    await system.leads.update(lead.id, { phone: `+49 30 90182${index}`, ...(index % 3 === 0 && { title: `${index}` }) })
  const where = { recordId: lead.id }
  const first = await as('aud').audit({ where, limit: 2 })
  const second = await as('aud').audit({ where, limit: 2, after: first.nextCursor })
  const items = [...first.items, ...second.items]
  expect(items.map(({ changes }) => Object.keys(changes))).toEqual([
    ['title'],
    ['title'],
    ['title'],
    ['name', 'source', 'status'],
  ])
  expect(second.nextCursor).toBeNull()
})

test('pages hold each event once, of this tenant alone', async () => {
  const { crm, system, root } = await withPeople()
  await system.leads.createMany(Array.from({ length: 50 }, () => ({ name: 'Ada', source: 'website' as const })))
  await crm.asSystem({ tenant: 'other', reason: 'test' }).leads.create({ name: 'Eve', source: 'website' })
  const found: TimelineEntry[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page: { items: TimelineEntry[]; nextCursor: string | null } = await root.audit({ limit: 7, after })
    found.push(...page.items)
    after = page.nextCursor
  }
  expect(found).toHaveLength(3 + 5 + 50)
  expect(new Set(found.map(({ id }) => id)).size).toBe(58)
  expect(
    await refused(root.audit({ where: { actor: 'ada' }, after: (await root.audit({ limit: 1 })).nextCursor })),
  ).toBe('VALIDATION after invalid-cursor')
})

test('bad filters are refused', async () => {
  const { root } = await withPeople()
  expect(await refused(root.audit({ where: { who: 'x' } as never }))).toBe('VALIDATION where.who unknown-key')
  expect(await refused(root.audit({ where: { name: 7 as never } }))).toBe('VALIDATION where.name wrong-type')
  expect(await refused(root.audit({ where: { at: 'someday' as never } }))).toBe('VALIDATION where.at invalid-period')
  expect(await refused(root.audit({ where: { at: { gte: 'x' } } }))).toBe('VALIDATION where.at.gte wrong-type')
  expect(await refused(root.audit({ sort: 1 } as never))).toBe('VALIDATION sort unknown-key')
})

// How SQLite tells its plans; those of every database are in test/plans.test.ts.
sqliteOnly('one statement a page, each filter by its index', async () => {
  const { root, storage } = await withPeople()
  await root.audit()
  const filters = { recordId: 'crm_event_record', actor: 'crm_event_actor', name: 'crm_event_name' }
  for (const [filter, index] of Object.entries({ ...filters, at: 'crm_event_at' })) {
    const where: AuditWhere = filter === 'at' ? { at: { last: '30d' } } : { [filter]: 'x' }
    const [statement, ...more] = [...(await storage.record(() => root.audit({ where })))]
    expect(more).toEqual([])
    const plan = (await storage.read(`explain query plan ${statement?.sql}`, statement?.params ?? []))
      .map((row) => String(row[3]))
      .join('\n')
    expect(plan).toMatch(new RegExp(`SEARCH e USING INDEX ${index} `))
    expect(plan).not.toMatch(/TEMP B-TREE/)
  }
})
