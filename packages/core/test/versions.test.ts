import { field } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { addPeople, type Client, newCrm, withPeople } from './support/crm'
import { errorOf, expectHelpful, refusalOf } from './support/outcome'

const fields = {
  leads: { tier: field.select(['gold', 'silver']), seats: field.integer(), code: field.text({ unique: true }) },
}

/** A CRM with custom fields and people, whose client takes them untyped. */
const withFields = () => withPeople({ fields } as never)

describe('an update that passes the version it read', () => {
  test('conflicts where the same field changed meanwhile, and carries both values', async () => {
    const { ada, bob, storage } = await withFields()
    const lead = await ada.leads.create({ name: 'Ada', score: 1, tags: ['a'], custom: { tier: 'silver', seats: 1 } })
    await bob.leads.update(lead.id, { score: 2, tags: ['b'], custom: { tier: 'gold' } }).catch(() => undefined)
    const changed = await ada.leads.update(lead.id, { score: 2, tags: ['b'], custom: { tier: 'gold' } })
    const before = await dumpTables(storage)
    const error = await errorOf(() =>
      ada.leads.update(
        lead.id,
        { score: 3, tags: ['c'], title: 'Analyst', custom: { tier: null, seats: 5 } },
        { ifVersion: lead.version },
      ),
    )
    expect(error.code).toBe('CONFLICT')
    expectHelpful(error)
    expect(error.problems.map(({ field, rule, yours, theirs }) => [field, rule, yours, theirs])).toEqual([
      ['score', 'changed-meanwhile', 3, 2],
      ['tags', 'changed-meanwhile', ['c'], ['b']],
      ['custom.tier', 'changed-meanwhile', null, 'gold'],
    ])
    expect(await dumpTables(storage)).toEqual(before)
    expect((await ada.leads.update(lead.id, { score: 3 }, { ifVersion: changed.version })).score).toBe(3)
  })

  test('goes through where other fields changed, keeping both changes', async () => {
    const { ada } = await withFields()
    const lead = await ada.leads.create({ name: 'Ada', custom: { seats: 1 } })
    await ada.leads.update(lead.id, { score: 9, custom: { tier: 'gold' } })
    const merged = await ada.leads.update(
      lead.id,
      { title: 'Analyst', custom: { seats: 2 } },
      { ifVersion: lead.version },
    )
    expect(merged).toMatchObject({ score: 9, title: 'Analyst', version: 3, custom: { tier: 'gold', seats: 2 } })
  })

  test('does not conflict where both came to the same value, nor where the field came back to what it was', async () => {
    const { ada } = await withFields()
    const lead = await ada.leads.create({ name: 'Ada', score: 1 })
    await ada.leads.update(lead.id, { score: 2 })
    const same = await ada.leads.update(lead.id, { score: 2, title: 'X' }, { ifVersion: 1 })
    expect(same).toMatchObject({ score: 2, title: 'X', version: 3 })
  })

  test('conflicts over what deals derive: two moves from one version', async () => {
    const { ada } = await withFields()
    const deal = await ada.deals.create({ title: 'Engine' })
    await ada.deals.moveTo(deal.id, 'Negotiation')
    const error = await errorOf(() => ada.deals.moveTo(deal.id, 'Proposal Sent', { ifVersion: deal.version }))
    expect([error.code, error.field, error.rule]).toEqual(['CONFLICT', 'stage', 'changed-meanwhile'])
    const [{ yours, theirs } = {}] = error.problems
    const { stages } = (await ada.pipelines.list())[0] as { stages: { id: string; name: string }[] }
    const nameOf = (id: unknown) => stages.find((stage) => stage.id === id)?.name
    expect([nameOf(theirs), yours === 'Proposal Sent' ? yours : nameOf(yours)]).toEqual([
      'Negotiation',
      'Proposal Sent',
    ])
  })

  test('never tells a hidden value of somebody else', async () => {
    const { crm, system } = await newCrm({
      roles: { clerk: { leads: { read: 'all', update: 'all', fields: { score: 'none' } } } },
    })
    await system.users.sync([{ id: 'clerk', name: 'Clerk', roles: ['clerk'] }])
    const lead = await system.leads.create({ name: 'Ada', score: 1 })
    await system.leads.update(lead.id, { score: 77, title: 'Boss' })
    const error = await errorOf(() =>
      crm.as({ user: 'clerk' }).leads.update(lead.id, { title: 'Clerk' }, { ifVersion: 1 }),
    )
    expect(error.problems.map(({ field }) => field)).toEqual(['title'])
    expect(JSON.stringify(error)).not.toContain('77')
  })

  test('counts one version for each change, and none for what changes nothing', async () => {
    const { ada, storage } = await withFields()
    const lead = await ada.leads.create({ name: 'Ada', tags: ['VIP'], custom: { seats: 1 } })
    const before = await dumpTables(storage)
    expect(await ada.leads.update(lead.id, { name: 'Ada', tags: ['VIP'], custom: { seats: 1 } })).toEqual(lead)
    expect(await ada.leads.update(lead.id, {})).toEqual(lead)
    expect(await dumpTables(storage)).toEqual(before)
    expect((await ada.leads.update(lead.id, { name: 'Ada B' })).version).toBe(2)
  })

  test('does not go by the order of keys in JSON, which PostgreSQL changes', async () => {
    const { ada } = await withFields()
    const lead = await ada.leads.create({ name: 'Ada', consent: { newsletter: true, at: { to: 2, from: 1 } } })
    const same = [
      { newsletter: true, at: { to: 2, from: 1 } },
      { at: { from: 1, to: 2 }, newsletter: true },
    ]
    for (const consent of same) expect((await ada.leads.update(lead.id, { consent })).version).toBe(1)
    const consent = { newsletter: true, at: { to: 1, from: 2 } }
    expect((await ada.leads.update(lead.id, { consent })).version).toBe(2)
  })
})

describe('null', () => {
  test('makes a list empty, on create as on update', async () => {
    const { ada } = await withFields()
    const nothing = { tags: null, emails: null, phones: null, addresses: null } as never as object
    const empty = { tags: [], emails: [], phones: [], addresses: [] }
    const { id } = await ada.contacts.create({ lastName: 'Byron', ...nothing })
    expect(await ada.contacts.get(id)).toMatchObject(empty)
    await ada.contacts.update(id, { tags: ['VIP'], emails: ['a@x.example'], phones: ['+4930123456'] })
    expect(await ada.contacts.update(id, nothing)).toMatchObject(empty)
    expect(await ada.contacts.get(id)).toMatchObject(empty)
  })
})

test('what an idempotency key gives back is what was given first, also where it looks like our own notation', async () => {
  const { ada } = await withFields()
  const input = {
    name: 'Ada',
    consent: { given: { $date: 5 }, $error: { problems: [] }, $$date: 6, at: '2026-03-01T00:00:00.000Z' },
  }
  const first = await ada.leads.create(input, { idempotencyKey: 'k' })
  expect(await ada.leads.create(input, { idempotencyKey: 'k' })).toEqual(first)
  expect(first.consent).toEqual(input.consent)
  expect((await ada.leads.get(first.id)).consent).toEqual(input.consent)
})

describe('a deleted record', () => {
  test('is nowhere but among the deleted, and comes back as it was', async () => {
    const { ada, root, cyd } = await withFields()
    const company = await ada.companies.create({ name: 'Engines', domain: 'engines.example', tags: ['VIP'] })
    const contact = await ada.contacts.create({ lastName: 'Byron', company: company.id })
    await ada.companies.delete(company.id)
    expect(await refusalOf(() => ada.companies.get(company.id))).toBe('NOT_FOUND id not-found')
    expect(await refusalOf(() => ada.companies.delete(company.id))).toBe('NOT_FOUND id not-found')
    for (const query of [
      {},
      { search: 'engines' },
      { where: { tags: 'VIP' } },
      { where: { domain: 'engines.example' } },
    ]) {
      expect(await ada.companies.list({ ...query, count: 'exact' })).toMatchObject({ items: [], count: 0 })
    }
    expect((await ada.tags.list('companies')).length).toBe(0)
    expect((await ada.contacts.get(contact.id, { include: ['company'] })).related?.company ?? null).toBeNull()
    expect((await ada.contacts.list({ where: { company: { name: 'Engines' } } })).items).toEqual([])
    expect(
      (await root.companies.list({ deleted: true })).items.map(({ id, deletedAt }) => [id, deletedAt !== null]),
    ).toEqual([[company.id, true]])
    expect((await root.contacts.list({ deleted: true })).items).toEqual([])
    expect(await refusalOf(() => cyd.companies.restore(company.id))).toMatch(/^(NOT_FOUND|FORBIDDEN)/)

    const restored = await root.companies.restore(company.id)
    expect(restored).toEqual({ ...company, version: 3, updatedBy: 'root', deletedAt: null })
    expect((await ada.contacts.get(contact.id, { include: ['company'] })).related?.company).toMatchObject({
      name: 'Engines',
    })
    expect((await ada.companies.list({ where: { tags: 'VIP' } })).items.length).toBe(1)
    expect(
      (await root.companies.timeline(company.id)).items
        .map(({ name }) => name)
        .filter((name) => name.startsWith('company.')),
    ).toEqual(['company.restored', 'company.deleted', 'company.created'])
    expect(await refusalOf(() => root.companies.restore(company.id))).toBe('NOT_FOUND id not-found')
  })

  test('frees its email, domain and unique values, and cannot come back while another has them', async () => {
    const { ada, root } = await withFields()
    const old = await ada.contacts.create({ lastName: 'Old', emails: ['a@x.example'] })
    const company = await ada.companies.create({ name: 'Old', domain: 'x.example' })
    const lead = await ada.leads.create({ name: 'Old', custom: { code: 'A1' } })
    await ada.contacts.delete(old.id)
    await ada.companies.delete(company.id)
    await ada.leads.delete(lead.id)
    const fresh = await ada.contacts.create({ lastName: 'New', emails: ['A@x.example'] })
    const newer = await ada.companies.create({ name: 'New', domain: 'www.x.example' })
    const newest = await ada.leads.create({ name: 'New', custom: { code: 'A1' } })
    expect(await refusalOf(() => root.contacts.restore(old.id))).toBe('DUPLICATE emails duplicate')
    expect(await refusalOf(() => root.companies.restore(company.id))).toBe('DUPLICATE domain duplicate')
    expect(await refusalOf(() => root.leads.restore(lead.id))).toBe('DUPLICATE custom.code duplicate')
    await ada.contacts.delete(fresh.id)
    await ada.companies.update(newer.id, { domain: null })
    await ada.leads.update(newest.id, { custom: { code: 'A2' } })
    expect((await root.contacts.restore(old.id)).email).toBe('a@x.example')
    expect((await root.companies.restore(company.id)).domain).toBe('x.example')
    expect((await root.leads.restore(lead.id)).custom.code).toBe('A1')
  })

  test('purged is gone for good, with its content in every table; what linked to it links to nothing', async () => {
    const { ada, root, storage, system } = await withFields()
    const secret = 'Zyxwvut'
    const company = await ada.companies.create({
      name: secret,
      domain: `${secret}.example`,
      description: secret,
      tags: [secret],
    })
    await ada.companies.update(company.id, { description: `${secret} again` })
    await ada.notes.add({ type: 'companies', id: company.id }, `About ${secret}`)
    await ada.companies.share(company.id, { with: { user: 'cyd' }, level: 'read' })
    const contact = await ada.contacts.create({ lastName: 'Byron', company: company.id })
    expect(await refusalOf(() => root.companies.purge(company.id))).toBe('VALIDATION id not-deleted')
    await ada.companies.delete(company.id)
    expect(await refusalOf(() => ada.companies.purge(company.id))).toMatch(/^(FORBIDDEN|NOT_FOUND)/)
    await root.companies.purge(company.id)
    expect(JSON.stringify(await dumpTables(storage)).toLowerCase()).not.toContain(secret.toLowerCase())
    expect((await ada.contacts.get(contact.id)).company).toBeNull()
    expect(await refusalOf(() => root.companies.restore(company.id))).toBe('NOT_FOUND id not-found')
    expect((await system.audit({ where: { recordId: company.id } })).items.map(({ name }) => name)).toContain(
      'company.purged',
    )
    expect((await ada.companies.create({ name: 'Next', domain: `${secret}.example` })).version).toBe(1)
  })
})

describe('custom fields', () => {
  const kinds = {
    word: field.text({ required: true }),
    mail: field.email({ unique: true }),
    phone: field.phone(),
    site: field.url(),
    ratio: field.number(),
    seats: field.integer({ min: 1, max: 10 }),
    price: field.money(),
    day: field.date(),
    moment: field.instant(),
    flag: field.boolean(),
    tier: field.select(['gold', 'silver']),
    marks: field.multiSelect(['a', 'b', 'c']),
    buddy: field.user(),
    parent: field.link('leads'),
  }
  const build = async (keep = false) => {
    const made = await newCrm({ fields: { leads: kinds }, keep } as never)
    await addPeople(made.system)
    const ada = made.crm.as({ user: 'ada' }) as Client
    const first = await ada.leads.create({
      name: 'First',
      custom: {
        word: 'één',
        mail: 'A@x.example',
        phone: '+49 30 901820',
        site: 'https://x.example',
        ratio: 0.5,
        seats: 2,
        price: { amount: 500, currency: 'EUR' },
        day: '2026-03-01',
        moment: new Date('2026-03-01T10:00:00Z'),
        flag: false,
        tier: 'gold',
        marks: ['a', 'b'],
        buddy: 'bob',
      },
    })
    const second = await ada.leads.create({
      name: 'Second',
      custom: {
        word: 'two',
        ratio: 10,
        seats: 10,
        price: { amount: 60, currency: 'EUR' },
        day: '2026-03-02',
        moment: '2026-03-01T12:00:00+01:00',
        flag: true,
        tier: 'silver',
        marks: ['c'],
        parent: first.id,
      },
    })
    const third = await ada.leads.create({
      name: 'Third',
      custom: {
        word: 'three',
        ratio: -3,
        seats: 9,
        price: { amount: 7, currency: 'USD' },
        moment: new Date('2026-04-01T00:00:00Z'),
      },
    })
    return { ...made, ada, first, second, third }
  }

  test('of every kind come back as they went in, and as what they are', async () => {
    const { ada, first, second } = await build()
    expect(first.custom).toEqual({
      word: 'één',
      mail: 'A@x.example',
      phone: '+49 30 901820',
      site: 'https://x.example',
      ratio: 0.5,
      seats: 2,
      price: { amount: 500, currency: 'EUR' },
      day: '2026-03-01',
      moment: new Date('2026-03-01T10:00:00Z'),
      flag: false,
      tier: 'gold',
      marks: ['a', 'b'],
      buddy: 'bob',
    })
    expect(await ada.leads.get(first.id)).toEqual(first)
    expect(await ada.leads.get(second.id)).toEqual(second)
    expect((await ada.leads.list({ where: { name: 'First' } })).items).toEqual([first])
    expect((await ada.leads.get(second.id)).custom.moment).toEqual(new Date('2026-03-01T11:00:00Z'))
    expect((await ada.leads.update(first.id, { custom: { moment: first.custom.moment } } as never)).version).toBe(1)
  })

  let seen: Client
  beforeAll(async () => {
    const { crm, ada } = await build(true)
    seen = ada
    return () => crm.close()
  })

  test.each<[object, string[]]>([
    [{ word: 'één' }, ['First']],
    [{ word: { startsWith: 't' } }, ['Second', 'Third']],
    [{ ratio: { gt: 0 } }, ['First', 'Second']],
    [{ ratio: { between: [-5, 0.5] } }, ['First', 'Third']],
    [{ seats: { gte: 9 } }, ['Second', 'Third']],
    [{ seats: { in: [2, 9] } }, ['First', 'Third']],
    [{ price: { gt: { amount: 50, currency: 'EUR' } } }, ['First', 'Second']],
    [{ price: { amount: 7, currency: 'USD' } }, ['Third']],
    [{ day: '2026-03-01' }, ['First']],
    [{ day: { gt: '2026-03-01' } }, ['Second']],
    [{ day: { this: 'month' } }, ['First', 'Second']],
    [{ moment: { lt: '2026-03-01T10:30:00Z' } }, ['First']],
    [{ moment: { gte: new Date('2026-03-01T11:00:00Z') } }, ['Second', 'Third']],
    [{ moment: { this: 'month' } }, ['First', 'Second']],
    [{ moment: new Date('2026-03-01T10:00:00Z') }, ['First']],
    [{ flag: false }, ['First']],
    [{ flag: null }, ['Third']],
    [{ tier: { ne: 'gold' } }, ['Second', 'Third']],
    [{ marks: 'b' }, ['First']],
    [{ marks: { hasAny: ['b', 'c'] } }, ['First', 'Second']],
    [{ marks: { hasAll: ['a', 'b'] } }, ['First']],
    [{ buddy: 'bob' }, ['First']],
    [{ buddy: { isNull: true } }, ['Second', 'Third']],
    [{ mail: { isNull: false } }, ['First']],
  ])('are found by what they hold: %j', async (custom, names) => {
    const { items } = await seen.leads.list({ where: { custom }, orderBy: { name: 'asc' } } as never)
    expect(items.map(({ name }) => name)).toEqual(names)
    const { count } = await seen.leads.list({ where: { not: { custom } }, count: 'exact' } as never)
    expect(count).toBe(3 - names.length)
  })

  test.each<[string, 'asc' | 'desc', string[]]>([
    ['ratio', 'asc', ['Third', 'First', 'Second']],
    ['seats', 'desc', ['Second', 'Third', 'First']],
    ['price', 'asc', ['Second', 'First', 'Third']],
    ['day', 'desc', ['Second', 'First', 'Third']],
    ['moment', 'asc', ['First', 'Second', 'Third']],
    ['moment', 'desc', ['Third', 'Second', 'First']],
    ['tier', 'desc', ['Second', 'First', 'Third']],
    ['flag', 'desc', ['Second', 'First', 'Third']],
  ])('sort: by %s %s', async (name, direction, names) => {
    const found: string[] = []
    let after: string | null = null
    do {
      const page: { items: { name: string }[]; nextCursor: string | null } = await seen.leads.list({
        orderBy: { custom: { [name]: direction } },
        limit: 1,
        after,
      } as never)
      found.push(...page.items.map((one) => one.name))
      after = page.nextCursor
    } while (after)
    expect(found).toEqual(names)
  })

  test('are held to their rules on create and update', async () => {
    const { ada, first, system } = await build()
    const refused = async (custom: object) =>
      refusalOf(() => ada.leads.create({ name: 'X', custom: { word: 'x', ...custom } } as never))
    expect(await refusalOf(() => ada.leads.create({ name: 'X' }))).toBe('VALIDATION custom required')
    expect(await refusalOf(() => ada.leads.create({ name: 'X', custom: {} }))).toBe('VALIDATION custom.word required')
    expect(await refusalOf(() => ada.leads.update(first.id, { custom: { word: null } } as never))).toBe(
      'VALIDATION custom.word wrong-type',
    )
    expect(await refused({ mail: 'x' })).toBe('VALIDATION custom.mail invalid-email')
    expect(await refused({ mail: 'a@X.example' })).toBe('DUPLICATE custom.mail duplicate')
    expect(await refused({ site: 'ftp://x' })).toBe('VALIDATION custom.site invalid-url')
    expect(await refused({ ratio: '1' })).toBe('VALIDATION custom.ratio wrong-type')
    expect(await refused({ seats: 11 })).toBe('VALIDATION custom.seats too-large')
    expect(await refused({ seats: 0 })).toBe('VALIDATION custom.seats too-small')
    expect(await refused({ price: { amount: 1.5, currency: 'EUR' } })).toBe('VALIDATION custom.price invalid-money')
    expect(await refused({ day: '2026-2-1' })).toBe('VALIDATION custom.day invalid-date')
    expect(await refused({ moment: '2026-03-01' })).toBe('VALIDATION custom.moment invalid-instant')
    expect(await refused({ tier: 'tin' })).toBe('VALIDATION custom.tier invalid-option')
    expect(await refused({ marks: ['z'] })).toBe('VALIDATION custom.marks.0 invalid-option')
    expect(await refused({ buddy: 'nobody' })).toBe('VALIDATION custom.buddy unknown-user')
    expect(await refused({ parent: (await system.companies.create({ name: 'X' })).id })).toBe(
      'VALIDATION custom.parent missing-target',
    )
    expect(
      (await ada.leads.update(first.id, { custom: { tier: null, marks: [] } } as never)).custom,
    ).not.toHaveProperty('tier')
  })

  test('tell in events what they were and are', async () => {
    const { ada, first } = await build()
    await ada.leads.update(first.id, { custom: { seats: 3, moment: '2026-03-05T00:00:00Z' } } as never)
    const [update] = (await ada.leads.timeline(first.id)).items
    expect(JSON.parse(JSON.stringify(update?.changes))).toEqual({
      'custom.seats': [2, 3],
      'custom.moment': ['2026-03-01T10:00:00.000Z', '2026-03-05T00:00:00.000Z'],
    })
  })

  test('that are left empty are absent, on create as on update', async () => {
    const { ada } = await withFields()
    const lead = await ada.leads.create({ name: 'Ada', custom: { tier: null, seats: 1 } } as never)
    expect(lead.custom).toEqual({ seats: 1 })
    expect(await ada.leads.get(lead.id)).toEqual(lead)
    expect((await ada.leads.update(lead.id, { custom: { seats: null } } as never)).custom).toEqual({})
  })

  test.each(['a b', "it's", 'a.b', '$x', '__proto__', 'constructor', '', 'ü', '1a'])(
    'a name that would not stay a name is refused when the CRM is made: %j',
    async (name) => {
      const error = await errorOf(() =>
        newCrm({ fields: { leads: Object.fromEntries([[name, field.text()]]) } } as never),
      )
      expect([error.code, error.rule]).toEqual(['VALIDATION', 'invalid-name'])
      expectHelpful(error)
    },
  )
})
