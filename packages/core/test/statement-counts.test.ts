import { expect, test } from 'vitest'
import { type Client, withPeople } from './support/crm'
import { DATABASE, oneWriter, withoutGuards } from './support/databases'
import { everyReport, runReport } from './support/reports'

/**
 * How many statements each operation takes for a sales rep, on a CRM that has run before: reads and writes. BEGIN, COMMIT
 * and savepoints are not counted. A number that grows must be a decision.
 */
const COUNTS: Record<string, [reads: number, writes: number]> = {
  'leads.create': [0, 2],
  'leads.create with tags': [0, 3],
  'leads.create with a key': [1, 3],
  'leads.create again with the key': [1, 0],
  'contacts.create': [2, 4],
  'companies.create': [1, 2],
  'deals.create': [1, 4],
  'tasks.create': [2, 4],
  'activities.create': [1, 4],
  'leads.get': [1, 0],
  'leads.get of a colleague': [1, 0],
  'contacts.get with includes': [3, 0],
  'leads.list': [1, 0],
  'leads.list, filtered and sorted': [1, 0],
  'leads.list by a field that can be empty': [2, 0],
  'leads.list with a count': [2, 0],
  // One asks how common the text is, the other finds.
  'leads.list by a text': [2, 0],
  search: [2, 0],
  'search of two letters': [1, 0],
  'contacts.list with includes': [3, 0],
  'leads.can': [0, 0],
  'leads.can with a record': [1, 0],
  'leads.update': [1, 2],
  'leads.update of tags': [1, 4],
  'leads.update of nothing': [1, 0],
  'leads.update from an older version': [2, 2],
  'leads.delete': [1, 2],
  'leads.restore': [1, 2],
  'leads.createMany of 10': [0, 20],
  'leads.updateMany of 2': [2, 4],
  'leads.deleteMany of 2': [2, 4],
  'leads.share': [2, 2],
  'leads.unshare': [1, 2],
  'leads.convert': [3, 17],
  'leads.previewConvert': [2, 0],
  'leads.duplicates': [2, 0],
  'deals.moveTo': [1, 5],
  'deals.win': [3, 5],
  'deals.lose': [3, 5],
  'deals.reopen': [2, 5],
  'deals.setLines of 2': [3, 5],
  'deals.lines': [2, 0],
  'deals.setContacts': [5, 6],
  'deals.contacts': [2, 0],
  'deals.stageHistory': [2, 0],
  'tasks.complete': [1, 3],
  // Its user's zone, whether it has a next one, its checklist, and what else is planned.
  'tasks.complete of a series': [6, 8],
  'tasks.skip': [7, 8],
  'tasks.addItem': [2, 4],
  'tasks.tickItem': [2, 4],
  'tasks.checklist': [2, 0],
  'tasks.myDay': [2, 0],
  'tasks.about': [3, 0],
  // The row that marks the bytes, the bytes, and then the file, its event and its version.
  'files.upload': [0, 5],
  'files.upload for a contact': [1, 6],
  'files.addVersion': [3, 5],
  'files.versions': [2, 0],
  'files.download': [3, 0],
  'files.link': [1, 0],
  timeline: [6, 0],
  'notes.add': [1, 3],
  'notes.list': [2, 0],
  'notes.update': [2, 3],
  'notes.delete': [2, 3],
  'tags.list': [2, 0],
  'pipelines.list': [1, 0],
  'users.list': [2, 0],
  'leads.assign': [2, 2],
  'leads.assign in turn': [6, 3],
  'contacts.merge': [13, 11],
  'contacts.merges': [3, 0],
  'leads.purge': [1, 16],
  'leads.import of 3 rows': [3, 6],
  'users.sync of 2': [3, 5],
  audit: [3, 0],
  'reports.salesFunnel': [4, 0],
  'reports.leadConversion': [5, 0],
  'reports.winRate': [4, 0],
  'reports.salesCycle': [5, 0],
  'reports.velocity': [6, 0],
  'reports.forecast': [8, 0],
  'reports.salesPerformance': [10, 0],
  'reports.agentActivity': [17, 0],
  'reports.leadSources': [8, 0],
  'reports.pipelineAsOf': [3, 0],
  'reports.pipelineMovement': [4, 0],
  'reports.dashboard': [26, 0],
}

/**
 * What each takes beside these where several write at once. On PostgreSQL a statement for the space, and one for each value
 * held in it; on MySQL one for all of them.
 */
const GUARDS: Record<string, number> = {
  'leads.create with a key': 2,
  'leads.create again with the key': 2,
  'contacts.create': 2,
  'companies.create': 2,
  'leads.convert': 2,
  'leads.assign in turn': 2,
  'leads.import of 3 rows': 1,
}

/** Where several write at once, calls on many records lock all of them first, in one order; and a task the record whose next step it is. */
const LOCKED: Record<string, number> = {
  'tasks.create': 1,
  'tasks.complete of a series': 2,
  'tasks.skip': 2,
  'leads.updateMany of 2': 1,
  'leads.deleteMany of 2': 1,
  'contacts.merge': 1,
}
/** Where no index finds parts of a text, nobody asks it. */
const BY_INDEX = ['leads.list by a text', 'search']

/** Look-ups of owners and sources to split a report by, which a database that groups by hash does not ask for. */
const SPLITS: Record<string, number> = {
  'reports.leadConversion': 1,
  'reports.salesPerformance': 1,
  'reports.agentActivity': 5,
  'reports.leadSources': 1,
  'reports.dashboard': 5,
}
const byHash = DATABASE === 'postgres' || DATABASE === 'pglite'

function countsHere(indexed: boolean) {
  const counts = Object.entries(COUNTS).map(([name, [reads, writes]]) => {
    const more = (oneWriter ? 0 : (LOCKED[name] ?? 0)) - (!indexed && BY_INDEX.includes(name) ? 1 : 0)
    const split = byHash ? (SPLITS[name] ?? 0) : 0
    return [name, [reads + more - split, writes]]
  })
  return Object.fromEntries(counts)
}

type Operation = [name: string, work: () => Promise<unknown>]

async function operations(ada: Client, bob: Client, root: Client): Promise<Operation[]> {
  const company = await ada.companies.create({ name: 'Navy', domain: 'navy.example' })
  const contact = await ada.contacts.create({ lastName: 'Hopper', emails: ['grace@navy.example'], company: company.id })
  const twin = await ada.contacts.create({ lastName: 'Hopper', tags: ['twin'] })
  const lead = async (more = {}) => (await ada.leads.create({ name: 'Lead', email: 'lead@example.com', ...more })).id
  const deal = async () =>
    (await ada.deals.create({ title: 'Engine', amount: { amount: 1000, currency: 'EUR' }, company: company.id })).id
  const [first, second, third, fourth, doomed, converted, bulk] = [
    await lead(),
    await lead(),
    await lead(),
    await lead(),
    await lead(),
    await lead(),
    await lead(),
  ]
  const [moved, won, lost, plain] = [await deal(), await deal(), await deal(), await deal()]
  const task = await ada.tasks.create({ title: 'Call', contact: contact.id })
  const series = { title: 'Daily', contact: contact.id, dueDate: '2026-03-09', recurrence: 'FREQ=DAILY' }
  const [daily, weekly, steps] = [
    await ada.tasks.create(series),
    await ada.tasks.create(series),
    await ada.tasks.create({ title: 'Steps', contact: contact.id }),
  ]
  const [step] = await ada.tasks.addItem(steps.id, 'Write')
  const note = await ada.notes.add({ type: 'leads', id: first }, 'Hello')
  const file = await ada.files.upload({ name: 'a.txt', content: 'a' })
  await ada.leads.delete(doomed)
  const ten = Array.from({ length: 10 }, (_, index) => ({ name: `Bulk ${index}` }))
  return [
    ['leads.create', () => ada.leads.create({ name: 'New', email: 'new@example.com' })],
    ['leads.create with tags', () => ada.leads.create({ name: 'New', tags: ['a', 'b'] })],
    ['leads.create with a key', () => ada.leads.create({ name: 'New' }, { idempotencyKey: 'one' })],
    ['leads.create again with the key', () => ada.leads.create({ name: 'New' }, { idempotencyKey: 'one' })],
    [
      'contacts.create',
      () => ada.contacts.create({ lastName: 'New', emails: ['new@navy.example'], company: company.id }),
    ],
    ['companies.create', () => ada.companies.create({ name: 'New', domain: 'new.example' })],
    ['deals.create', () => ada.deals.create({ title: 'New', company: company.id })],
    ['tasks.create', () => ada.tasks.create({ title: 'New', contact: contact.id, dueDate: '2026-04-01' })],
    ['activities.create', () => ada.activities.create({ kind: 'call', contact: contact.id })],
    ['leads.get', () => ada.leads.get(first)],
    ['leads.get of a colleague', () => bob.leads.get(first)],
    ['contacts.get with includes', () => ada.contacts.get(contact.id, { include: ['company', 'owner'] })],
    ['leads.list', () => ada.leads.list()],
    [
      'leads.list, filtered and sorted',
      () => ada.leads.list({ where: { status: 'new', tags: 'a' }, orderBy: [{ name: 'asc' }] }),
    ],
    ['leads.list by a field that can be empty', () => ada.leads.list({ orderBy: [{ score: 'desc' }] })],
    ['leads.list with a count', () => ada.leads.list({ count: 'exact' })],
    ['contacts.list with includes', () => ada.contacts.list({ include: ['company', 'owner'] })],
    ['leads.list by a text', () => ada.leads.list({ search: 'hopp' })],
    ['search', () => ada.search('hopp')],
    ['search of two letters', () => ada.search('ho')],
    ['leads.can', () => ada.leads.can('update')],
    ['leads.can with a record', () => ada.leads.can('update', first)],
    ['leads.update', () => ada.leads.update(first, { title: 'Dr' })],
    ['leads.update of tags', () => ada.leads.update(first, { tags: ['x'] })],
    ['leads.update of nothing', () => ada.leads.update(first, { title: 'Dr' })],
    ['leads.update from an older version', () => ada.leads.update(first, { score: 5 }, { ifVersion: 1 })],
    ['leads.delete', () => ada.leads.delete(second)],
    ['leads.restore', () => ada.leads.restore(second)],
    ['leads.createMany of 10', () => ada.leads.createMany(ten)],
    [
      'leads.updateMany of 2',
      () => ada.leads.updateMany([third, fourth].map((id) => ({ id, patch: { title: 'Ms' } }))),
    ],
    ['leads.deleteMany of 2', () => ada.leads.deleteMany([third, fourth])],
    ['leads.share', () => ada.leads.share(first, { with: { user: 'bob' }, level: 'read' })],
    ['leads.unshare', () => ada.leads.unshare(first, { user: 'bob' })],
    [
      'leads.convert',
      () => ada.leads.convert(converted, { company: 'none' as never, deal: { create: { title: 'Converted' } } }),
    ],
    ['leads.previewConvert', () => ada.leads.previewConvert(bulk)],
    ['leads.duplicates', () => ada.leads.duplicates(bulk)],
    ['deals.moveTo', () => ada.deals.moveTo(moved, 'Negotiation')],
    ['deals.win', () => ada.deals.win(won)],
    ['deals.lose', () => ada.deals.lose(lost, { reason: 'price' })],
    ['deals.reopen', () => ada.deals.reopen(won)],
    [
      'deals.setLines of 2',
      () =>
        ada.deals.setLines(
          plain,
          ['A', 'B'].map((name) => ({ name, quantity: 1, unitPrice: { amount: 500, currency: 'EUR' } })),
        ),
    ],
    ['deals.lines', () => ada.deals.lines(plain)],
    ['deals.setContacts', () => ada.deals.setContacts(plain, [{ contact: contact.id }])],
    ['deals.contacts', () => ada.deals.contacts(plain)],
    ['deals.stageHistory', () => ada.deals.stageHistory(moved)],
    ['tasks.complete', () => ada.tasks.complete(task.id)],
    ['tasks.complete of a series', () => ada.tasks.complete(daily.id)],
    ['tasks.skip', () => ada.tasks.skip(weekly.id)],
    ['tasks.addItem', () => ada.tasks.addItem(steps.id, 'Print')],
    ['tasks.tickItem', () => ada.tasks.tickItem(steps.id, step?.id as string)],
    ['tasks.checklist', () => ada.tasks.checklist(steps.id)],
    ['tasks.myDay', () => ada.tasks.myDay()],
    ['tasks.about', () => ada.tasks.about({ type: 'contacts', id: contact.id })],
    ['timeline', () => ada.timeline({ type: 'contacts', id: contact.id })],
    ['files.upload', () => ada.files.upload({ name: 'a.txt', content: 'a' })],
    ['files.upload for a contact', () => ada.files.upload({ name: 'a.txt', content: 'a', contact: contact.id })],
    ['files.addVersion', () => ada.files.addVersion(file.id, { content: 'b' })],
    ['files.versions', () => ada.files.versions(file.id)],
    ['files.download', async () => new Response((await ada.files.download(file.id)).content).text()],
    ['files.link', () => ada.files.link(file.id)],
    ['notes.add', () => ada.notes.add({ type: 'leads', id: first }, 'New')],
    ['notes.list', () => ada.notes.list({ type: 'leads', id: first })],
    ['notes.update', () => ada.notes.update(note.id, { body: 'Changed' })],
    ['notes.delete', () => ada.notes.delete(note.id)],
    ['tags.list', () => ada.tags.list('leads')],
    ['pipelines.list', () => ada.pipelines.list()],
    ['users.list', () => ada.users.list()],
    ['leads.assign', () => root.leads.assign(first, { user: 'cyd' })],
    ['leads.assign in turn', () => root.leads.assign(first, { roundRobin: { team: 'north' } })],
    ['contacts.merge', () => root.contacts.merge(contact.id, [twin.id])],
    ['contacts.merges', () => root.contacts.merges(contact.id)],
    ['leads.purge', () => root.leads.purge(doomed)],
    [
      'leads.import of 3 rows',
      () => root.leads.import('name,email\nA,a@example.com\nB,b@example.com\nC,c@example.com\n'),
    ],
    [
      'users.sync of 2',
      () =>
        root.users.sync([
          { id: 'ada', name: 'Ada L', roles: ['sales'], teams: ['north'] },
          { id: 'new', name: 'New' },
        ]),
    ],
    ['audit', () => root.audit()],
    ...everyReport(root).flatMap(({ name, request }): Operation[] =>
      Object.keys(request).length === 1 ? [[`reports.${name}`, () => runReport(root, name, request)]] : [],
    ),
  ]
}

test('each operation takes as many statements as it always took', async () => {
  const { crm, storage, ada, bob, root } = await withPeople()
  await Promise.all([bob.leads.list(), root.leads.list()])
  const found: Record<string, [number, number]> = {}
  const guards: Record<string, number> = {}
  for (const [name, work] of await operations(ada, bob, root)) {
    const all = await storage.record(work)
    const statements = withoutGuards(all)
    if (all.length > statements.length) guards[name] = all.length - statements.length
    const read = statements.filter(({ sql }) => /^(select|with)/.test(sql)).length
    found[name] = [read, statements.length - read]
  }
  const { search } = await crm.migrations.plan()
  expect(found).toEqual(countsHere(search === 'index'))
  const ofMysql = Object.fromEntries(Object.keys(GUARDS).map((name) => [name, 1]))
  expect(guards).toEqual(oneWriter ? {} : DATABASE === 'mysql' ? ofMysql : GUARDS)
})

test('a list takes as many statements for a hundred records as for one, with everything included', async () => {
  const { storage, ada } = await withPeople()
  const company = await ada.companies.create({ name: 'Navy' })
  const count = async () =>
    (await storage.record(() => ada.contacts.list({ include: ['company', 'owner', 'createdBy'], limit: 200 }))).length
  await ada.contacts.create({ lastName: 'One', company: company.id })
  const one = await count()
  for (let index = 0; index < 100; index++)
    await ada.contacts.create({
      lastName: `Nr ${index}`,
      company: (await ada.companies.create({ name: `C ${index}` })).id,
    })
  expect(await count()).toBe(one)
})
