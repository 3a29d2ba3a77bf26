import { defineRole, isCrmError, type Note } from '@rapport/core'
import { expect, test } from 'vitest'
import { type Client, newCrm, withPeople } from '../../test/support/crm'
import { mentionCandidates } from './mentions'

const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => (isCrmError(error) ? `${error.code} ${error.field} ${error.rule}` : error),
  )

async function withLead(options = {}) {
  const made = await withPeople(options)
  const { id } = await made.ada.leads.create({ name: 'Ada', source: 'website' })
  return { ...made, lead: { type: 'leads', id } as const }
}

test('a note is written, listed, changed and deleted', async () => {
  const { ada, lead, clock } = await withLead()
  const note = await ada.notes.add(lead, 'Called: **green light**')
  expect(note).toEqual({
    id: note.id,
    about: lead,
    body: 'Called: **green light**',
    mentions: [],
    pinned: false,
    createdAt: new Date('2026-03-10T12:00:00Z'),
    createdBy: 'ada',
    updatedAt: new Date('2026-03-10T12:00:00Z'),
    version: 1,
  })
  expect((await ada.notes.list(lead)).items).toEqual([note])
  clock.advance(1000)
  const changed = await ada.notes.update(note.id, { body: 'Called again' })
  expect(changed).toEqual({ ...note, body: 'Called again', updatedAt: new Date('2026-03-10T12:00:01Z'), version: 2 })
  expect((await ada.notes.list(lead)).items).toEqual([changed])
  await ada.notes.delete(note.id)
  expect(await ada.notes.list(lead)).toEqual({ items: [], nextCursor: null })
  expect(await refused(ada.notes.update(note.id, { body: 'x' }))).toBe('NOT_FOUND id not-found')
})

test('pinned notes come first, then the newest, page by page', async () => {
  const { ada, lead, clock } = await withLead()
  const notes: Note[] = []
  for (let index = 0; index < 12; index++) {
    if (index % 2) clock.advance(1)
    notes.push(await ada.notes.add(lead, `note ${index}`, { pinned: index % 5 === 0 }))
  }
  await ada.notes.pin(notes[3]?.id as string)
  await ada.notes.pin(notes[5]?.id as string, false)
  const bodies: string[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page: { items: Note[]; nextCursor: string | null } = await ada.notes.list(lead, { limit: 5, after })
    bodies.push(...page.items.map(({ body }) => body))
    after = page.nextCursor
  }
  expect(bodies).toEqual([10, 3, 0, 11, 9, 8, 7, 6, 5, 4, 2, 1].map((index) => `note ${index}`))
})

test('mentions of users that exist are kept, however they are written', async () => {
  const { system, ada, lead } = await withLead()
  await system.users.sync(['auth0|7', 'grace@example.com', 'ann marie', 'r2.d2'].map((id) => ({ id, name: id })))
  const mentions = async (body: string) => (await ada.notes.add(lead, body)).mentions
  expect(await mentions('@[Bob B.](user:bob) and @mia: look, @nobody')).toEqual(['bob', 'mia'])
  expect(await mentions('@bob, @bob. (@bob) @mia!')).toEqual(['bob', 'mia'])
  expect(await mentions('@auth0|7 @r2.d2. @[Ann](user:ann%20marie)')).toEqual(['ann marie', 'auth0|7', 'r2.d2'])
  expect(await mentions('ask @grace@example.com.')).toEqual(['grace@example.com'])
  expect(await mentions('write to me@mia.example or x/@bob')).toEqual([])
  expect(await mentions('`@bob` and\n```\n@mia\n```')).toEqual([])
  const note = await ada.notes.add(lead, 'hello @bob')
  expect((await ada.notes.update(note.id, { body: 'hello @mia' })).mentions).toEqual(['mia'])
})

test('a hundred mentions are looked up, the text of a thousand takes no longer', () => {
  const started = performance.now()
  expect(mentionCandidates('@a'.repeat(50_000))).toHaveLength(1)
  expect(mentionCandidates('@[x'.repeat(33_000)).length).toBeLessThanOrEqual(100)
  expect(mentionCandidates('`'.repeat(99_999)).length).toBe(0)
  expect(mentionCandidates('@bob '.repeat(1000))).toHaveLength(100)
  expect(performance.now() - started).toBeLessThan(1000)
})

test('who reads the record reads its notes; out of reach, neither is there', async () => {
  const { ada, bob, cyd, mia, root, lead } = await withLead()
  const note = await ada.notes.add(lead, 'secret')
  for (const me of [bob, mia, root]) expect((await me.notes.list(lead)).items).toEqual([note])
  expect(await refused(cyd.notes.list(lead))).toBe('NOT_FOUND id not-found')
  expect(await refused(cyd.notes.add(lead, 'x'))).toBe('NOT_FOUND id not-found')
  expect(await refused(cyd.notes.update(note.id, { body: 'x' }))).toBe('NOT_FOUND id not-found')
  expect(await refused(cyd.notes.delete(note.id))).toBe('NOT_FOUND id not-found')
  await ada.leads.delete(lead.id)
  for (const me of [ada, root]) expect(await refused(me.notes.list(lead))).toBe('NOT_FOUND id not-found')
  expect(await refused(ada.notes.pin(note.id))).toBe('NOT_FOUND id not-found')
})

test('the author changes a note, or whoever’s role reaches the author', async () => {
  const { ada, bob, mia, root, lead } = await withLead()
  const note = await bob.notes.add(lead, 'by bob')
  expect(await refused(ada.notes.update(note.id, { body: 'x' }))).toBe('FORBIDDEN notes update-not-granted')
  expect(await refused(ada.notes.delete(note.id))).toBe('FORBIDDEN notes delete-not-granted')
  expect((await mia.notes.update(note.id, { body: 'by mia' })).createdBy).toBe('bob')
  await root.notes.pin(note.id)
  await bob.notes.delete(note.id)
})

test('a role without notes sees none, in the list and in the timeline', async () => {
  const roles = {
    scout: defineRole({ leads: { read: 'all' } }),
    reader: defineRole({ leads: { read: 'all' }, notes: { read: 'own' } }),
  }
  const { system, as, ada, lead } = await withLead({ roles })
  await system.users.sync([
    { id: 'sue', name: 'Sue', roles: ['scout'] },
    { id: 'rob', name: 'Rob', roles: ['reader'] },
  ])
  const note = await ada.notes.add(lead, 'secret')
  expect(await refused(as('sue').notes.list(lead))).toBe('FORBIDDEN notes read-not-granted')
  expect(await refused(as('sue').notes.delete(note.id))).toBe('NOT_FOUND id not-found')
  expect((await as('sue').timeline(lead)).items.map(({ name }) => name)).toEqual(['lead.created'])
  expect((await as('rob').notes.list(lead)).items).toEqual([note])
  expect(await refused(as('rob').notes.add(lead, 'x'))).toBe('FORBIDDEN notes create-not-granted')
})

test('the timeline of the record tells of its notes; what a deleted one said is gone', async () => {
  const { ada, bob, lead } = await withLead()
  const note = await ada.notes.add(lead, 'one @bob')
  await ada.notes.update(note.id, { body: 'two', pinned: true })
  const told = async () =>
    (await bob.timeline(lead)).items.map(({ name, recordId, changes }) => [name, recordId, changes])
  expect((await told()).slice(0, 2)).toEqual([
    ['note.updated', note.id, { body: ['one @bob', 'two'], pinned: [false, true], mentions: [['bob'], []] }],
    ['note.created', note.id, { body: [null, 'one @bob'], mentions: [null, ['bob']] }],
  ])
  await ada.notes.delete(note.id)
  expect((await told()).slice(0, 3)).toEqual([
    ['note.deleted', note.id, {}],
    ['note.updated', note.id, { pinned: [false, true] }],
    ['note.created', note.id, {}],
  ])
})

test('purging the record removes what its notes said, from the log as well', async () => {
  const { root, lead, storage } = await withLead()
  await root.notes.add(lead, 'very personal')
  await root.leads.delete(lead.id)
  await root.leads.purge(lead.id)
  const changes = await storage.read(`select changes from ${storage.table('event')}`, [])
  expect(JSON.stringify(changes)).not.toContain('personal')
  expect(await storage.read(`select id from ${storage.table('note')}`, [])).toEqual([])
})

test('a tenant’s notes are its own', async () => {
  const { crm, ada, lead } = await withLead()
  const note = await ada.notes.add(lead, 'mine')
  const other = crm.asSystem({ tenant: 'other', reason: 'test' }) as Client
  expect(await refused(other.notes.list(lead))).toBe('NOT_FOUND id not-found')
  expect(await refused(other.notes.delete(note.id))).toBe('NOT_FOUND id not-found')
})

test('bad notes are refused', async () => {
  const { ada, lead } = await withLead()
  const { id } = await ada.notes.add(lead, 'x'.repeat(100_000))
  expect(await refused(ada.notes.add(lead, ' \n'))).toBe('VALIDATION body required')
  expect(await refused(ada.notes.add(lead, 'x'.repeat(100_001)))).toBe('VALIDATION body too-long')
  expect(await refused(ada.notes.add(lead, 'a\0b'))).toBe('VALIDATION body forbidden-character')
  expect(await refused(ada.notes.add(lead, 7 as never))).toBe('VALIDATION body required')
  expect(await refused(ada.notes.add(lead, 'x', { pinned: 1 as never }))).toBe('VALIDATION pinned wrong-type')
  expect(await refused(ada.notes.add({ type: 'leads', id: 'x' }, 'x'))).toBe('NOT_FOUND record.id not-found')
  expect(await refused(ada.notes.update(id, { color: 'red' } as never))).toBe('VALIDATION color unknown-key')
  expect(await refused(ada.notes.update('x', { pinned: true }))).toBe('NOT_FOUND id not-found')
})

test('a repeated key adds one note', async () => {
  const { ada, lead } = await withLead()
  const once = await ada.notes.add(lead, 'once', { idempotencyKey: 'k' })
  expect(await ada.notes.add(lead, 'once', { idempotencyKey: 'k' })).toEqual(once)
  expect((await ada.notes.list(lead)).items).toHaveLength(1)
  expect(await refused(ada.notes.add(lead, 'twice', { idempotencyKey: 'k' }))).toBe(
    'CONFLICT idempotencyKey key-reused',
  )
})

test('statements are few and fixed', async () => {
  const { ada, lead, storage } = await withLead()
  const count = async (work: () => Promise<unknown>) => (await storage.record(work)).length
  const { id } = await ada.notes.add(lead, 'warm up')
  expect(await count(() => ada.notes.add(lead, 'plain'))).toBe(4)
  expect(await count(() => ada.notes.add(lead, 'to @bob and @mia'))).toBe(5)
  expect(await count(() => ada.notes.update(id, { pinned: true }))).toBe(5)
  expect(await count(() => ada.notes.update(id, { pinned: true }))).toBe(2)
  expect(await count(() => ada.notes.list(lead))).toBe(2)
  expect(await count(() => ada.notes.delete(id))).toBe(5)
})

test('a failure at any statement leaves no half note', async () => {
  const { system, storage } = await newCrm()
  const { id } = await system.leads.create({ name: 'Ada', source: 'website' })
  const rows = () =>
    Promise.all(
      ['note', 'event', 'event_about'].map((table) => storage.read(`select count(*) from ${storage.table(table)}`, [])),
    )
  const before = await rows()
  for (const statement of [1, 2, 3, 4, 'commit'] as const) {
    const failed = storage.failOn(statement)
    expect(await refused(system.notes.add({ type: 'leads', id }, 'hi'))).toBe('STORAGE storage failed')
    expect(failed()).toBe(true)
    expect(await rows()).toEqual(before)
  }
})
