import { eur, isCrmError } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { describe, expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { withoutGuards } from '../../test/support/databases'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

const ADA = {
  name: 'Ada Byron',
  email: 'ada@engine.example',
  phone: '+49 30 901820',
  company: 'Engine Works',
  title: 'Analyst',
  source: 'event',
  tags: ['math'],
  consent: { newsletter: false },
}

async function withLead(lead: object = ADA) {
  const people = await withPeople()
  const made = await people.ada.leads.create(lead as never)
  return { ...people, lead: made }
}

describe('by default', () => {
  test('a lead becomes a contact and the company it names, and no deal', async () => {
    const { ada, lead } = await withLead()
    const { contact, company, deal, lead: after } = await ada.leads.convert(lead.id)
    expect(contact).toMatchObject({
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@engine.example',
      emails: [{ value: 'ada@engine.example', primary: true }],
      phone: '+49 30 901820',
      title: 'Analyst',
      source: 'event',
      tags: ['math'],
      consent: { newsletter: false },
      owner: 'ada',
      company: company?.id,
    })
    expect(company).toMatchObject({ name: 'Engine Works', domain: 'engine.example', owner: 'ada' })
    expect(deal).toBeNull()
    expect(after).toMatchObject({
      status: 'converted',
      convertedBy: 'ada',
      convertedAt: new Date('2026-03-10T12:00:00Z'),
      convertedContactId: contact?.id,
      convertedCompanyId: company?.id,
      convertedDealId: null,
    })
  })

  test('a lead without a company becomes a contact alone', async () => {
    const { ada, lead } = await withLead({ name: 'Solo', email: 'solo@gmail.com' })
    expect(await ada.leads.convert(lead.id)).toMatchObject({
      contact: { lastName: 'Solo', company: null },
      company: null,
    })
  })

  test('a free-mail address names no company’s domain', async () => {
    const { ada, lead } = await withLead({ ...ADA, email: 'ada@gmail.com' })
    expect((await ada.leads.convert(lead.id)).company).toMatchObject({ name: 'Engine Works', domain: null })
  })
})

describe('each target', () => {
  test('is created with the values given, beside or instead of the lead’s', async () => {
    const { ada, lead } = await withLead()
    const { contact, company, deal } = await ada.leads.convert(lead.id, {
      contact: { create: { firstName: 'Augusta', lastName: 'King' } },
      company: { create: { industry: 'Computing' } },
      deal: { create: { title: 'Engine', amount: eur(12_000) } },
    })
    expect(contact).toMatchObject({ name: 'Augusta King', email: 'ada@engine.example', company: company?.id })
    expect(company).toMatchObject({ name: 'Engine Works', industry: 'Computing' })
    expect(deal).toMatchObject({
      title: 'Engine',
      amount: eur(12_000),
      company: company?.id,
      lead: lead.id,
      source: 'event',
      status: 'open',
      owner: 'ada',
    })
    expect(await ada.deals.contacts(deal?.id as string)).toEqual([
      { contact: contact?.id, name: 'Augusta King', role: null, primary: true },
    ])
  })

  test('is left out where asked', async () => {
    const { ada, lead } = await withLead()
    expect(await ada.leads.convert(lead.id, { contact: 'none', company: 'none', deal: 'create' })).toMatchObject({
      contact: null,
      company: null,
      deal: { title: 'Engine Works', company: null },
    })
  })

  test('is linked, and only its empty fields are filled', async () => {
    const { ada, lead } = await withLead()
    const known = await ada.contacts.create({ lastName: 'Lovelace', email: 'countess@lovelace.example' })
    const works = await ada.companies.create({ name: 'The Works' })
    const sale = await ada.deals.create({ title: 'Old deal' })
    const { contact, company, deal } = await ada.leads.convert(lead.id, {
      contact: { link: known.id },
      company: { link: works.id },
      deal: { link: sale.id },
    })
    expect(contact).toMatchObject({
      id: known.id,
      firstName: 'Ada',
      lastName: 'Lovelace',
      email: 'countess@lovelace.example',
      phone: '+49 30 901820',
      title: 'Analyst',
      company: works.id,
    })
    expect(company).toMatchObject({ id: works.id, name: 'The Works', domain: 'engine.example' })
    expect(deal).toMatchObject({ id: sale.id, title: 'Old deal', source: 'event', company: works.id, lead: lead.id })
    expect(await ada.deals.contacts(sale.id)).toMatchObject([{ contact: known.id, primary: true }])
  })

  test('of a colleague is linked as it is: reading is enough, but nothing is filled', async () => {
    const { ada, bob, lead } = await withLead()
    const known = await bob.contacts.create({ lastName: 'Lovelace' })
    const { contact } = await ada.leads.convert(lead.id, { contact: { link: known.id } })
    expect(contact).toMatchObject({ id: known.id, title: null, version: 1 })
  })

  test('that cannot be seen is missing', async () => {
    const { ada, cyd, lead } = await withLead()
    const hidden = await cyd.contacts.create({ lastName: 'Hidden' })
    expect(await refusal(ada.leads.convert(lead.id, { contact: { link: hidden.id } }))).toMatchObject({
      code: 'VALIDATION',
      field: 'contact.link',
      rule: 'missing-target',
    })
  })

  test('with wrong values is refused under its own path', async () => {
    const { ada, lead } = await withLead()
    expect(
      await refusal(ada.leads.convert(lead.id, { deal: { create: { title: 'x', nonsense: 1 } as never } })),
    ).toMatchObject({
      code: 'VALIDATION',
      field: 'deal.create.nonsense',
      rule: 'unknown-key',
    })
  })
})

test('the company of a linked contact is the company, unless another one is given', async () => {
  const { ada, lead } = await withLead()
  const home = await ada.companies.create({ name: 'Home' })
  const known = await ada.contacts.create({ lastName: 'Lovelace', company: home.id })
  const { company, deal } = await ada.leads.convert(lead.id, { contact: { link: known.id }, deal: 'create' })
  expect(company).toMatchObject({ id: home.id })
  expect(deal).toMatchObject({ title: 'Home', company: home.id })
})

test.each([
  [{ contact: 'yes' }, 'contact'],
  [{ contact: { create: {}, link: 'x' } }, 'contact'],
  [{ company: { link: 'not-an-id' } }, 'company.link'],
  [{ onDuplicate: 'merge' }, 'onDuplicate'],
  [{ activities: 'no' }, 'activities'],
  [{ deals: 'create' }, 'deals'],
])('input of a wrong shape is refused before any statement: %j', async (input, field) => {
  const { ada, lead, storage } = await withLead()
  const statements = await storage.record(async () => {
    expect(await refusal(ada.leads.convert(lead.id, input as never))).toMatchObject({ code: 'VALIDATION', field })
  })
  expect(statements).toHaveLength(0)
})

describe('who may convert', () => {
  test('needs convert on the lead', async () => {
    const { bob, cyd, lead } = await withLead()
    expect(await refusal(bob.leads.convert(lead.id))).toMatchObject({ code: 'FORBIDDEN', rule: 'convert-not-granted' })
    expect(await refusal(cyd.leads.convert(lead.id))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a manager converts for the owner, who gets what it becomes', async () => {
    const { mia, lead } = await withLead()
    const { contact, company, lead: after } = await mia.leads.convert(lead.id)
    expect([contact?.owner, company?.owner, after.owner]).toEqual(['ada', 'ada', 'ada'])
    expect(after.convertedBy).toBe('mia')
  })

  test('what belonged to somebody inactive becomes the converter’s', async () => {
    const { system, mia, lead } = await withLead()
    await system.users.sync([{ id: 'ada', name: 'Ada', roles: ['sales'], teams: ['north'], active: false }])
    expect((await mia.leads.convert(lead.id)).contact?.owner).toBe('mia')
  })
})

describe('a role', () => {
  const roles = {
    converter: { leads: { read: 'all', convert: 'all' }, contacts: { read: 'all' } },
    blind: {
      leads: { read: 'all', convert: 'all', fields: { phone: 'none' } },
      contacts: { read: 'all', create: 'all', assign: 'all', fields: { title: 'read' } },
      companies: { read: 'all', create: 'all', assign: 'all' },
    },
  } as const

  async function withRole(role: string) {
    const made = await withPeople({ roles })
    await made.system.users.sync([{ id: 'rob', name: 'Rob', roles: [role] }])
    const lead = await made.ada.leads.create(ADA)
    return { ...made, rob: made.as('rob'), lead }
  }

  test('without create on contacts cannot convert into one', async () => {
    const { rob, lead, storage } = await withRole('converter')
    const before = await dumpTables(storage)
    expect(await refusal(rob.leads.convert(lead.id, { company: 'none' }))).toMatchObject({
      code: 'FORBIDDEN',
      field: 'contacts',
      rule: 'create-not-granted',
    })
    expect(await dumpTables(storage)).toEqual(before)
    expect(await refusal(rob.leads.convert(lead.id, { contact: 'none', company: 'none' }))).toBeUndefined()
  })

  test('that does not see a field of the lead does not carry it to where it would be seen, nor writes what it may not', async () => {
    const { rob, root, lead } = await withRole('blind')
    const { contact } = await rob.leads.convert(lead.id)
    expect(await root.contacts.get(contact?.id as string)).toMatchObject({
      phone: null,
      title: null,
      email: 'ada@engine.example',
    })
  })
})

describe('repeating the call', () => {
  test('gives the first result, whatever the input, and writes nothing', async () => {
    const { ada, lead, storage } = await withLead()
    const first = await ada.leads.convert(lead.id, { deal: 'create' })
    const before = await dumpTables(storage)
    expect(await ada.leads.convert(lead.id, { contact: 'none' })).toEqual(first)
    expect(await dumpTables(storage)).toEqual(before)
  })

  test('with an idempotency key as well', async () => {
    const { ada, lead } = await withLead()
    const first = await ada.leads.convert(lead.id, {}, { idempotencyKey: 'k' })
    expect(await ada.leads.convert(lead.id, {}, { idempotencyKey: 'k' })).toEqual(first)
    expect(await refusal(ada.leads.convert(lead.id, { deal: 'create' }, { idempotencyKey: 'k' }))).toMatchObject({
      code: 'CONFLICT',
    })
  })

  test('does not show what is out of reach by now', async () => {
    const { ada, root, lead } = await withLead()
    const { contact } = await ada.leads.convert(lead.id)
    await root.contacts.assign(contact?.id as string, { user: 'cyd' })
    expect((await ada.leads.convert(lead.id)).contact).toBeNull()
  })
})

test('a lost lead is reopened before it is converted', async () => {
  const { ada, lead } = await withLead()
  await ada.leads.update(lead.id, { status: 'lost', lostReason: 'price' })
  expect(await refusal(ada.leads.convert(lead.id))).toMatchObject({
    code: 'INVALID_TRANSITION',
    rule: 'only-when-open',
    remedy: 'From lost it can go to: new, contacted.',
  })
})

test('many at a time have a result each; one that fails leaves nothing behind', async () => {
  const { ada, storage } = await withPeople()
  const [one, two, three] = await Promise.all(
    ['One', 'Two', 'Three'].map((name) => ada.leads.create({ name, company: `${name} Ltd` })),
  )
  const results = await ada.leads.convertMany([
    { id: one?.id as string },
    { id: two?.id as string, deal: { create: { title: 'Deal', stage: 'No such stage' } } },
    { id: three?.id as string, company: 'none' },
  ])
  expect(results.map(({ ok }) => ok)).toEqual([true, false, true])
  expect(results[1]).toMatchObject({ error: { code: 'VALIDATION' } })
  const dump = await dumpTables(storage)
  expect(dump.company).toHaveLength(1)
  expect(dump.contact).toHaveLength(2)
  expect((await ada.leads.get(two?.id as string)).status).toBe('new')
})

test('custom fields go to those of the same name and kind', async () => {
  const { field } = await import('@rapport/core')
  const fields = {
    leads: { tier: field.select(['gold', 'silver']), budget: field.integer() },
    contacts: { tier: field.select(['gold', 'silver']), budget: field.text() },
    deals: { tier: field.select(['gold', 'silver']) },
  }
  const { ada } = await withPeople({ fields })
  const lead = await ada.leads.create({ name: 'Ada', custom: { tier: 'gold', budget: 5 } })
  const { contact, deal } = await ada.leads.convert(lead.id, { deal: { create: { custom: { tier: 'silver' } } } })
  expect([contact?.custom, deal?.custom]).toEqual([{ tier: 'gold' }, { tier: 'silver' }])
})

test('takes a fixed number of statements', async () => {
  const { ada, storage } = await withPeople()
  const warm = await ada.leads.create({ name: 'Warm' })
  await ada.leads.convert(warm.id, { deal: 'create' })
  const count = async (lead: object, input: object) => {
    const { id } = await ada.leads.create(lead as never)
    return withoutGuards(await storage.record(() => ada.leads.convert(id, input))).length
  }
  expect({
    contact: await count({ name: 'Solo One' }, {}),
    'contact, company': await count({ name: 'Duo', company: 'Duo Ltd', email: 'a@duo.example' }, {}),
    'contact, company, deal': await count(
      { name: 'Trio', company: 'Trio Ltd', email: 'a@trio.example' },
      { deal: 'create' },
    ),
  }).toMatchInlineSnapshot(`
    {
      "contact": 12,
      "contact, company": 20,
      "contact, company, deal": 28,
    }
  `)
})
