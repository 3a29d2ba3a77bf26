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
  await system.activities.create({ kind: 'call', owner: 'solo', company: company.id })
  await multiply(['solo', 'ada', ...mates])

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

/** Each record so many times, past the API, which would take a minute: with its own id, owner, name, email, phone and moment. */
async function multiply(owners: readonly string[]) {
  const differs: Record<string, string> = {
    id: "substr(id, 1, 24) || printf('%012x', n)",
    created_at: 'created_at - n * 1000',
    owner: `case n % ${owners.length} ${owners.map((owner, at) => `when ${at} then '${owner}'`).join(' ')} end`,
    name_fold: "name_fold || ' ' || n",
    email_key: 'n || email_key',
    phone_key: 'phone_key || n',
    domain_key: 'n || domain_key',
  }
  await made.storage.transaction(async (session) => {
    for (const name of ['company', 'contact', 'lead', 'deal', 'task', 'activity']) {
      const table = made.storage.table(name)
      const columns = (await session.all(`select name from pragma_table_info('${table}')`, [])).map(([column]) =>
        String(column),
      )
      const values = columns.map((column) => differs[column] ?? column).join(', ')
      await session.run(
        `insert into ${table} (${columns.join(', ')}) with recursive s (n) as (select 1 union all select n + 1 from s where n < ${COUNT}) select ${values} from ${table}, s`,
        [],
      )
    }
  })
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

/** A walk through all records of the tenant, or of one owner, that checks each. */
const WALK = /^SEARCH r USING .*\(tenant_id=\?( AND owner=\?)?\)$/

const sorts = (lines: readonly string[]) =>
  lines.filter((line) => /TEMP B-TREE FOR (THE )?(RIGHT PART OF )?ORDER BY/.test(line))

/** With the index that must find the records, whoever asks, where there is one. */
type Shape = [name: string, call: (me: Client) => Promise<unknown>, index?: RegExp]

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
  ['leads with a tag', (me) => me.leads.list({ where: { tags: 'VIP' } }), /record_key_1 .*value=/],
  [
    'leads with one of two tags',
    (me) => me.leads.list({ where: { tags: { hasAny: ['VIP', 'late'] } } }),
    /record_key_1 .*value=/,
  ],
  ['leads by email', (me) => me.leads.list({ where: { email: 'l7@c.example' } }), /crm_lead_email .*email_key=/],
  ['leads by phone', (me) => me.leads.list({ where: { phone: '+493030000007' } }), /crm_lead_phone .*phone_key=/],
  [
    'contacts by one of their emails',
    (me) => me.contacts.list({ where: { emails: 'p7@c.example' } }),
    /record_key_1 .*value=/,
  ],
  [
    'contacts by one of their phones',
    (me) => me.contacts.list({ where: { phones: '+493020000007' } }),
    /record_key_1 .*value=/,
  ],
  [
    'companies by domain',
    (me) => me.companies.list({ where: { domain: 'c7.example' } }),
    /crm_company_domain .*domain_key=/,
  ],
  ['leads by a unique custom field', (me) => me.leads.list({ where: { custom: { code: 'A7' } } })],
  [
    'contacts of a company',
    (me) => me.contacts.list({ where: { company: known.company } }),
    /crm_contact_company .*company=/,
  ],
  ['contacts of companies that match', (me) => me.contacts.list({ where: { company: { name: 'Company 7' } } })],
  ['deals of a stage', (me) => me.deals.list({ where: { stage: known.stage } })],
  ['deals of a stage by name', (me) => me.deals.list({ where: { stage: 'Negotiation' } })],
  ['deals of a class of stages', (me) => me.deals.list({ where: { stage: { class: 'open' } } })],
  ['leads by id', (me) => me.leads.list({ where: { id: { in: [known.lead] } } }), /crm_lead_1 .* AND id=/],
  ['leads of this month', (me) => me.leads.list({ where: { createdAt: { this: 'month' } } }), /created .*created_at>/],
  ['tasks due on a day', (me) => me.tasks.list({ where: { dueDate: '2026-03-15' } })],
  ['tasks of a company', (me) => me.tasks.list({ where: { company: known.company } }), /crm_task_company .*company=/],
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
    // Who reads the records of few reads their ranges of an index, not the whole tenant's.
    if (reach === 'own' || reach === 'small team')
      expect(lines.filter((line) => /^SEARCH r USING .*\(tenant_id=\?\)$/.test(line))).toEqual([])
    if (reach !== 'small team' && reach !== 'big team') expect(sorts(lines), lines.join('\n')).toEqual([])
  })

  test.each(others)('%s: no whole scan, and the index made for it', async (_, call, index) => {
    const me = askers[reach]
    await call(me)
    const lines = await plansOf(() => call(me))
    if (index)
      expect(
        lines.filter((line) => index.test(line)),
        lines.join('\n'),
      ).not.toEqual([])
    // Found by that index, or else walked in the order asked for: every row of the tenant, or of an owner.
    if (index)
      expect(
        lines.filter((line) => WALK.test(line)),
        lines.join('\n'),
      ).toEqual([])
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
  const lines = await plansOf(() => call(askers.all))
  expect(lines.length).toBeGreaterThan(0)
  expect(wholeScans(lines), lines.join('\n')).toEqual([])
})
