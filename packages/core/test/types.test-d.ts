/** Compiled with the project, never run: what the types promise, and what they refuse. */
import {
  type Crm,
  createCrm,
  type Deal,
  eur,
  field,
  type Lead,
  type Money,
  type Page,
  type ScopedClient,
  type Storage,
} from '@rapport/core'
import { expectTypeOf } from 'vitest'

declare const storage: Storage

const crm = createCrm({
  storage,
  fields: {
    deals: {
      tier: field.select(['gold', 'silver']),
      seats: field.integer({ required: true }),
      budget: field.money(),
      signedAt: field.instant(),
      marks: field.multiSelect(['a', 'b']),
      partner: field.link('companies'),
    },
  },
})
const me = crm.as({ user: 'ada', tenant: 'acme' })

/** A record as it is read: custom fields with their types, empty ones null or absent. */
export async function reading() {
  const deal = await me.deals.get('id')
  expectTypeOf(deal.title).toEqualTypeOf<string>()
  expectTypeOf(deal.amount).toEqualTypeOf<Money | null>()
  expectTypeOf(deal.closedAt).toEqualTypeOf<Date | null>()
  expectTypeOf(deal.expectedCloseDate).toEqualTypeOf<string | null>()
  expectTypeOf(deal.tags).toEqualTypeOf<string[]>()
  expectTypeOf(deal.version).toEqualTypeOf<number>()
  expectTypeOf(deal.owner).toEqualTypeOf<string | null>()
  expectTypeOf(deal.custom.tier).extract<string>().toEqualTypeOf<'gold' | 'silver'>()
  expectTypeOf(deal.custom.seats).extract<number>().toEqualTypeOf<number>()
  expectTypeOf(deal.custom.budget).extract<Money>().toEqualTypeOf<Money>()
  expectTypeOf(deal.custom.signedAt).extract<Date>().toEqualTypeOf<Date>()
  expectTypeOf(deal.custom.marks).extract<string[]>().toEqualTypeOf<('a' | 'b')[]>()
  // @ts-expect-error there is no such custom field
  deal.custom.nope
  // @ts-expect-error there is no such field
  deal.nope

  const lead = await me.leads.get('id')
  expectTypeOf(lead.status).toExtend<string>()
  expectTypeOf(lead.score).toEqualTypeOf<number | null>()
  // @ts-expect-error leads have no custom fields here
  lead.custom.tier.length

  expectTypeOf(await me.deals.list()).toExtend<Page<Deal<unknown>>>()
  for await (const each of me.deals.each())
    expectTypeOf(each.custom.tier).extract<string>().toEqualTypeOf<'gold' | 'silver'>()
}

/** What create and update take. */
export async function writing() {
  await me.deals.create({
    title: 'Engine',
    amount: eur(12_000),
    custom: { tier: 'gold', seats: 3, signedAt: '2026-03-01T00:00:00Z' },
  })
  await me.deals.create({
    title: 'Engine',
    custom: { seats: 3, marks: ['a'], budget: eur(5), signedAt: new Date() },
    tags: ['VIP'],
  })
  await me.deals.update(
    'id',
    { amount: null, expectedCloseDate: '2026-03-01', custom: { tier: null } },
    { ifVersion: 3 },
  )
  await me.deals.updateMany([{ id: 'id', patch: { title: 'New' }, ifVersion: 1 }])
  const [result] = await me.deals.createMany([{ title: 'X', custom: { seats: 1 } }])
  if (result?.ok) expectTypeOf(result.value.custom.tier).extract<string>().toEqualTypeOf<'gold' | 'silver'>()
  else expectTypeOf(result?.error.code).extract<string>().toExtend<string>()
  await me.companies.create({ name: 'Engines', website: 'https://engines.example' })
  await me.contacts.create({
    lastName: 'Byron',
    emails: ['ada@engines.example', { value: 'a@b.example', label: 'home' }],
  })

  // @ts-expect-error a company needs a name
  await me.companies.create({ website: 'https://engines.example' })
  // @ts-expect-error a deal needs a title
  await me.deals.create({ amount: eur(1), custom: { seats: 3 } })
  // @ts-expect-error an unknown key
  await me.deals.create({ title: 'Engine', nope: 1, custom: { seats: 3 } })
  // @ts-expect-error an unknown custom field
  await me.deals.create({ title: 'Engine', custom: { seats: 3, nope: 1 } })
  // @ts-expect-error not one of the options
  await me.deals.create({ title: 'Engine', custom: { seats: 3, tier: 'bronze' } })
  // @ts-expect-error a number is no money
  await me.deals.create({ title: 'Engine', amount: 12_000, custom: { seats: 3 } })
  // @ts-expect-error the SDK sets it
  await me.deals.create({ title: 'Engine', status: 'won', custom: { seats: 3 } })
  // @ts-expect-error the SDK sets it
  await me.deals.update('id', { version: 3 })
  // @ts-expect-error an unknown key in a patch
  await me.leads.update('id', { nope: 1 })
  // @ts-expect-error an unknown custom field in a patch
  await me.deals.update('id', { custom: { nope: 1 } })
  // @ts-expect-error a name cannot be emptied
  await me.companies.update('id', { name: null })
  // @ts-expect-error leads have no custom fields here
  await me.leads.create({ name: 'Ada', custom: { tier: 'gold' } })
}

/** What filters and orders take. */
export async function asking() {
  await me.deals.list({
    where: {
      stage: { class: 'open' },
      amount: { gt: eur(1_000) },
      owner: { team: 'emea' },
      company: { name: { startsWith: 'E' } },
      createdAt: { this: 'month' },
      expectedCloseDate: { last: '30d' },
      tags: { hasAny: ['VIP'] },
      custom: {
        tier: 'gold',
        seats: { between: [1, 5] },
        budget: { lte: eur(5) },
        signedAt: { this: 'year' },
        marks: { has: 'a' },
      },
      or: [{ title: { contains: 'x' } }, { not: { probability: { lt: 50 } } }],
    },
    orderBy: [{ expectedCloseDate: 'asc' }, { custom: { seats: 'desc' } }],
    include: ['company'],
    count: 'capped',
    limit: 20,
  })
  await me.leads.list({
    where: { status: { in: ['new', 'lost'] }, email: null, score: { gte: 5 } },
    orderBy: { name: 'desc' },
  })

  // @ts-expect-error an unknown field
  await me.deals.list({ where: { nope: 1 } })
  // @ts-expect-error an unknown custom field
  await me.deals.list({ where: { custom: { nope: 1 } } })
  // @ts-expect-error not one of the options
  await me.deals.list({ where: { custom: { tier: 'bronze' } } })
  // @ts-expect-error an unknown operator
  await me.deals.list({ where: { probability: { like: 5 } } })
  // @ts-expect-error money is compared with money
  await me.deals.list({ where: { amount: { gt: 1_000 } } })
  // @ts-expect-error a number is compared with a number
  await me.leads.list({ where: { score: { gt: '5' } } })
  // @ts-expect-error an unknown class of stage
  await me.deals.list({ where: { stage: { class: 'closed' } } })
  // @ts-expect-error an unknown field deep in a filter
  await me.deals.list({ where: { or: [{ not: { nope: 1 } }] } })
  // @ts-expect-error an unknown field to sort by
  await me.deals.list({ orderBy: { nope: 'asc' } })
  // @ts-expect-error an unknown direction
  await me.deals.list({ orderBy: { title: 'up' } })
  // @ts-expect-error an unknown custom field to sort by
  await me.deals.list({ orderBy: { custom: { nope: 'asc' } } })
  // @ts-expect-error an unknown way of counting
  await me.deals.list({ count: 'all' })
  // @ts-expect-error an unknown part of a request
  await me.deals.list({ page: 2 })
}

/** Without custom fields declared, and for who calls. */
export async function calling() {
  const plain = createCrm({ storage }).as({ user: 'ada' })
  const lead = await plain.leads.create({ name: 'Ada' })
  expectTypeOf(lead).toExtend<Lead<unknown>>()
  expectTypeOf(await plain.leads.can('update', lead)).toEqualTypeOf<boolean>()
  const { contact, deal } = await me.leads.convert(lead.id, { deal: 'create' })
  expectTypeOf(contact).not.toBeAny()
  expectTypeOf(deal).not.toBeAny()

  // @ts-expect-error a user is needed
  crm.as({ tenant: 'acme' })
  // @ts-expect-error so is a reason
  crm.asSystem({ tenant: 'acme' })
  // @ts-expect-error custom fields belong to a type of record
  createCrm({ storage, fields: { nope: { tier: field.text() } } })
  // @ts-expect-error there is no such action
  await plain.leads.can('conquer')
}

/** A client, or a CRM, with custom fields is one for code that names none. */
export const forAnybody: [ScopedClient, Crm] = [me, crm]
