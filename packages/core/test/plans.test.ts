import { field } from '@rapport/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { addPeople, type Client, newCrm, type TestCrm } from './support/crm'

/** How far the asker reads; each is another statement. */
const REACHES = ['all', 'own', 'small team', 'big team'] as const
type Reach = (typeof REACHES)[number]

const COUNT = 3000
let made: TestCrm
let askers: Record<Reach, Client>
let known: { lead: string; company: string; contact: string; deal: string; stage: string }

beforeAll(async () => {
  made = await newCrm({
    keep: true,
    roles: {
      solo: { '*': { read: 'own', update: 'own', export: 'own' } },
      team: { '*': { read: 'team', update: 'team' } },
    },
    fields: { leads: { code: field.text({ unique: true }) } },
  } as never)
  const { crm, system, clock } = made
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

  const owners = ['solo', 'ada', ...mates]
  const rows = <T>(of: (index: number, owner: string) => T) =>
    Array.from({ length: COUNT }, (_, index) => of(index, owners[index % owners.length] as string))
  const write = async (room: { createMany(items: never[]): Promise<{ ok: boolean }[]> }, items: object[]) => {
    for (let from = 0; from < COUNT; from += 500) {
      clock.advance(60_000)
      for (const result of await room.createMany(items.slice(from, from + 500) as never)) expect(result.ok).toBe(true)
    }
  }
  await write(
    system.companies as never,
    rows((index, owner) => ({
      name: `Company ${index}`,
      domain: `c${index}.example`,
      owner,
      phone: `+4930${10_000_000 + index}`,
    })),
  )
  const companies = await ids(system.companies)
  await write(
    system.contacts as never,
    rows((index, owner) => ({
      lastName: `Contact ${index}`,
      emails: [`p${index}@c.example`],
      phones: [`+4930${20_000_000 + index}`],
      company: companies[index % 200],
      owner,
      tags: index % 7 === 0 ? ['VIP'] : [],
    })),
  )
  await write(
    system.leads as never,
    rows((index, owner) => ({
      name: `Lead ${index}`,
      email: `l${index}@c.example`,
      phone: `+4930${30_000_000 + index}`,
      status: index % 3 === 0 ? 'contacted' : 'new',
      owner,
      tags: index % 7 === 0 ? ['VIP'] : [],
      custom: { code: `A${index}` },
    })),
  )
  await write(
    system.deals as never,
    rows((index, owner) => ({
      title: `Deal ${index}`,
      amount: { amount: index, currency: 'EUR' },
      company: companies[index % 200],
      owner,
      stage: index % 5 === 0 ? 'Negotiation' : 'Qualification',
      expectedCloseDate: `2026-0${1 + (index % 9)}-15`,
    })),
  )
  await write(
    system.tasks as never,
    rows((index, owner) => ({
      title: `Task ${index}`,
      dueDate: `2026-0${1 + (index % 9)}-15`,
      owner,
      company: companies[index % 200],
    })),
  )
  await write(
    system.activities as never,
    rows((index, owner) => ({ kind: 'call', owner, company: companies[index % 200] })),
  )

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

async function ids(room: { each(query: never): AsyncIterable<{ id: string }> }): Promise<string[]> {
  const all: string[] = []
  for await (const { id } of room.each({} as never)) all.push(id)
  return all
}

/** The plans of all statements the call took, a line for each step. */
async function plansOf(call: () => Promise<unknown>): Promise<string[]> {
  const statements = await made.storage.record(call)
  const lines: string[] = []
  for (const { sql, params } of [...statements]) {
    const rows = await made.storage.read(`explain query plan ${sql}`, params)
    lines.push(...rows.map((row) => String(row[3])))
  }
  return lines
}

/** Tables that grow with use; those of users, teams, stages and pipelines stay small. */
const GROWING =
  /^(r|l\d+|e|n|crm_(lead|contact|company|deal|product|activity|task|note|event|event_about|share|record_key|stage_interval|deal_contact|deal_line|delivery|idempotency))\b/

/** Work is taken off these in order, whosever it is. */
const QUEUES = /crm_(event_pending|delivery_(due|dead)|idempotency_age) /

/** Steps that read a table that grows from end to end, or another tenant's part of it. */
const wholeScans = (lines: readonly string[]) =>
  lines.filter((line) => {
    const scanned = /^SCAN (\S+)/.exec(line)
    if (scanned) return GROWING.test(scanned[1] as string)
    const [, table, terms] = /^SEARCH (\S+) USING [^(]*\((.*)\)$/.exec(line) ?? []
    return table !== undefined && GROWING.test(table) && !QUEUES.test(line) && !terms?.startsWith('tenant_id=?')
  })

const sorts = (lines: readonly string[]) =>
  lines.filter((line) => /TEMP B-TREE FOR (THE )?(RIGHT PART OF )?ORDER BY/.test(line))

type Shape = [name: string, call: (me: Client) => Promise<unknown>]

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
  ['open deals', (me) => me.deals.list({ where: { status: 'open' } })],
]

const others: Shape[] = [
  ['leads of an owner', (me) => me.leads.list({ where: { owner: 'solo' } })],
  ['leads of mine', (me) => me.leads.list({ where: { owner: { me: true } } })],
  ['leads of a team', (me) => me.leads.list({ where: { owner: { team: 'small' } } })],
  ['leads with a tag', (me) => me.leads.list({ where: { tags: 'VIP' } })],
  ['leads with one of two tags', (me) => me.leads.list({ where: { tags: { hasAny: ['VIP', 'late'] } } })],
  ['leads by email', (me) => me.leads.list({ where: { email: 'l7@c.example' } })],
  ['leads by phone', (me) => me.leads.list({ where: { phone: '+493030000007' } })],
  ['contacts by one of their emails', (me) => me.contacts.list({ where: { emails: 'p7@c.example' } })],
  ['contacts by one of their phones', (me) => me.contacts.list({ where: { phones: '+493020000007' } })],
  ['companies by domain', (me) => me.companies.list({ where: { domain: 'c7.example' } })],
  ['leads by a unique custom field', (me) => me.leads.list({ where: { custom: { code: 'A7' } } })],
  ['contacts of a company', (me) => me.contacts.list({ where: { company: known.company } })],
  ['contacts of companies that match', (me) => me.contacts.list({ where: { company: { name: 'Company 7' } } })],
  ['deals of a stage', (me) => me.deals.list({ where: { stage: known.stage } })],
  ['deals of a stage by name', (me) => me.deals.list({ where: { stage: 'Negotiation' } })],
  ['deals of a class of stages', (me) => me.deals.list({ where: { stage: { class: 'open' } } })],
  ['leads by id', (me) => me.leads.list({ where: { id: { in: [known.lead] } } })],
  ['leads of this month', (me) => me.leads.list({ where: { createdAt: { this: 'month' } } })],
  ['tasks due on a day', (me) => me.tasks.list({ where: { dueDate: '2026-03-15' } })],
  ['tasks of a company', (me) => me.tasks.list({ where: { company: known.company } })],
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

describe.each(REACHES)('for one who reads %s', (reach) => {
  test.each(ordered)('%s: no whole scan, and no sorting', async (_, call) => {
    const me = askers[reach]
    await call(me)
    const lines = await plansOf(() => call(me))
    expect(wholeScans(lines), lines.join('\n')).toEqual([])
    if (reach !== 'small team' && reach !== 'big team') expect(sorts(lines), lines.join('\n')).toEqual([])
  })

  test.each(others)('%s: no whole scan', async (_, call) => {
    const me = askers[reach]
    await call(me)
    const lines = await plansOf(() => call(me))
    expect(lines.length).toBeGreaterThan(0)
    expect(wholeScans(lines), lines.join('\n')).toEqual([])
  })
})

test.each<Shape>([
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
  [
    'a move',
    async (me) => (await me.deals.moveTo(known.deal, 'Proposal Sent'), me.deals.moveTo(known.deal, 'Negotiation')),
  ],
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
      const { id } = await me.companies.create({ name: 'X', domain: 'x.example' })
      await me.companies.delete(id)
      await me.companies.restore(id)
      await me.companies.delete(id)
      await me.companies.purge(id)
    },
  ],
  ['a keyed create', (me) => me.leads.create({ name: 'X' }, { idempotencyKey: String(Math.random()) })],
  ['a round of background work', () => made.crm.tick()],
])('%s: no whole scan', async (_, call) => {
  const lines = await plansOf(() => call(askers.all))
  expect(lines.length).toBeGreaterThan(0)
  expect(wholeScans(lines), lines.join('\n')).toEqual([])
})
