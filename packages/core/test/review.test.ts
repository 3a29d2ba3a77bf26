import { createCrm, defineRole, eur, field, isCrmError } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { addPeople, newCrm, withPeople } from './support/crm'
import { newStorage } from './support/databases'
import { errorOf } from './support/outcome'

// biome-ignore lint/suspicious/noExplicitAny: what types refuse is the point of some calls
type Loose = any

const all = { read: 'all', create: 'all', update: 'all', delete: 'all', assign: 'all', share: 'all' } as const
const user = (id: string, roles: string[], teams: string[] = []) => ({
  id,
  name: id,
  email: `${id}@us.example`,
  roles,
  teams,
})

describe('what a role hides', () => {
  test('all custom fields at once: reads and writes still work', async () => {
    const { crm, system } = await newCrm({
      fields: { leads: { tier: field.text() } },
      roles: { plain: defineRole({ leads: { ...all, fields: { custom: 'none' } } }) },
    } as Loose)
    await system.users.sync([user('pat', ['plain'])])
    const lead = await system.leads.create({ name: 'L', custom: { tier: 'gold' } })
    const pat = crm.as({ user: 'pat' })
    expect(JSON.stringify(await pat.leads.get(lead.id))).not.toContain('gold')
    expect(JSON.stringify(await pat.leads.list())).not.toContain('gold')
    expect(JSON.stringify(await pat.leads.update(lead.id, { title: 'x' }))).not.toContain('gold')
    expect((await errorOf(() => pat.leads.list({ where: { custom: { tier: 'gold' } } }))).rule).toBe('unknown-field')
  })

  test('users: an included owner comes as null', async () => {
    const { crm, system } = await newCrm({ roles: { blind: defineRole({ leads: { read: 'all' } }) } })
    await system.users.sync([user('pat', ['blind']), user('ada', ['sales'])])
    const lead = await system.leads.create({ name: 'L', owner: 'ada' })
    const pat = crm.as({ user: 'pat' })
    expect((await errorOf(() => pat.users.get('ada'))).code).toBe('FORBIDDEN')
    expect((await pat.leads.get(lead.id, { include: ['owner'] })).related).toEqual({ owner: null })
  })

  test('phones: a contact named by its phone number is not told', async () => {
    const { crm, system } = await newCrm({
      roles: { quiet: defineRole({ contacts: { ...all, fields: { phones: 'none' } } }) },
    })
    await system.users.sync([user('pat', ['quiet'])])
    const contact = await system.contacts.create({ phones: ['+4930901820'] })
    expect(JSON.stringify(await crm.as({ user: 'pat' }).contacts.get(contact.id))).not.toContain('901820')
  })

  test('status: neither reasons nor moments tell it', async () => {
    const { crm, system } = await newCrm({
      roles: {
        dim: defineRole({
          leads: { ...all, fields: { status: 'none' } },
          tasks: { ...all, fields: { status: 'none' } },
        }),
      },
    })
    await system.users.sync([user('pat', ['dim'])])
    const pat = crm.as({ user: 'pat' })
    const lost = await system.leads.create({ name: 'L', status: 'lost', lostReason: 'price' })
    expect(await pat.leads.get(lost.id)).not.toHaveProperty('lostReason')
    const task = await system.tasks.create({ title: 'T', status: 'done' })
    expect(await pat.tasks.get(task.id)).not.toHaveProperty('doneAt')
  })

  test('names of companies: a deal made of a lead is not called after one', async () => {
    const { crm, system } = await newCrm({
      roles: {
        veil: defineRole({
          leads: { ...all, convert: 'all' },
          contacts: { ...all, fields: { company: 'none' } },
          companies: { read: 'all', fields: { name: 'none' } },
          deals: all,
        }),
      },
    })
    await system.users.sync([user('pat', ['veil'])])
    const company = await system.companies.create({ name: 'Secret Works' })
    const contact = await system.contacts.create({ lastName: 'B', company: company.id })
    const lead = await system.leads.create({ name: 'Ada Byron' })
    const pat = crm.as({ user: 'pat' })
    const named = await pat.leads.previewConvert(lead.id, {
      contact: 'none',
      company: { link: company.id },
      deal: 'create',
    })
    expect(JSON.stringify(named)).not.toContain('Secret Works')
    const linked = await pat.leads.previewConvert(lead.id, { contact: { link: contact.id }, deal: 'create' })
    expect(JSON.stringify(linked)).not.toContain(company.id)
  })

  test('users: an import finds owners by their ids alone', async () => {
    const { crm, system } = await newCrm({ roles: { blind: defineRole({ leads: { ...all, import: 'all' } }) } })
    await system.users.sync([user('pat', ['blind']), user('u77', ['sales'])])
    const preview = async (owner: string) =>
      JSON.stringify(
        await crm.as({ user: 'pat' }).leads.previewImport(`Name,Owner\nL,${owner}\n`, { mapping: { Owner: 'owner' } }),
      )
    expect(await preview('u77@us.example')).not.toContain('"owner":"u77"')
    expect(await preview('u77')).toContain('"owner":"u77"')
  })

  test('names: that two share one is no reason to take them for the same', async () => {
    const { crm, system } = await newCrm({
      roles: { veil: defineRole({ leads: { ...all, fields: { name: 'none' } } }) },
    })
    await system.users.sync([user('pat', ['veil'])])
    await system.leads.create({ name: 'Ada Byron', email: 'ada@x.example', company: 'Engines' })
    const [found] = await crm
      .as({ user: 'pat' })
      .leads.duplicates({ name: 'Ada Byron', email: 'ada@x.example', company: 'Engines' })
    expect(found?.reasons).toEqual(['same-email'])
  })

  test('what the SDK fills in is not refused for being read-only to the caller', async () => {
    const { crm, system } = await newCrm({
      roles: {
        maker: defineRole({
          leads: { ...all, convert: 'all' },
          contacts: { ...all, fields: { owner: 'read' } },
          companies: all,
          deals: { ...all, fields: { lead: 'read', owner: 'read' } },
        }),
      },
    })
    await system.users.sync([user('pat', ['maker']), user('ada', ['sales'])])
    const lead = await system.leads.create({ name: 'Ada Byron', owner: 'ada' })
    const { deal, contact } = await crm.as({ user: 'pat' }).leads.convert(lead.id, { deal: 'create' })
    expect(deal?.lead).toBe(lead.id)
    expect(contact?.owner).toBe('pat')
  })

  test('where a lead came from: nor does a second submission tell it', async () => {
    const token = 'a-token-of-a-form'
    const { crm, system } = await newCrm({
      capture: { tokens: [{ token }] },
      roles: { dim: defineRole({ leads: { ...all, fields: { campaign: 'none' } } }) },
    })
    await system.users.sync([user('pat', ['dim'])])
    for (const campaign of ['one', 'secret-two'])
      await crm.capture({ token, input: { email: 'ada@engines.example', campaign } })
    const pat = crm.as({ user: 'pat' })
    const [lead] = (await pat.leads.list()).items
    expect(JSON.stringify(await pat.leads.timeline(lead?.id as string))).not.toContain('secret-two')
    expect((await pat.leads.timeline(lead?.id as string)).items.map(({ name }) => name)).toContain('lead.recaptured')
  })
})

describe('records out of reach', () => {
  test('a level for sharing or bringing back above the one for reading reaches nothing unseen', async () => {
    const { crm, system } = await newCrm({
      roles: {
        odd: defineRole({
          leads: { read: 'own', delete: 'all', share: 'all', convert: 'all', merge: 'all', purge: 'all' },
        }),
      },
    })
    await system.users.sync([user('pat', ['odd'])])
    const lead = await system.leads.create({ name: 'Hidden' })
    const mine = await system.leads.create({ name: 'Mine', owner: 'pat' })
    const pat = crm.as({ user: 'pat' })
    for (const call of [
      () => pat.leads.share(lead.id, { with: { user: 'pat' }, level: 'read' }),
      () => pat.leads.convert(lead.id),
      () => pat.leads.merge(mine.id, [lead.id]),
    ])
      expect((await errorOf(call)).code).toBe('NOT_FOUND')
    await system.leads.delete(lead.id)
    await system.leads.delete(mine.id)
    expect((await pat.leads.list({ deleted: true })).items.map(({ id }) => id)).toEqual([mine.id])
    for (const call of [
      () => pat.leads.restore(lead.id),
      () => pat.leads.purge(lead.id),
      () => pat.leads.timeline(lead.id, { deleted: true }),
    ])
      expect((await errorOf(call)).code).toBe('NOT_FOUND')
    expect((await pat.leads.restore(mine.id)).id).toBe(mine.id)
  })

  test('nobody gives a right to change what they may not change', async () => {
    const { crm, system } = await newCrm({
      roles: { giver: defineRole({ leads: { read: 'all', share: 'all', update: 'own' } }) },
    })
    await system.users.sync([user('pat', ['giver']), user('eve', ['sales'])])
    const lead = await system.leads.create({ name: 'L' })
    const pat = crm.as({ user: 'pat' })
    expect((await errorOf(() => pat.leads.share(lead.id, { with: { user: 'eve' }, level: 'edit' }))).code).toBe(
      'FORBIDDEN',
    )
    await pat.leads.share(lead.id, { with: { user: 'eve' }, level: 'read' })
  })

  test('merging does not give records away without the right to assign', async () => {
    const { crm, system } = await newCrm({
      roles: { merger: defineRole({ leads: { read: 'all', update: 'all', merge: 'all' } }) },
    })
    await system.users.sync([user('pat', ['merger']), user('ada', ['sales']), user('bob', ['sales'])])
    const keep = await system.leads.create({ name: 'A', owner: 'ada' })
    const copy = await system.leads.create({ name: 'A', owner: 'bob' })
    const pat = crm.as({ user: 'pat' })
    expect((await errorOf(() => pat.leads.merge(keep.id, [copy.id], { fields: { owner: copy.id } }))).code).toBe(
      'FORBIDDEN',
    )
    expect((await pat.leads.merge(keep.id, [copy.id])).record.owner).toBe('ada')
  })

  test('contacts of a deal are not told by its timeline', async () => {
    const { crm, system } = await newCrm({
      roles: { narrow: defineRole({ deals: { read: 'all' }, contacts: { read: 'own' } }) },
    })
    await system.users.sync([user('pat', ['narrow'])])
    const unseen = await system.contacts.create({ lastName: 'Unseen' })
    const mine = await system.contacts.create({ lastName: 'Mine', owner: 'pat' })
    const deal = await system.deals.create({ title: 'D' })
    await system.deals.setContacts(deal.id, [{ contact: unseen.id, role: 'Informant' }])
    await system.deals.setContacts(deal.id, [{ contact: unseen.id, role: 'Informant' }, { contact: mine.id }])
    const pat = crm.as({ user: 'pat' })
    expect((await pat.deals.contacts(deal.id)).map(({ contact }) => contact)).toEqual([mine.id])
    const told = JSON.stringify((await pat.deals.timeline(deal.id)).items)
    expect(told).not.toContain(unseen.id)
    expect(told).not.toContain('Informant')
    expect(told).toContain(mine.id)
    expect(JSON.stringify((await system.deals.timeline(deal.id)).items)).toContain('Informant')
  })

  test('a repeated key gives nothing to a user who was deactivated since', async () => {
    const { ada, system } = await withPeople()
    await ada.leads.create({ name: 'Once' }, { idempotencyKey: 'k' })
    await system.users.deactivate('ada')
    expect((await errorOf(() => ada.leads.create({ name: 'Once' }, { idempotencyKey: 'k' }))).code).toBe('FORBIDDEN')
  })
})

describe('one thing after another', () => {
  test('a company made for a refused row is made anew for the next one', async () => {
    const { root } = await withPeople({ fields: { contacts: { code: field.text() } } } as Loose)
    await root.contacts.create({ lastName: 'There', emails: ['there@x.example'] })
    const csv =
      'Last name,Email,Company,Code\nA,not an address but mapped,Fresh Works,1\nB,b@x.example,Fresh Works,2\nC,c@x.example,Fresh Works,3\n'
    const result = await root.contacts.import(csv.replace('not an address but mapped', 'there@x.example'), {
      mapping: { Email: 'emails' },
      key: 'custom.code',
    } as Loose)
    expect(result).toMatchObject({ rows: 3, created: 2, failed: 1 })
    expect((await root.companies.list()).items.map(({ name }) => name)).toEqual(['Fresh Works'])
  })

  test('the first deals of a tenant: one that is refused does not refuse the others', async () => {
    const { root, system } = await withPeople()
    const results = await root.deals.createMany([
      { title: 'A', stage: 'Closed Lost' },
      { title: 'B' },
      { title: 'C', stage: 'Nowhere' },
    ])
    expect(results.map(({ ok }) => ok)).toEqual([false, true, false])
    expect((await system.pipelines.list()).length).toBe(1)
    expect((await root.deals.list()).items.map(({ title }) => title)).toEqual(['B'])
  })

  test('a refusal is repeated as an error', async () => {
    const { ada } = await withPeople()
    const id = '01890000-0000-7000-8000-000000000000'
    const assign = () => ada.leads.assign(id, { user: 'bob' }, { idempotencyKey: 'k' })
    const first = await errorOf(assign)
    const again = await errorOf(assign)
    expect(isCrmError(again, first.code)).toBe(true)
    expect(again.problems).toEqual(first.problems)
    const bulk = () => ada.leads.deleteMany([id], { idempotencyKey: 'b' })
    await bulk()
    const [item] = await bulk()
    expect(item?.ok === false && isCrmError(item.error, 'NOT_FOUND')).toBe(true)
  })

  test('a change of roles counts at once, whatever was being read', async () => {
    const { crm, system, storage } = await newCrm()
    await system.users.sync([user('pat', ['admin'])])
    await system.leads.create({ name: 'L' })
    void storage
    const reading = crm.as({ user: 'pat' }).leads.list()
    await system.users.sync([user('pat', [])])
    await reading.catch(() => undefined)
    expect((await errorOf(() => crm.as({ user: 'pat' }).leads.list())).code).toBe('FORBIDDEN')
  })

  test('events say of which tenant they are', async () => {
    const heard: Loose[] = []
    const { crm } = await newCrm({
      hooks: { leads: { afterCommit: (event: Loose) => void heard.push(['hook', event.tenant]) } },
    })
    crm.on('lead.created', (event: Loose) => void heard.push(['notice', event.tenant]))
    await crm.asSystem({ tenant: 'one', reason: 'test' }).leads.create({ name: 'L' })
    await crm.tick()
    expect(heard).toEqual([
      ['notice', 'one'],
      ['hook', 'one'],
    ])
  })
})

describe('filters', () => {
  test('owner: { me: false } is everybody else, and nobody', async () => {
    const { ada, root } = await withPeople()
    await ada.leads.create({ name: 'mine' })
    await root.leads.create({ name: 'theirs' })
    await root.leads.create({ name: 'none', owner: null })
    const names = async (me: Loose) =>
      (await root.leads.list({ where: { owner: { me } } })).items.map(({ name }) => name).sort()
    expect(await names(true)).toEqual(['none', 'theirs'].filter((name) => name === 'theirs'))
    expect(await names(false)).toEqual(['mine', 'none'])
    expect((await errorOf(() => names('yes'))).rule).toBe('wrong-type')
  })

  test('a thousand sums of money are compared or refused', async () => {
    const { root } = await withPeople()
    await root.deals.create({ title: 'D', amount: eur(7) })
    const sums = Array.from({ length: 1000 }, (_, n) => eur(n))
    const found = await root.deals.list({ where: { amount: { in: sums } } }).catch((error) => error)
    if (isCrmError(found)) expect(found.code).toBe('VALIDATION')
    else expect(found.items.length).toBe(1)
    const tags = Array.from({ length: 1000 }, (_, n) => `t${n}`)
    for (const how of ['hasAny', 'hasAll']) {
      const page = await root.deals.list({ where: { tags: { [how]: tags } } } as Loose).catch((error) => error)
      if (isCrmError(page)) expect(page.code).toBe('VALIDATION')
    }
  })
})

describe('set-up', () => {
  test('names of custom fields are plain words', async () => {
    const storage = await newStorage()
    for (const name of ["a'b", 'a.b', '1st', '', 'a b', '$', '__proto__x', 'ä'])
      expect(
        (await errorOf(() => createCrm({ storage, fields: { leads: { [name]: field.text() } } } as Loose))).code,
      ).toBe('VALIDATION')
    expect((await errorOf(() => createCrm({ storage, fields: { lead: { x: field.text() } } } as Loose))).code).toBe(
      'VALIDATION',
    )
    for (const wrong of [undefined, null, {}, { storage: null }, { storage: {} }])
      expect((await errorOf(() => createCrm(wrong as Loose))).code).toBe('VALIDATION')
  })

  test('identities are checked', async () => {
    const { crm } = await newCrm()
    for (const wrong of [undefined, null, 5, {}, { user: 'a\ud800' }, { user: 'a', tenant: '\ud800' }])
      expect((await errorOf(() => crm.as(wrong as Loose))).code).toBe('VALIDATION')
    for (const wrong of [
      undefined,
      null,
      {},
      { reason: 'x', history: {} },
      { reason: 'x', history: { at: 'yesterday' } },
      { reason: 'x', history: { at: new Date(Number.NaN) } },
      { reason: 'x', history: { at: new Date(), by: 5 } },
    ])
      expect((await errorOf(() => crm.asSystem(wrong as Loose))).code).toBe('VALIDATION')
  })

  test('two identities whose parts join to the same text are two', async () => {
    const { crm } = await newCrm()
    await addPeople(crm.asSystem({ tenant: 'a\nb', reason: 'test' }))
    await crm.as({ tenant: 'a\nb', user: 'root' }).leads.list()
    expect((await errorOf(() => crm.as({ tenant: 'a', user: 'b\nroot' }).leads.list())).code).toBe('FORBIDDEN')
  })

  test('users and teams given twice, or with values of other types, are refused in our words', async () => {
    const { system } = await newCrm()
    for (const wrong of [
      [null],
      [5],
      [{ id: 'a', name: 'A', email: 5 }],
      [{ id: 'a', name: 'A', email: {} }],
      [{ id: 'a', name: 'A', locale: 5 }],
      [
        { id: 'a', name: 'A' },
        { id: 'a', name: 'B' },
      ],
    ])
      expect((await errorOf(() => system.users.sync(wrong as Loose))).code).toBe('VALIDATION')
    for (const wrong of [
      [null],
      [
        { id: 'a', name: 'A' },
        { id: 'a', name: 'B' },
      ],
    ])
      expect((await errorOf(() => system.users.syncTeams(wrong as Loose))).code).toBe('VALIDATION')
  })
})

describe('arguments of other types', () => {
  test('are refused in our words, or count as left out', async () => {
    const { crm, root } = await withPeople()
    const loose = root as Loose
    const lead = await root.leads.create({ name: 'L' })
    const calls: (() => unknown)[] = [
      () => loose.leads.get(lead.id, null),
      () => loose.leads.import('name\nX\n', null),
      () => loose.leads.previewImport('name\nX\n', 'x'),
      () => loose.leads.export(null).next(),
      () => loose.leads.export({ fields: 'name' }).next(),
      () => loose.leads.convertMany([null]),
      () => loose.leads.updateMany([null]),
      () => loose.leads.can(Symbol.iterator),
      () => loose.can('leads', Symbol.iterator),
      () => loose.pipelines.update(null, {}),
      () => loose.pipelines.updateStage([lead.id], {}),
      () => loose.pipelines.archive(undefined),
      () => loose.pipelines.reorder({}, []),
      () => loose.notes.add({ type: 'leads', id: lead.id }, 'Text', null),
      () => loose.notes.add({ type: 'leads', id: lead.id }),
      () => loose.notes.update(lead.id, null),
      () => loose.users.list(null),
      () => loose.users.deactivate('nobody', null),
      () => loose.transaction(null),
      () => (crm as Loose).tick(null),
      () => (crm as Loose).events.failed(null),
      () => (crm as Loose).capture(null),
    ]
    for (const call of calls)
      try {
        await call()
      } catch (error) {
        expect(isCrmError(error), `${call}: ${error}`).toBe(true)
        expect((error as Loose).code).not.toBe('STORAGE')
      }
  })
})
