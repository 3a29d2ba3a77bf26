import { field } from '@rapport/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { addPeople, type Client, newCrm, type TestCrm } from './support/crm'
import { DATABASE } from './support/databases'
import { multiply } from './support/multiply'
import { type Plan, readPlan } from './support/plans'

/** How far the asker reads; each is another statement. */
const REACHES = ['all', 'own', 'small team', 'big team'] as const
type Reach = (typeof REACHES)[number]

let made: TestCrm
let askers: Record<Reach, Client>
let known: { lead: string; company: string; contact: string; deal: string; stage: string }

beforeAll(async () => {
  if (!readPlan) return
  made = await newCrm({
    keep: true,
    roles: {
      solo: { '*': { read: 'own', update: 'own', export: 'own' } },
      team: { '*': { read: 'team', update: 'team' } },
    },
    fields: { leads: { code: field.text({ unique: true }) } },
  } as never)
  const { crm, system } = made
  await addPeople(system)
  await system.users.syncTeams([
    { id: 'small', name: 'Small' },
    { id: 'big', name: 'Big' },
  ])
  const mates = Array.from({ length: 70 }, (_, index) => `m${index}`)
  await system.users.sync([
    { id: 'solo', name: 'Solo', roles: ['solo'] },
    { id: 'sam', name: 'Sam', roles: ['team'], teams: ['small'] },
    { id: 'max', name: 'Max', roles: ['team'], teams: ['big'] },
    ...mates.map((id, index) => ({ id, name: id, teams: index < 10 ? ['small', 'big'] : ['big'] })),
  ])
  askers = {
    all: system,
    own: crm.as({ user: 'solo' }) as Client,
    'small team': crm.as({ user: 'sam' }) as Client,
    'big team': crm.as({ user: 'max' }) as Client,
  }

  const [company] = await Promise.all([
    system.companies.create({ name: 'Company', domain: 'c.example', owner: 'solo', phone: '+493010000000' }),
  ])
  await system.contacts.create({
    lastName: 'Contact',
    emails: ['p@c.example'],
    phones: ['+493020000000'],
    company: company.id,
    owner: 'solo',
    tags: ['VIP'],
  })
  await system.leads.create({
    name: 'Lead',
    email: 'l@c.example',
    phone: '+493030000000',
    owner: 'solo',
    tags: ['VIP'],
    custom: { code: 'A' },
  } as never)
  await system.deals.create({
    title: 'Deal',
    amount: { amount: 100, currency: 'EUR' },
    company: company.id,
    owner: 'solo',
    expectedCloseDate: '2026-03-15',
  })
  await system.tasks.create({ title: 'Task', dueDate: '2026-03-15', owner: 'solo', company: company.id })
  await system.tasks.create({
    title: 'Weekly',
    dueDate: '2026-03-15',
    owner: 'solo',
    recurrence: 'FREQ=WEEKLY;COUNT=2',
  })
  await system.activities.create({ kind: 'call', owner: 'solo', company: company.id })
  await multiply(made.storage, ['solo', 'ada', ...mates])

  const own = async (room: { list(query: never): Promise<{ items: { id: string }[] }> }) =>
    (await room.list({ where: { owner: 'solo' }, limit: 1 } as never)).items[0]?.id as string
  const deal = await own(system.deals as never)
  known = {
    lead: await own(system.leads as never),
    company: await own(system.companies as never),
    contact: await own(system.contacts as never),
    deal,
    stage: (await system.deals.get(deal)).stage,
  }
  for (const user of ['solo', 'm1']) await system.leads.share(known.lead, { with: { user }, level: 'read' })
  await system.deals.share(known.deal, { with: { team: 'small' }, level: 'read' })
  await system.deals.share(known.deal, { with: { team: 'big' }, level: 'read' })
  for (const type of ['leads', 'companies', 'contacts', 'deals'] as const) {
    const id = known[{ leads: 'lead', companies: 'company', contacts: 'contact', deals: 'deal' }[type] as 'lead']
    await system[type].share(id, { with: { team: 'small' }, level: 'edit' })
    await system[type].share(id, { with: { team: 'big' }, level: 'edit' })
    await system.notes.add({ type, id }, 'A note')
  }
  return () => crm.close()
}, 60_000)

async function planOf(call: () => Promise<unknown>): Promise<Plan> {
  const statements = [...(await made.storage.record(call))]
  expect(statements).not.toEqual([])
  return (readPlan as NonNullable<typeof readPlan>)(made.storage, statements)
}

/** With the index that must find the records, whoever asks, where there is one. */
type Shape = [name: string, call: (me: Client) => Promise<unknown>, index?: readonly [name: string, column: string]]

/** Lists an index serves in their order: nothing is sorted but, for a team, the ends of its members' ranges. */
const ordered: Shape[] = [
  ['leads, newest first', (me) => me.leads.list()],
  ['contacts, newest first', (me) => me.contacts.list()],
  ['companies, newest first', (me) => me.companies.list()],
  ['deals, newest first', (me) => me.deals.list()],
  ['leads, oldest first', (me) => me.leads.list({ orderBy: { createdAt: 'asc' } })],
  ['leads by change', (me) => me.leads.list({ orderBy: { updatedAt: 'desc' } })],
  ['leads by name', (me) => me.leads.list({ orderBy: { name: 'asc' } })],
  ['deals by title', (me) => me.deals.list({ orderBy: { title: 'desc' } })],
  ['deals by expected close', (me) => me.deals.list({ orderBy: { expectedCloseDate: 'asc' } })],
  ['activities by when they happened', (me) => me.activities.list({ orderBy: { occurredAt: 'desc' } })],
  ['leads of a status', (me) => me.leads.list({ where: { status: 'contacted' } })],
  ['my day', (me) => me.tasks.myDay({ user: 'solo' })],
  ['overdue', (me) => me.tasks.overdue({ user: 'solo' })],
  ['upcoming', (me) => me.tasks.upcoming({ user: 'solo' })],
  ['tasks about a company', (me) => me.tasks.about({ type: 'companies', id: known.company })],
  ['leads with nothing planned', (me) => me.leads.list({ where: { nextActivityAt: null } })],
  [
    'contacts silent for a fortnight, the longest first',
    (me) =>
      me.contacts.list({ where: { not: { lastActivityAt: { last: '14d' } } }, orderBy: { lastActivityAt: 'asc' } }),
  ],
  ['open deals', (me) => me.deals.list({ where: { status: 'open' } })],
]

const others: Shape[] = [
  ['leads of an owner', (me) => me.leads.list({ where: { owner: 'solo' } })],
  ['leads of mine', (me) => me.leads.list({ where: { owner: { me: true } } })],
  ['leads of a team', (me) => me.leads.list({ where: { owner: { team: 'small' } } })],
  ['leads with a tag', (me) => me.leads.list({ where: { tags: 'VIP' } }), ['record_key', 'value']],
  [
    'leads with one of two tags',
    (me) => me.leads.list({ where: { tags: { hasAny: ['VIP', 'late'] } } }),
    ['record_key', 'value'],
  ],
  ['leads by email', (me) => me.leads.list({ where: { email: 'l7@c.example' } }), ['lead_email', 'email_key']],
  ['leads by phone', (me) => me.leads.list({ where: { phone: '+493030000007' } }), ['lead_phone', 'phone_key']],
  [
    'contacts by one of their emails',
    (me) => me.contacts.list({ where: { emails: 'p7@c.example' } }),
    ['record_key', 'value'],
  ],
  [
    'contacts by one of their phones',
    (me) => me.contacts.list({ where: { phones: '+493020000007' } }),
    ['record_key', 'value'],
  ],
  [
    'companies by domain',
    (me) => me.companies.list({ where: { domain: 'c7.example' } }),
    ['company_domain', 'domain_key'],
  ],
  ['leads by a unique custom field', (me) => me.leads.list({ where: { custom: { code: 'A7' } } })],
  [
    'contacts of a company',
    (me) => me.contacts.list({ where: { company: known.company } }),
    ['contact_company', 'company'],
  ],
  ['contacts of companies that match', (me) => me.contacts.list({ where: { company: { name: 'Company 7' } } })],
  ['deals of a stage', (me) => me.deals.list({ where: { stage: known.stage } })],
  ['deals of a stage by name', (me) => me.deals.list({ where: { stage: 'Negotiation' } })],
  ['deals of a class of stages', (me) => me.deals.list({ where: { stage: { class: 'open' } } })],
  ['leads by id', (me) => me.leads.list({ where: { id: { in: [known.lead] } } }), ['lead', 'id']],
  [
    'leads of this month',
    (me) => me.leads.list({ where: { createdAt: { this: 'month' } } }),
    ['created', 'created_at'],
  ],
  ['tasks due on a day', (me) => me.tasks.list({ where: { dueDate: '2026-03-15' } })],
  ['tasks of a company', (me) => me.tasks.list({ where: { company: known.company } }), ['task_company', 'company']],
  [
    'a month of the calendar',
    (me) =>
      me.calendar.range({ from: '2026-04-01T00:00:00Z', to: '2026-05-01T00:00:00Z', users: ['solo'], kinds: ['task'] }),
    ['task_open_series', 'owner'],
  ],
  ['deals with companies and owners', (me) => me.deals.list({ include: ['company', 'owner'] })],
  ['a count', (me) => me.leads.list({ limit: 1, count: 'exact' })],
  ['a count of a status', (me) => me.leads.list({ limit: 1, count: 'capped', where: { status: 'new' } })],
  ['a second page', async (me) => me.leads.list({ limit: 5, after: (await me.leads.list({ limit: 5 })).nextCursor })],
  [
    'a second page by name',
    async (me) =>
      me.leads.list({
        limit: 5,
        orderBy: { name: 'asc' },
        after: (await me.leads.list({ limit: 5, orderBy: { name: 'asc' } })).nextCursor,
      }),
  ],
  ['get', (me) => me.leads.get(known.lead)],
  [
    'get with what it links to',
    (me) => me.deals.get(known.deal, { include: ['company', 'owner', 'stage', 'pipeline'] }),
  ],
  ['can', (me) => me.can('leads', 'update', known.lead)],
  ['the timeline of a lead', (me) => me.timeline({ type: 'leads', id: known.lead })],
  ['the timeline of a company', (me) => me.timeline({ type: 'companies', id: known.company }, { limit: 5 })],
  ['notes', (me) => me.notes.list({ type: 'deals', id: known.deal })],
  ['stage history', (me) => me.deals.stageHistory(known.deal)],
  ['lines', (me) => me.deals.lines(known.deal)],
  ['contacts of a deal', (me) => me.deals.contacts(known.deal)],
  ['duplicates of a contact', (me) => me.contacts.duplicates(known.contact)],
  ['duplicates of a lead', (me) => me.leads.duplicates(known.lead)],
  ['tags', (me) => me.tags.list('leads')],
]

/** PostgreSQL knows how few leads each of a team has, and takes any index that finds the owner for their month. */
const fewOfEach = (reach: Reach, index: string) =>
  DATABASE === 'postgres' && reach.endsWith('team') && index === 'created'

describe.runIf(readPlan).each(REACHES)(`on ${DATABASE}, for one who reads %s`, (reach) => {
  test.each(ordered)('%s: no whole scan, and no sorting', async (_, call) => {
    const me = askers[reach]
    await call(me)
    const plan = await planOf(() => call(me))
    expect(plan.wholeScans, plan.text).toEqual([])
    // Who reads the records of few reads their ranges of an index, not the whole tenant's.
    if (reach === 'own' || reach === 'small team') expect(plan.walksOfAll, plan.text).toEqual([])
    if (reach === 'own' || reach === 'all') expect(plan.sorts, plan.text).toEqual([])
  })

  test.each(others)('%s: no whole scan, and the index made for it', async (_, call, index) => {
    const me = askers[reach]
    await call(me)
    const plan = await planOf(() => call(me))
    if (index && !fewOfEach(reach, index[0])) expect(plan.finds(...index), plan.text).toBe(true)
    // Found by that index, or else walked in the order asked for.
    if (index) expect(plan.walks, plan.text).toEqual([])
    expect(plan.wholeScans, plan.text).toEqual([])
  })
})

test.runIf(readPlan).each<Shape>([
  ['unassigned tasks', (me) => me.tasks.unassigned()],
  ['audit', (me) => me.audit()],
  ['audit of a user', (me) => me.audit({ where: { actor: 'solo' } })],
  ['audit of a record', (me) => me.audit({ where: { recordId: known.lead } })],
  ['audit of an event', (me) => me.audit({ where: { name: 'deal.won' } })],
  ['audit of a day', (me) => me.audit({ where: { at: 'today' } })],
  ['an update', (me) => me.leads.update(known.lead, { title: `T${Math.random()}` })],
  [
    'an update from an older version',
    (me) => me.leads.update(known.lead, { score: Math.floor(Math.random() * 100) }, { ifVersion: 1 }),
  ],
  [
    'a create with everything to check',
    (me) =>
      me.contacts.create({
        lastName: 'X',
        emails: [`${Math.random()}@x.example`],
        company: known.company,
        tags: ['VIP'],
      }),
  ],
  [
    'a create with a unique custom field',
    (me) => me.leads.create({ name: 'X', custom: { code: `B${Math.random()}` } }),
  ],
  ['a move', (me) => me.deals.moveMany([known.deal], 'Proposal Sent')],
  [
    'a conversion',
    async (me) =>
      me.leads.convert(
        (await me.leads.create({ name: 'X', email: `${Math.random()}@x.example`, company: 'Company 5' })).id,
        { deal: 'create' },
        { onDuplicate: 'link' } as never,
      ),
  ],
  [
    'delete, restore and purge',
    async (me) => {
      const { id } = await me.companies.create({ name: 'X', domain: 'purged.example' })
      await me.companies.delete(id)
      await me.companies.restore(id)
      await me.companies.delete(id)
      await me.companies.purge(id)
    },
  ],
  ['a keyed create', (me) => me.leads.create({ name: 'X' }, { idempotencyKey: String(Math.random()) })],
  ['a round of background work', () => made.crm.tick()],
])('%s: no whole scan', async (_, call) => {
  const plan = await planOf(() => call(askers.all))
  expect(plan.wholeScans, plan.text).toEqual([])
})
