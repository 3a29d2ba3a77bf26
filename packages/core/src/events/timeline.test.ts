import type { TimelineEntry, TimelineOptions } from '@rapport/core'
import { defineRole, isCrmError } from '@rapport/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Client, newCrm, withPeople } from '../../test/support/crm'
import { sqliteOnly } from '../../test/support/databases'

const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => (isCrmError(error) ? `${error.code} ${error.field} ${error.rule}` : error),
  )

async function allPages(me: Client, id: string, options: TimelineOptions = {}) {
  const entries: TimelineEntry[] = []
  const lengths: number[] = []
  let after: string | null = null
  do {
    const page: { items: TimelineEntry[]; nextCursor: string | null } = await me.contacts.timeline(id, {
      ...options,
      after,
    })
    entries.push(...page.items)
    lengths.push(page.items.length)
    after = page.nextCursor
  } while (after)
  return { entries, lengths }
}

test('shows what happened to a record and around it, newest first', async () => {
  const { ada, clock } = await withPeople()
  const contact = await ada.contacts.create({ firstName: 'Grace', emails: ['grace@example.com'] })
  clock.advance(1000)
  await ada.contacts.update(contact.id, { title: 'Admiral' })
  clock.advance(1000)
  const call = await ada.activities.create({ kind: 'call', subject: 'Hello', contact: contact.id })
  clock.advance(1000)
  const task = await ada.tasks.create({ title: 'Send it', contact: contact.id })
  await ada.tasks.complete(task.id)
  const { items, nextCursor } = await ada.timeline({ type: 'contacts', id: contact.id })
  expect(items.map(({ name, recordId }) => [name, recordId])).toEqual([
    ['task.done', task.id],
    ['task.created', task.id],
    ['activity.created', call.id],
    ['contact.updated', contact.id],
    ['contact.created', contact.id],
  ])
  expect(items[3]).toMatchObject({ actor: 'ada', reason: null, silent: false, changes: { title: [null, 'Admiral'] } })
  expect(items[3]?.at).toEqual(new Date('2026-03-10T12:00:01Z'))
  expect(nextCursor).toBeNull()
  expect(await ada.contacts.timeline(contact.id)).toEqual({ items, nextCursor })
})

test('an instant in changes is a Date, as it was when it was announced', async () => {
  const { ada, crm } = await withPeople()
  const announced: unknown[] = []
  crm.on('task.created', ({ changes }) => void announced.push(changes))
  const task = await ada.tasks.create({ title: 'Call', dueAt: new Date('2026-04-01T09:00:00Z') })
  const { items } = await ada.tasks.timeline(task.id)
  expect(items[0]?.changes.dueAt).toEqual([null, new Date('2026-04-01T09:00:00Z')])
  expect(announced).toEqual([items[0]?.changes])
})

test('a record out of reach has no timeline, a deleted one only for those who may delete it', async () => {
  const { ada, bob, cyd, root } = await withPeople()
  const lead = await ada.leads.create({ name: 'Ada Byron', source: 'website' })
  expect(await refused(cyd.leads.timeline(lead.id))).toBe('NOT_FOUND id not-found')
  expect((await bob.leads.timeline(lead.id)).items).toHaveLength(1)
  await ada.leads.delete(lead.id)
  expect(await refused(ada.leads.timeline(lead.id))).toBe('NOT_FOUND id not-found')
  expect(await refused(bob.leads.timeline(lead.id, { deleted: true }))).toBe('NOT_FOUND id not-found')
  for (const me of [ada, root]) {
    const { items } = await me.leads.timeline(lead.id, { deleted: true })
    expect(items.map(({ name }) => name)).toEqual(['lead.deleted', 'lead.created'])
  }
})

test('bad input is refused with the field and the rule', async () => {
  const { root } = await withPeople()
  const { id } = await root.leads.create({ name: 'Ada', source: 'website' })
  expect(await refused(root.timeline({ type: 'planets' as never, id }))).toBe('VALIDATION record.type invalid-type')
  expect(await refused(root.timeline({ type: 'leads', id: 'x' }))).toBe('NOT_FOUND record.id not-found')
  expect(await refused(root.timeline(null as never))).toBe('VALIDATION record.type invalid-type')
  expect(await refused(root.leads.timeline(id, { limit: 0 }))).toBe('VALIDATION limit out-of-range')
  expect(await refused(root.leads.timeline(id, { after: 'abc' }))).toBe('VALIDATION after invalid-cursor')
  expect(await refused(root.leads.timeline(id, { order: 'asc' } as never))).toBe('VALIDATION order unknown-key')
})

test('hidden fields are not in it, and a change of hidden fields alone did not happen', async () => {
  const scout = defineRole({ leads: { read: 'all', fields: { phone: 'none', owner: 'none' } } })
  const { system, root, as } = await withPeople({ roles: { scout } })
  await system.users.sync([{ id: 'sue', name: 'Sue', roles: ['scout'] }])
  const lead = await root.leads.create({ name: 'Ada', source: 'website', phone: '+49 30 901820' })
  await root.leads.update(lead.id, { phone: '+49 30 901821' })
  await root.leads.update(lead.id, { phone: '+49 30 901822', title: 'Countess' })
  await root.leads.assign(lead.id, { user: 'ada' })
  await root.leads.update(lead.id, { owner: 'bob', title: 'Lady' })
  const { items } = await as('sue').leads.timeline(lead.id)
  expect(items.map(({ name, changes }) => [name, Object.keys(changes)])).toEqual([
    ['lead.updated', ['title']],
    ['lead.updated', ['title']],
    ['lead.created', ['name', 'source', 'status']],
  ])
  expect((await root.leads.timeline(lead.id)).items).toHaveLength(5)
})

test('what concerns the record but is out of reach is not there, and pages stay full', async () => {
  const roles = {
    clerk: defineRole({ contacts: { read: 'all', create: 'own' }, activities: { read: 'own', create: 'own' } }),
  }
  const { system, root, as } = await withPeople({ roles })
  await system.users.sync([{ id: 'cleo', name: 'Cleo', roles: ['clerk'] }])
  const cleo = as('cleo')
  const contact = await cleo.contacts.create({ firstName: 'Grace' })
  for (let round = 0; round < 6; round++) {
    await root.activities.createMany(Array.from({ length: 30 }, () => ({ kind: 'note' as const, contact: contact.id })))
    await cleo.activities.create({ kind: 'call', contact: contact.id })
  }
  const { entries, lengths } = await allPages(cleo, contact.id, { limit: 3 })
  expect(entries.map(({ name }) => name)).toEqual([...Array(6).fill('activity.created'), 'contact.created'])
  expect(lengths).toEqual([3, 3, 1])
})

const kinds = ['activity', 'task', 'note', 'change', 'deleted-activity'] as const
const happening = fc.record({
  kind: fc.constantFrom(...kinds),
  by: fc.constantFrom('ada', 'bob', 'cyd', 'mia', 'root'),
  later: fc.constantFrom(0, 0, 1),
})

test('pages together are what a full scan of the log gives, filtered by can(read)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 5, maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      async (happenings, limit) => {
        await expectSameAsScan(happenings, limit)
      },
    ),
    { numRuns: 8 },
  )
})

test('the same for a history of more than a thousand entries', async () => {
  const happenings = fc.sample(happening, { numRuns: 1100, seed: 7 })
  await expectSameAsScan(happenings, 37)
})

async function expectSameAsScan(
  happenings: readonly { kind: (typeof kinds)[number]; by: string; later: number }[],
  limit: number,
) {
  const { as, root, storage, clock } = await withPeople()
  const contact = await root.contacts.create({ firstName: 'Grace', owner: 'mia' })
  for (const team of ['north', 'south']) await root.contacts.share(contact.id, { with: { team }, level: 'edit' })
  for (const [index, { kind, by, later }] of happenings.entries()) {
    const me = as(by)
    clock.advance(later)
    if (kind === 'note') await me.notes.add({ type: 'contacts', id: contact.id }, `note ${index}`)
    else if (kind === 'change') await root.contacts.update(contact.id, { title: `title ${index}` })
    else if (kind === 'task') await me.tasks.create({ title: `task ${index}`, contact: contact.id })
    else {
      const activity = await me.activities.create({ kind: 'call', contact: contact.id })
      if (kind === 'deleted-activity') await me.activities.delete(activity.id)
    }
  }
  const table = storage.table
  const log = await storage.read(
    `select id, record_type, record_id from ${table('event')} where record_id = ? or id in (select event_id from ${table('event_about')} where record_id = ?) order by at desc, id desc`,
    [contact.id, contact.id],
  )
  for (const user of ['ada', 'bob', 'cyd', 'mia', 'root']) {
    const me = as(user)
    const known = new Map<string, boolean>()
    const expected: unknown[] = []
    for (const [id, type, recordId] of log) {
      const key = String(recordId)
      if (!known.has(key)) known.set(key, type === 'notes' || (await me.can(type as never, 'read', key)))
      if (known.get(key)) expected.push(id)
    }
    const { entries, lengths } = await allPages(me, contact.id, { limit })
    expect(entries.map(({ id }) => id)).toEqual(expected)
    expect(lengths.slice(0, -1).every((length) => length === limit)).toBe(true)
  }
}

test('entries that come in between pages neither repeat nor push any out', async () => {
  const { ada } = await withPeople()
  const contact = await ada.contacts.create({ firstName: 'Grace' })
  for (let index = 0; index < 10; index++) await ada.contacts.update(contact.id, { title: `${index}` })
  const first = await ada.contacts.timeline(contact.id, { limit: 4 })
  await ada.activities.create({ kind: 'call', contact: contact.id })
  const second = await ada.contacts.timeline(contact.id, { limit: 200, after: first.nextCursor })
  expect(first.items.length + second.items.length).toBe(11)
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(11)
})

// How SQLite tells its plans; those of every database are in test/plans.test.ts.
sqliteOnly('a page takes the same few statements, and reads index ranges alone, however long the history', async () => {
  const { ada, storage } = await withPeople()
  const contact = await ada.contacts.create({ firstName: 'Grace' })
  const fill = () =>
    ada.activities.createMany(Array.from({ length: 500 }, () => ({ kind: 'call' as const, contact: contact.id })))
  const page = async () => [...(await storage.record(() => ada.contacts.timeline(contact.id, { limit: 20 })))]
  await fill()
  const short = await page()
  await fill()
  await fill()
  const long = await page()
  // The record, its events, and which of the activities are readable.
  expect(long).toHaveLength(3)
  expect(long.map(({ sql }) => sql)).toEqual(short.map(({ sql }) => sql))
  const { nextCursor } = await ada.contacts.timeline(contact.id, { limit: 20 })
  const further = [...(await storage.record(() => ada.contacts.timeline(contact.id, { limit: 20, after: nextCursor })))]
  for (const { sql, params } of [long[1], further[1]] as (typeof long)[number][]) {
    const plan = (await storage.read(`explain query plan ${sql}`, params)).map((row) => String(row[3])).join('\n')
    expect(plan).toMatch(/SEARCH crm_event USING INDEX crm_event_record/)
    expect(plan).toMatch(/SEARCH crm_event_about USING COVERING INDEX/)
    expect(plan).toMatch(/SEARCH e USING INDEX sqlite_autoindex_crm_event_1 \(tenant_id=\? AND id=\?\)/)
  }
})

test('imported history is in it, marked as silent', async () => {
  const { crm, ada } = await withPeople()
  const past = crm.asSystem({ reason: 'import', history: { at: new Date('2020-05-01T08:00:00Z'), by: 'ada' } })
  const { id } = await past.leads.create({ name: 'Old', source: 'phone', owner: 'ada' })
  const { items } = await ada.leads.timeline(id)
  expect(items).toMatchObject([{ silent: true, actor: 'ada', reason: 'import', at: new Date('2020-05-01T08:00:00Z') }])
})

test('a purged record has none', async () => {
  const { system } = await newCrm()
  const { id } = await system.leads.create({ name: 'Ada', source: 'website' })
  await system.leads.delete(id)
  await system.leads.purge(id)
  expect(await refused(system.leads.timeline(id))).toBe('NOT_FOUND id not-found')
  expect(await refused(system.leads.timeline(id, { deleted: true }))).toBe('NOT_FOUND id not-found')
})
