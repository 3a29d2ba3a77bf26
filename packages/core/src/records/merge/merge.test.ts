import { field, isCrmError } from '@rapport/core'
import { dumpTables, type TableDump } from '@rapport/core/testing'
import { describe, expect, test } from 'vitest'
import { withPeople } from '../../../test/support/crm'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

/** Two contacts of one person, with everything that can hang on them. */
async function twoContacts() {
  const people = await withPeople({
    fields: { contacts: { tier: field.text() }, deals: { champion: field.link('contacts') } },
  })
  const { mia, clock } = people
  const company = await mia.companies.create({ name: 'Engine Works' })
  const winner = await mia.contacts.create({
    firstName: 'Ada',
    lastName: 'Byron',
    emails: [{ value: 'ada@example.com', label: 'work' }],
    tags: ['math'],
    consent: { newsletter: true, calls: true },
  })
  clock.advance(1000)
  const loser = await mia.contacts.create({
    lastName: 'Lovelace',
    emails: ['Countess@example.com', { value: 'a@home.example', label: 'home' }],
    phones: ['+4930901820'],
    addresses: [{ city: 'London' }],
    company: company.id,
    title: 'Analyst',
    tags: ['Math', 'poetry'],
    consent: { newsletter: false, calls: true },
    custom: { tier: 'gold' },
  })
  return { ...people, company, winner, loser }
}

/** Hangs something of every kind on the loser. */
async function withLinks() {
  const made = await twoContacts()
  const { mia, clock, winner, loser } = made
  const shared = await mia.deals.create({ title: 'Shared' })
  await mia.deals.setContacts(shared.id, [
    { contact: winner.id },
    { contact: loser.id, role: 'Champion', primary: true },
  ])
  const own = await mia.deals.create({ title: 'Own', custom: { champion: loser.id } })
  await mia.deals.setContacts(own.id, [{ contact: loser.id, role: 'Legal' }])
  const call = await mia.activities.create({ kind: 'call', subject: 'Call', contact: loser.id })
  const task = await mia.tasks.create({ title: 'Send', contact: loser.id })
  const note = await mia.notes.add({ type: 'contacts', id: loser.id }, 'likes poetry')
  const lead = await mia.leads.create({ name: 'Ada' })
  await mia.leads.convert(lead.id, { contact: { link: loser.id } })
  await mia.contacts.share(loser.id, { with: { user: 'ada' }, level: 'edit' })
  await mia.contacts.share(winner.id, { with: { user: 'ada' }, level: 'read' })
  await mia.contacts.share(loser.id, { with: { team: 'south' }, level: 'read' })
  clock.advance(1000)
  return { ...made, shared, own, call, task, note, lead }
}

describe('a merge', () => {
  test('keeps the winner’s values, fills what is empty, and unites what is many', async () => {
    const { mia, winner, loser, company } = await twoContacts()
    const { record } = await mia.contacts.merge(winner.id, [loser.id])
    expect(record).toMatchObject({
      id: winner.id,
      name: 'Ada Byron',
      email: 'ada@example.com',
      emails: [
        { value: 'ada@example.com', label: 'work', primary: true },
        { value: 'Countess@example.com', primary: false },
        { value: 'a@home.example', label: 'home', primary: false },
      ],
      phone: '+4930901820',
      addresses: [{ city: 'London' }],
      company: company.id,
      title: 'Analyst',
      tags: ['math', 'poetry'],
      custom: { tier: 'gold' },
    })
  })

  test('keeps an opt-out of either', async () => {
    const { mia, winner, loser } = await twoContacts()
    expect((await mia.contacts.merge(winner.id, [loser.id])).record.consent).toEqual({ newsletter: false, calls: true })
  })

  test('takes a field from the record that is named for it', async () => {
    const { mia, winner, loser } = await twoContacts()
    const { record } = await mia.contacts.merge(winner.id, [loser.id], {
      fields: { lastName: loser.id, 'custom.tier': winner.id },
    })
    expect(record).toMatchObject({ name: 'Ada Lovelace', custom: {} })
  })

  test('finds the winner by all addresses, and the loser’s id leads to it', async () => {
    const { mia, winner, loser } = await twoContacts()
    await mia.contacts.merge(winner.id, [loser.id])
    expect(
      (await mia.contacts.list({ where: { emails: { has: 'countess@example.com' } } })).items.map(({ id }) => id),
    ).toEqual([winner.id])
    expect(await mia.contacts.get(loser.id)).toEqual(await mia.contacts.get(winner.id))
  })

  test('leads on through a later merge, and only to what the asker may read', async () => {
    const { mia, ada, winner, loser } = await twoContacts()
    const last = await mia.contacts.create({ lastName: 'King' })
    await mia.contacts.merge(winner.id, [loser.id])
    await mia.contacts.merge(last.id, [winner.id])
    expect((await mia.contacts.get(loser.id)).id).toBe(last.id)
    expect(await refusal(ada.contacts.get(loser.id))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('re-parents deals, activities, tasks, notes, conversions and custom links', async () => {
    const { mia, winner, loser, shared, own, call, task, note, lead } = await withLinks()
    await mia.contacts.merge(winner.id, [loser.id])
    expect(await mia.deals.contacts(own.id)).toMatchObject([{ contact: winner.id, role: 'Legal', primary: true }])
    expect(await mia.deals.contacts(shared.id)).toMatchObject([{ contact: winner.id, role: 'Champion', primary: true }])
    expect((await mia.deals.get(own.id)).custom).toEqual({ champion: winner.id })
    expect((await mia.activities.get(call.id)).contact).toBe(winner.id)
    expect((await mia.tasks.get(task.id)).contact).toBe(winner.id)
    expect((await mia.notes.list({ type: 'contacts', id: winner.id })).items.map(({ id }) => id)).toEqual([note.id])
    expect((await mia.leads.get(lead.id)).convertedContactId).toBe(winner.id)
  })

  test('shares the winner with whom the loser was shared with, at the higher level', async () => {
    const { mia, ada, cyd, winner, loser } = await withLinks()
    expect(await refusal(cyd.contacts.get(winner.id))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await ada.contacts.can('update', winner.id)).toBe(false)
    await mia.contacts.merge(winner.id, [loser.id])
    expect((await cyd.contacts.get(winner.id)).id).toBe(winner.id)
  })

  test('shows the loser’s history on the winner’s timeline, and is an event of both', async () => {
    const { mia, winner, loser } = await withLinks()
    const before = async (id: string) =>
      (await mia.timeline({ type: 'contacts', id }, { limit: 200 })).items.map((event) => event.id)
    const both = new Set([...(await before(winner.id)), ...(await before(loser.id))])
    await mia.contacts.merge(winner.id, [loser.id])
    const { items } = await mia.timeline({ type: 'contacts', id: winner.id }, { limit: 200 })
    const merged = items.filter(({ name }) => name === 'contact.merged')
    expect(merged.map(({ recordId }) => recordId).sort()).toEqual([winner.id, loser.id].sort())
    const ids = items.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !merged.some((event) => event.id === id)).sort()).toEqual([...both].sort())
  })

  test('needs merge on every record', async () => {
    const { mia, ada, cyd, winner } = await twoContacts()
    const other = await ada.contacts.create({ lastName: 'X' })
    expect(await refusal(ada.contacts.merge(other.id, [winner.id]))).toMatchObject({
      code: 'FORBIDDEN',
      rule: 'merge-not-granted',
    })
    expect(await refusal(cyd.contacts.merge(other.id, [winner.id]))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(mia.contacts.merge(other.id, ['01890a5d-ac96-774b-bcce-b302099a8057']))).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test.each([
    [(w: string) => [w, [w]], 'repeated-id'],
    [(w: string, l: string) => [w, [l, l]], 'repeated-id'],
    [(w: string) => [w, []], 'invalid-ids'],
    [(_: string, l: string) => ['x', [l]], 'invalid-id'],
    [(w: string, l: string) => [w, [l], { fields: { title: 'x' } }], 'unknown-record'],
    [(w: string, l: string) => [w, [l], { fields: { version: l } }], 'unknown-field'],
    [(w: string, l: string) => [w, [l], { field: {} }], 'unknown-key'],
  ])('with wrong input is refused (%#)', async (input, rule) => {
    const { mia, winner, loser, storage } = await twoContacts()
    const before = await dumpTables(storage)
    const [to, from, how] = input(winner.id, loser.id) as [string, string[], object]
    const error = await refusal(mia.contacts.merge(to, from, how))
    expect(error).toMatchObject({ code: 'VALIDATION', rule })
    expect(await dumpTables(storage)).toEqual(before)
  })

  test('that fails at any statement leaves nothing behind', async () => {
    const { mia, winner, loser, storage } = await withLinks()
    const before = await dumpTables(storage)
    for (let n = 1; ; n++) {
      const hasFailed = storage.failOn(n)
      const error = await refusal(mia.contacts.merge(winner.id, [loser.id]))
      if (!hasFailed()) break
      expect(error).toMatchObject({ code: 'STORAGE' })
      expect(await dumpTables(storage)).toEqual(before)
    }
    storage.failOn(null)
    expect((await mia.contacts.get(loser.id)).id).toBe(winner.id)
  })
})

/** Rows without what goes on with every write: the log, and version and time of the records of the merge. */
async function comparable(storage: Parameters<typeof dumpTables>[0]): Promise<TableDump> {
  const {
    contact = [],
    company = [],
    lead = [],
    ...rest
  } = await dumpTables(storage, ['event', 'event_about', 'merge', 'merged'])
  const plain = (rows: readonly string[]) =>
    rows
      .map((row) =>
        JSON.stringify((JSON.parse(row) as unknown[]).map((cell, at, all) => (isStamp(at, all) ? 0 : cell))),
      )
      .sort()
  return { ...rest, contact: plain(contact), company: plain(company), lead: plain(lead) }
}
/** `updated_at`, `updated_by`, `version`: three before the last four columns. */
const isStamp = (at: number, all: unknown[]) => at >= all.length - 7 && at < all.length - 4

describe('undoing a merge', () => {
  test('restores every row as it was', async () => {
    const { mia, winner, loser, storage } = await withLinks()
    const second = await mia.contacts.create({ lastName: 'Third', emails: ['third@example.com'], tags: ['x'] })
    await mia.activities.create({ kind: 'call', contact: second.id })
    const before = await comparable(storage)
    const timelines = async () =>
      Promise.all(
        [winner, loser, second].map(async ({ id }) =>
          (await mia.timeline({ type: 'contacts', id }, { limit: 200 })).items.map((event) => event.id),
        ),
      )
    const [histories] = [await timelines()]
    const { id } = await mia.contacts.merge(winner.id, [loser.id, second.id])
    expect(await comparable(storage)).not.toEqual(before)
    const { winner: alone, restored } = await mia.contacts.unmerge(id)
    expect(await comparable(storage)).toEqual(before)
    expect(alone).toMatchObject({ id: winner.id, title: null, tags: ['math'] })
    expect(restored.map((record) => [record.id, record.deletedAt])).toEqual([
      [loser.id, null],
      [second.id, null],
    ])
    expect((await mia.contacts.get(loser.id)).id).toBe(loser.id)
    const after = await timelines()
    const known = new Set(histories?.flat())
    expect(after.map((ids) => ids.filter((one) => known.has(one)))).toEqual(histories)
  })

  test('is an event of both', async () => {
    const { mia, winner, loser } = await twoContacts()
    const { id } = await mia.contacts.merge(winner.id, [loser.id])
    await mia.contacts.unmerge(id)
    for (const one of [winner, loser]) {
      const names = (await mia.timeline({ type: 'contacts', id: one.id })).items
        .filter(({ recordId }) => recordId === one.id)
        .map(({ name }) => name)
      expect(names.sort()).toEqual(['contact.created', 'contact.merged', 'contact.unmerged'])
    }
  })

  test('leaves what was changed since', async () => {
    const { mia, winner, loser, call, own } = await withLinks()
    const { id } = await mia.contacts.merge(winner.id, [loser.id])
    await mia.contacts.update(winner.id, { title: 'Countess', tags: ['math', 'poetry', 'royal'] })
    const third = await mia.contacts.create({ lastName: 'Third' })
    await mia.activities.update(call.id, { contact: third.id })
    await mia.deals.setContacts(own.id, [{ contact: third.id }])
    await mia.contacts.unmerge(id)
    expect(await mia.contacts.get(winner.id)).toMatchObject({ title: 'Countess', tags: ['math', 'royal'], phone: null })
    expect((await mia.activities.get(call.id)).contact).toBe(third.id)
    expect(await mia.deals.contacts(own.id)).toMatchObject([{ contact: third.id }])
  })

  test('works once, for those who may merge, and through the room of the records', async () => {
    const { mia, ada, winner, loser } = await twoContacts()
    const { id } = await mia.contacts.merge(winner.id, [loser.id])
    expect(await refusal(mia.companies.unmerge(id))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(ada.contacts.unmerge(id))).toMatchObject({ code: 'NOT_FOUND' })
    await mia.contacts.unmerge(id)
    expect(await refusal(mia.contacts.unmerge(id))).toMatchObject({ code: 'CONFLICT', rule: 'already-undone' })
  })

  test('of the later merge comes first', async () => {
    const { mia, winner, loser } = await twoContacts()
    const last = await mia.contacts.create({ lastName: 'King' })
    const first = await mia.contacts.merge(winner.id, [loser.id])
    const second = await mia.contacts.merge(last.id, [winner.id])
    expect(await refusal(mia.contacts.unmerge(first.id))).toMatchObject({ code: 'NOT_FOUND' })
    await mia.contacts.unmerge(second.id)
    expect((await mia.contacts.get(loser.id)).id).toBe(winner.id)
    await mia.contacts.unmerge(first.id)
    expect((await mia.contacts.get(loser.id)).id).toBe(loser.id)
  })

  test('is offered by the list of merges', async () => {
    const { mia, winner, loser, clock } = await twoContacts()
    const { id } = await mia.contacts.merge(winner.id, [loser.id])
    const entry = { id, losers: [loser.id], at: clock.now(), by: 'mia' }
    expect(await mia.contacts.merges(loser.id)).toEqual([{ ...entry, undoable: true, undoneAt: null }])
    await mia.contacts.unmerge(id)
    expect(await mia.contacts.merges(winner.id)).toEqual([{ ...entry, undoable: false, undoneAt: clock.now() }])
  })

  test('that fails at any statement leaves nothing behind', async () => {
    const { mia, winner, loser, storage } = await withLinks()
    const { id } = await mia.contacts.merge(winner.id, [loser.id])
    const before = await dumpTables(storage)
    for (let n = 1; ; n++) {
      const hasFailed = storage.failOn(n)
      const error = await refusal(mia.contacts.unmerge(id))
      if (!hasFailed()) break
      expect(error).toMatchObject({ code: 'STORAGE' })
      expect(await dumpTables(storage)).toEqual(before)
    }
    storage.failOn(null)
  })
})

describe('companies', () => {
  test('are merged with their contacts, deals, conversions and subsidiaries, and separated again', async () => {
    const { mia, storage } = await withPeople()
    const winner = await mia.companies.create({ name: 'Acme' })
    const loser = await mia.companies.create({ name: 'Acme, Inc.', domain: 'acme.example', size: 5 })
    await mia.companies.create({ name: 'Acme Labs', parent: loser.id })
    await mia.contacts.create({ lastName: 'Byron', company: loser.id })
    await mia.deals.create({ title: 'Engine', company: loser.id })
    const before = await comparable(storage)
    const { id, record } = await mia.companies.merge(winner.id, [loser.id])
    expect(record).toMatchObject({ name: 'Acme', domain: 'acme.example', size: 5 })
    const linked = async (company: string) => [
      (await mia.contacts.list({ where: { company } })).items.length,
      (await mia.deals.list({ where: { company } })).items.length,
      (await mia.companies.list({ where: { parent: company } })).items.length,
    ]
    expect([await linked(winner.id), await linked(loser.id)]).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ])
    await mia.companies.unmerge(id)
    expect(await comparable(storage)).toEqual(before)
  })

  test('that belong to each other do not belong to themselves afterwards', async () => {
    const { mia, storage } = await withPeople()
    const top = await mia.companies.create({ name: 'Top' })
    const parent = await mia.companies.create({ name: 'Parent', parent: top.id })
    const child = await mia.companies.create({ name: 'Child', parent: parent.id })
    const before = await comparable(storage)
    const { id, record } = await mia.companies.merge(child.id, [parent.id])
    expect(record.parent).toBe(top.id)
    await mia.companies.unmerge(id)
    expect(await comparable(storage)).toEqual(before)
    expect(await refusal(mia.companies.merge(child.id, [top.id]))).toMatchObject({
      code: 'VALIDATION',
      rule: 'circular-link',
    })
    expect(await comparable(storage)).toEqual(before)
  })
})

describe('leads', () => {
  test('are merged with their activities, and separated again', async () => {
    const { mia, storage } = await withPeople()
    const winner = await mia.leads.create({ name: 'Ada Byron', status: 'contacted' })
    const loser = await mia.leads.create({
      name: 'A. Byron',
      email: 'ada@example.com',
      status: 'lost',
      lostReason: 'price',
    })
    const call = await mia.activities.create({ kind: 'call', lead: loser.id })
    const before = await comparable(storage)
    const { id, record } = await mia.leads.merge(winner.id, [loser.id])
    expect(record).toMatchObject({ name: 'Ada Byron', email: 'ada@example.com', status: 'contacted', lostReason: null })
    expect((await mia.activities.get(call.id)).lead).toBe(winner.id)
    await mia.leads.unmerge(id)
    expect(await comparable(storage)).toEqual(before)
  })

  test('that are converted are not lost in a merge', async () => {
    const { mia } = await withPeople()
    const winner = await mia.leads.create({ name: 'Ada Byron' })
    const loser = await mia.leads.create({ name: 'A. Byron' })
    await mia.leads.convert(loser.id)
    expect(await refusal(mia.leads.merge(winner.id, [loser.id]))).toMatchObject({ rule: 'converted-lead' })
    expect((await mia.leads.merge(loser.id, [winner.id])).record).toMatchObject({ status: 'converted' })
  })
})
