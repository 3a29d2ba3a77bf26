import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '@rapport/adapters/sqlite'
import { type Crm, createCrm, field } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { newId } from '../src/kernel/ids'
import { type Client, withPeople } from './support/crm'
import { bareStorage, newStorage, sqliteOnly } from './support/databases'
import { errorOf, expectHelpful } from './support/outcome'

type World = Awaited<ReturnType<typeof buildWorld>>
let world: World

beforeAll(async () => {
  world = await buildWorld()
})
afterAll(() => world.crm.close())

async function buildWorld() {
  const made = await withPeople({
    keep: true,
    fields: { leads: { tier: field.select(['gold', 'silver']), code: field.text({ unique: true }) } },
    pipelines: [
      { name: 'Sales', stages: steps },
      { name: 'Strict', forwardOnly: true, stages: steps },
    ],
  } as never)
  const { ada, root, system } = made
  await system.users.sync([{ id: 'gone', name: 'Gone', active: false }])
  const company = await ada.companies.create({ name: 'Engines', domain: 'engines.example' })
  const deleted = await ada.companies.create({ name: 'Closed down' })
  await ada.companies.delete(deleted.id)
  const lead = await ada.leads.create({ name: 'Ada', custom: { code: 'A1' } })
  await ada.leads.update(lead.id, { score: 5 })
  const lost = await ada.leads.create({ name: 'Lost', status: 'lost', lostReason: 'price' })
  const contact = await ada.contacts.create({ lastName: 'Byron', emails: ['ada@engines.example'] })
  const deal = await ada.deals.create({ title: 'Engine' })
  const strict = await ada.deals.create({ title: 'Strict', pipeline: 'Strict', stage: 'Second' })
  await ada.leads.create({ name: 'Once' }, { idempotencyKey: 'once' })
  const other = made.crm.asSystem({ tenant: 'other', reason: 'test' }) as Client
  const foreign = await other.companies.create({ name: 'Foreign' })
  return { ...made, root, company, deleted, lead, lost, contact, deal, strict, foreign }
}

const steps = [
  { name: 'First', class: 'open' as const, probability: 10 },
  { name: 'Second', class: 'open' as const, probability: 20 },
  { name: 'Won', class: 'won' as const, probability: 100 },
  { name: 'Lost', class: 'lost' as const, probability: 0 },
]

// biome-ignore lint/suspicious/noExplicitAny: what types refuse is the point
type Call = (world: World & { ada: any; root: any; system: any }) => unknown

const nested = (depth: number): object => (depth === 0 ? { name: 'x' } : { not: nested(depth - 1) })
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52])

const cases: Record<string, [says: string, call: Call][]> = {
  'unknown key': [
    ['VALIDATION nope unknown-key', ({ ada }) => ada.leads.create({ name: 'X', nope: 1 })],
    ['VALIDATION nope unknown-key', ({ ada, lead }) => ada.leads.update(lead.id, { nope: 1 })],
    ['VALIDATION custom.nope unknown-key', ({ ada, lead }) => ada.leads.update(lead.id, { custom: { nope: 1 } })],
    [
      'VALIDATION amount.vat unknown-key',
      ({ ada }) => ada.deals.create({ title: 'X', amount: { amount: 1, currency: 'EUR', vat: 1 } }),
    ],
    ['VALIDATION version server-owned', ({ ada, lead }) => ada.leads.update(lead.id, { version: 9 })],
    ['VALIDATION nope unknown-key', ({ ada }) => ada.leads.list({ nope: 1 })],
    ['VALIDATION nope unknown-key', ({ ada, lead }) => ada.timeline({ type: 'leads', id: lead.id }, { nope: 1 })],
  ],
  'wrong type': [
    ['VALIDATION name wrong-type', ({ ada }) => ada.leads.create({ name: 5 })],
    ['VALIDATION name wrong-type', ({ ada, lead }) => ada.leads.update(lead.id, { name: null })],
    ['VALIDATION score wrong-type', ({ ada }) => ada.leads.create({ name: 'X', score: '5' })],
    ['VALIDATION score wrong-type', ({ ada }) => ada.leads.create({ name: 'X', score: 1.5 })],
    ['VALIDATION score wrong-type', ({ ada }) => ada.leads.create({ name: 'X', score: Number.NaN })],
    ['VALIDATION tags wrong-type', ({ ada }) => ada.leads.create({ name: 'X', tags: 'vip' })],
    ['VALIDATION custom wrong-type', ({ ada }) => ada.leads.create({ name: 'X', custom: 'gold' })],
    ['VALIDATION input wrong-type', ({ ada }) => ada.leads.create(null)],
    ['VALIDATION input wrong-type', ({ ada }) => ada.leads.create([])],
    ['VALIDATION input wrong-type', ({ ada, lead }) => ada.leads.update(lead.id, 'name')],
    ['VALIDATION name required', ({ ada }) => ada.companies.create({})],
    ['VALIDATION name required', ({ ada }) => ada.leads.create({})],
    ['VALIDATION name required', ({ ada }) => ada.leads.create({ name: ' \t ' })],
    ['VALIDATION consent invalid-json', ({ ada }) => ada.leads.create({ name: 'X', consent: 'yes' })],
    ['VALIDATION items wrong-type', ({ ada }) => ada.leads.createMany({ name: 'X' })],
    ['VALIDATION user required', ({ crm }) => crm.as({ user: 5 } as never)],
    ['VALIDATION tenant required', ({ crm }) => crm.as({ user: 'ada', tenant: '' })],
    ['VALIDATION user required', ({ crm }) => crm.as({ user: 'a\0da' })],
    ['VALIDATION reason required', ({ crm }) => crm.asSystem({} as never)],
  ],
  'too long or too large': [
    ['VALIDATION name too-long', ({ ada }) => ada.leads.create({ name: 'x'.repeat(256) })],
    ['VALIDATION name too-long', ({ ada, lead }) => ada.leads.update(lead.id, { name: 'x'.repeat(1_000_000) })],
    [
      'VALIDATION description too-long',
      ({ ada }) => ada.companies.create({ name: 'X', description: 'x'.repeat(20_001) }),
    ],
    ['VALIDATION tags.0 too-long', ({ ada }) => ada.leads.create({ name: 'X', tags: ['x'.repeat(61)] })],
    [
      'VALIDATION tags too-large',
      ({ ada }) => ada.leads.create({ name: 'X', tags: Array.from({ length: 101 }, (_, n) => `t${n}`) }),
    ],
    ['VALIDATION score too-large', ({ ada }) => ada.leads.create({ name: 'X', score: 101 })],
    ['VALIDATION score too-small', ({ ada }) => ada.leads.create({ name: 'X', score: -1 })],
    [
      'VALIDATION consent invalid-json',
      ({ ada }) => ada.leads.create({ name: 'X', consent: { text: 'x'.repeat(16_000) } }),
    ],
    ['VALIDATION body too-long', ({ ada, lead }) => ada.notes.add({ type: 'leads', id: lead.id }, 'x'.repeat(100_001))],
    [
      'VALIDATION items too-many',
      ({ ada }) => ada.leads.createMany(Array.from({ length: 1001 }, () => ({ name: 'X' }))),
    ],
    ['VALIDATION user required', ({ crm }) => crm.as({ user: 'x'.repeat(256) })],
    [
      'VALIDATION idempotencyKey invalid-key',
      ({ ada }) => ada.leads.create({ name: 'X' }, { idempotencyKey: 'x'.repeat(256) }),
    ],
  ],
  'invalid value': [
    ['VALIDATION email invalid-email', ({ ada }) => ada.leads.create({ name: 'X', email: 'ada@' })],
    ['VALIDATION emails.1.value invalid-email', ({ ada }) => ada.contacts.create({ emails: ['a@b.example', 'ada'] })],
    ['VALIDATION phone invalid-phone', ({ ada }) => ada.leads.create({ name: 'X', phone: 'call me' })],
    ['VALIDATION phones.0.value invalid-phone', ({ ada }) => ada.contacts.create({ phones: ['+49'] })],
    ['VALIDATION referrer invalid-url', ({ ada }) => ada.leads.create({ name: 'X', referrer: 'javascript:alert(1)' })],
    ['VALIDATION domain invalid-domain', ({ ada }) => ada.companies.create({ name: 'X', domain: 'not a domain' })],
    [
      'VALIDATION amount.currency invalid-currency',
      ({ ada }) => ada.deals.create({ title: 'X', amount: { amount: 1, currency: 'eur' } }),
    ],
    [
      'VALIDATION amount.currency invalid-currency',
      ({ ada }) => ada.deals.create({ title: 'X', amount: { amount: 1, currency: 'XYZ' } }),
    ],
    [
      'VALIDATION amount invalid-money',
      ({ ada }) => ada.deals.create({ title: 'X', amount: { amount: 12.5, currency: 'EUR' } }),
    ],
    [
      'VALIDATION expectedCloseDate invalid-date',
      ({ ada }) => ada.deals.create({ title: 'X', expectedCloseDate: '2026-02-30' }),
    ],
    ['VALIDATION dueAt invalid-instant', ({ ada }) => ada.tasks.create({ title: 'X', dueAt: '2026-03-01T09:00' })],
    ['VALIDATION dueAt invalid-instant', ({ ada }) => ada.tasks.create({ title: 'X', dueAt: new Date('never') })],
    ['VALIDATION source invalid-option', ({ ada }) => ada.leads.create({ name: 'X', source: 'nowhere' })],
    ['VALIDATION custom.tier invalid-option', ({ ada }) => ada.leads.create({ name: 'X', custom: { tier: 'tin' } })],
    ['VALIDATION name forbidden-character', ({ ada }) => ada.leads.create({ name: 'A\0da' })],
    ['VALIDATION name forbidden-character', ({ ada }) => ada.leads.create({ name: 'Ada \ud83d' })],
    [
      'VALIDATION users.0.timeZone invalid-zone',
      ({ system }) => system.users.sync([{ id: 'eve', name: 'Eve', timeZone: 'Mars/Olympus' }]),
    ],
    [
      'VALIDATION settings.timeZone invalid-zone',
      async () => createCrm({ storage: await newStorage(), settings: { timeZone: '+02:00' } }),
    ],
    [
      'VALIDATION settings.currency invalid-currency',
      async () => createCrm({ storage: await newStorage(), settings: { currency: 'Euro' } }),
    ],
    ['VALIDATION idempotencyKey invalid-key', ({ ada }) => ada.leads.create({ name: 'X' }, { idempotencyKey: '' })],
  ],
  'invalid query': [
    ['VALIDATION after invalid-cursor', ({ ada }) => ada.leads.list({ after: 'x' })],
    ['VALIDATION after invalid-cursor', ({ ada }) => ada.leads.list({ after: '' })],
    ['VALIDATION after invalid-cursor', ({ ada }) => ada.leads.list({ after: 7 })],
    [
      'VALIDATION after invalid-cursor',
      async ({ ada }) =>
        ada.leads.list({ limit: 1, orderBy: { name: 'asc' }, after: (await ada.leads.list({ limit: 1 })).nextCursor }),
    ],
    [
      'VALIDATION after invalid-cursor',
      ({ ada, lead }) => ada.timeline({ type: 'leads', id: lead.id }, { after: 'x' }),
    ],
    ['VALIDATION request wrong-type', ({ ada }) => ada.leads.list(null)],
    ['VALIDATION where invalid-filter', ({ ada }) => ada.leads.list({ where: 'new' })],
    ['VALIDATION where invalid-filter', ({ ada }) => ada.leads.list({ where: null })],
    ['VALIDATION where.nope unknown-field', ({ ada }) => ada.leads.list({ where: { nope: 1 } })],
    ['VALIDATION where.constructor unknown-field', ({ ada }) => ada.deals.list({ where: { constructor: 1 } })],
    ['VALIDATION where.custom.nope unknown-field', ({ ada }) => ada.leads.list({ where: { custom: { nope: 1 } } })],
    ['VALIDATION where.name.like unknown-operator', ({ ada }) => ada.leads.list({ where: { name: { like: 'x' } } })],
    [
      'VALIDATION where.score.contains unknown-operator',
      ({ ada }) => ada.leads.list({ where: { score: { contains: '1' } } }),
    ],
    ['VALIDATION where.score.gt wrong-type', ({ ada }) => ada.leads.list({ where: { score: { gt: 'x' } } })],
    [
      'VALIDATION where.createdAt.gt wrong-type',
      ({ ada }) => ada.leads.list({ where: { createdAt: { gt: '2026-03-01T09:00' } } }),
    ],
    [
      'VALIDATION where.createdAt.this invalid-period',
      ({ ada }) => ada.leads.list({ where: { createdAt: { this: 'fortnight' } } }),
    ],
    [
      'VALIDATION where.name.in too-many-values',
      ({ ada }) => ada.leads.list({ where: { name: { in: Array(1001).fill('x') } } }),
    ],
    ['VALIDATION where.name.eq too-long', ({ ada }) => ada.leads.list({ where: { name: { eq: 'x'.repeat(2001) } } })],
    [`VALIDATION where${'.not'.repeat(9)} too-deep`, ({ ada }) => ada.leads.list({ where: nested(20) })],
    [
      'VALIDATION where.or.199.name too-many-conditions',
      ({ ada }) => ada.leads.list({ where: { or: Array.from({ length: 300 }, () => ({ name: 'x' })) } }),
    ],
    [
      'VALIDATION where too-large',
      ({ ada }) => ada.leads.list({ where: { or: Array.from({ length: 60 }, () => ({ name: 'x'.repeat(1999) })) } }),
    ],
    [
      'VALIDATION where.stage.in wrong-type',
      ({ ada }) => ada.deals.list({ where: { stage: { in: [{ toString: 1 }] } } }),
    ],
    ['VALIDATION orderBy.0.nope unknown-field', ({ ada }) => ada.leads.list({ orderBy: { nope: 'asc' } })],
    ['VALIDATION orderBy.0 invalid-order', ({ ada }) => ada.leads.list({ orderBy: ['name'] })],
    [
      'VALIDATION orderBy.0.custom invalid-order',
      ({ ada }) => ada.leads.list({ orderBy: { custom: { tier: 'asc', code: 'asc' } } }),
    ],
    ['VALIDATION orderBy.0.name invalid-direction', ({ ada }) => ada.leads.list({ orderBy: { name: 'up' } })],
    ['VALIDATION orderBy.0.tags not-sortable', ({ ada }) => ada.leads.list({ orderBy: { tags: 'asc' } })],
    [
      'VALIDATION orderBy too-many-keys',
      ({ ada }) =>
        ada.leads.list({ orderBy: ['name', 'email', 'phone', 'score', 'title'].map((name) => ({ [name]: 'asc' })) }),
    ],
    ['VALIDATION include.nope unknown-field', ({ ada }) => ada.deals.list({ include: ['nope'] })],
    ['VALIDATION include wrong-type', ({ ada }) => ada.deals.list({ include: {} })],
    ['VALIDATION include wrong-type', ({ ada }) => ada.deals.list({ include: [{ toString: 1 }] })],
    ['VALIDATION limit out-of-range', ({ ada }) => ada.leads.list({ limit: 0 })],
    ['VALIDATION limit out-of-range', ({ ada }) => ada.leads.list({ limit: 201 })],
    ['VALIDATION count invalid-option', ({ ada }) => ada.leads.list({ count: true })],
    ['VALIDATION search wrong-type', ({ ada }) => ada.leads.list({ search: 'x'.repeat(501) })],
    ['VALIDATION deleted wrong-type', ({ ada }) => ada.leads.list({ deleted: 'yes' })],
  ],
  'against the rules': [
    ['VALIDATION lostReason required', ({ ada, lead }) => ada.leads.update(lead.id, { status: 'lost' })],
    [
      'VALIDATION lostNote required',
      ({ ada, lead }) => ada.leads.update(lead.id, { status: 'lost', lostReason: 'other' }),
    ],
    ['VALIDATION lostReason required', ({ ada, deal }) => ada.deals.lose(deal.id, {})],
    ['VALIDATION lostReason required', ({ ada, deal }) => ada.deals.moveTo(deal.id, 'Lost')],
    ['VALIDATION lostNote required', ({ ada, deal }) => ada.deals.lose(deal.id, { reason: 'Other' })],
    [
      'INVALID_TRANSITION status only-by-convert',
      ({ ada, lead }) => ada.leads.update(lead.id, { status: 'converted' }),
    ],
    [
      'INVALID_TRANSITION status illegal-transition',
      ({ ada, lost }) => ada.leads.update(lost.id, { status: 'qualified' }),
    ],
    ['INVALID_TRANSITION stage forward-only', ({ ada, strict }) => ada.deals.moveTo(strict.id, 'First')],
    ['VALIDATION stage unknown-stage', ({ ada, deal }) => ada.deals.moveTo(deal.id, 'Nowhere')],
    ['VALIDATION pipeline unknown-pipeline', ({ ada }) => ada.deals.create({ title: 'X', pipeline: 'Nowhere' })],
    ['CONFLICT score changed-meanwhile', ({ ada, lead }) => ada.leads.update(lead.id, { score: 7 }, { ifVersion: 1 })],
    [
      'VALIDATION ifVersion unknown-version',
      ({ ada, lead }) => ada.leads.update(lead.id, { score: 7 }, { ifVersion: 99 }),
    ],
    [
      'CONFLICT idempotencyKey key-reused',
      ({ ada }) => ada.leads.create({ name: 'Twice' }, { idempotencyKey: 'once' }),
    ],
    ['DUPLICATE emails duplicate', ({ ada }) => ada.contacts.create({ emails: ['ADA@engines.example'] })],
    [
      'DUPLICATE domain duplicate',
      ({ ada }) => ada.companies.create({ name: 'X', website: 'https://www.engines.example/about' }),
    ],
    ['DUPLICATE custom.code duplicate', ({ ada }) => ada.leads.create({ name: 'X', custom: { code: 'A1' } })],
    ['VALIDATION company missing-target', ({ ada }) => ada.contacts.create({ lastName: 'X', company: newId() })],
    [
      'VALIDATION company missing-target',
      ({ ada, deleted }) => ada.contacts.create({ lastName: 'X', company: deleted.id }),
    ],
    [
      'VALIDATION company missing-target',
      ({ ada, foreign }) => ada.contacts.create({ lastName: 'X', company: foreign.id }),
    ],
    [
      'VALIDATION company missing-target',
      ({ ada, deleted, deal }) => ada.deals.update(deal.id, { company: deleted.id }),
    ],
    ['VALIDATION company invalid-id', ({ ada }) => ada.contacts.create({ lastName: 'X', company: "' or 1=1" })],
    ['VALIDATION owner unknown-user', ({ root }) => root.leads.create({ name: 'X', owner: 'nobody' })],
    ['VALIDATION owner inactive-user', ({ root }) => root.leads.create({ name: 'X', owner: 'gone' })],
    ['NOT_FOUND id not-found', ({ ada }) => ada.leads.get(newId())],
    ['NOT_FOUND id not-found', ({ ada }) => ada.leads.get({ id: 1 })],
    ['NOT_FOUND id not-found', ({ ada }) => ada.leads.update("' or 1=1 --", { name: 'X' })],
    ['NOT_FOUND id not-found', ({ ada, deleted }) => ada.companies.get(deleted.id)],
    ['NOT_FOUND id not-found', ({ ada, deleted }) => ada.companies.update(deleted.id, { name: 'X' })],
    ['NOT_FOUND id not-found', ({ ada, lead }) => ada.leads.restore(lead.id)],
    ['VALIDATION id not-deleted', ({ root, lead }) => root.leads.purge(lead.id)],
    ['VALIDATION record.type invalid-type', ({ ada, lead }) => ada.timeline({ type: 'secrets', id: lead.id })],
    ['FORBIDDEN audit read-not-granted', ({ ada }) => ada.audit()],
    ['FORBIDDEN leads import-not-granted', ({ ada }) => ada.leads.import('name\nX\n')],
    [
      'VALIDATION stage unknown-stage',
      ({ ada, lead }) => ada.leads.convert(lead.id, { contact: 'create', deal: { create: { stage: 'Nowhere' } } }),
    ],
  ],
  'a file that is no CSV': [
    ['VALIDATION source empty', ({ root }) => root.leads.import('')],
    ['VALIDATION source empty', ({ root }) => root.leads.import(' \r\n\t\r\n')],
    ['VALIDATION source empty', ({ root }) => root.leads.import(new Uint8Array())],
    ['VALIDATION source binary', ({ root }) => root.leads.import(png)],
    ['VALIDATION source binary', ({ root }) => root.leads.import('name\0,email\n')],
    [
      'VALIDATION source no-header',
      ({ root }) => root.leads.import('Ada,ada@engines.example,12\nBob,bob@engines.example,13\n'),
    ],
    ['VALIDATION source path', ({ root }) => root.leads.import('leads.csv')],
    ['VALIDATION source invalid-source', ({ root }) => root.leads.import({ file: 'leads.csv' })],
    [
      'VALIDATION encoding unknown-encoding',
      ({ root }) => root.leads.import(new TextEncoder().encode('name\nX\n'), { encoding: 'klingon' }),
    ],
    ['VALIDATION mode invalid-option', ({ root }) => root.leads.import('name\nX\n', { mode: 'replace' })],
    [
      'VALIDATION mapping.Nope unknown-column',
      ({ root }) => root.leads.import('name\nX\n', { mapping: { Nope: 'name' } }),
    ],
  ],
}

describe.each(Object.entries(cases))('%s', (_, table) => {
  test.each(table.map(([says, call], index) => [index, says, call] as const))('%i: %s', async (_, says, call) => {
    const before = await dumpTables(world.storage)
    const error = await errorOf(() => call(world as never))
    expect([error.code, error.field, error.rule].join(' ')).toBe(says)
    expectHelpful(error)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: error.code,
      status: error.status,
      message: error.message,
      problems: JSON.parse(JSON.stringify(error.problems)),
    })
    expect(await dumpTables(world.storage)).toEqual(before)
  })
})

test('ragged rows are refused one by one, with line and remedy; the others are there', async () => {
  const { root } = world
  const result = await root.leads.import(
    'name,email\nOne,one@engines.example\nTwo\nThree,three@engines.example,more,and more\nFour,four@engines.example\n',
  )
  expect(result).toMatchObject({ rows: 4, created: 2, failed: 2 })
  for (const { field, rule, remedy } of result.errors)
    expect([field, rule, remedy]).toEqual([
      'row',
      expect.stringMatching(/^[a-z-]+$/),
      expect.stringMatching(/^.{8,}\.$/),
    ])
  expect(result.errors.map(({ line }) => line)).toEqual([3, 4])
  expect(
    (await root.leads.list({ where: { email: { endsWith: '@engines.example' } }, orderBy: { name: 'asc' } })).items.map(
      ({ name }) => name,
    ),
  ).toEqual(['Four', 'One'])
})

/** A call of every room and of everything beside them. */
const everywhere = (crm: Crm): (() => unknown)[] => {
  const me = crm.as({ user: 'ada' })
  const system = crm.asSystem({ reason: 'test' })
  return [
    () => me.leads.create({ name: 'X' }),
    () => me.leads.create({ name: 'X' }, { idempotencyKey: 'k' }),
    () => me.leads.list(),
    () => me.leads.get(newId()),
    () => me.deals.moveTo(newId(), 'Won'),
    () => me.can('leads', 'read'),
    () => me.timeline({ type: 'leads', id: newId() }),
    () => me.notes.list({ type: 'leads', id: newId() }),
    () => me.leads.export().next(),
    () => system.leads.import('name\nX\n'),
    () => system.pipelines.list(),
    () => system.users.sync([{ id: 'eve', name: 'Eve' }]),
    () => system.audit(),
    () => crm.tick(),
    () => crm.events.failed(),
  ]
}

describe('a database that cannot be used', () => {
  test('a closed CRM says so, whatever is called', async () => {
    const crm = createCrm({ storage: await newStorage() })
    await crm.migrate()
    await crm.close()
    await crm.close()
    for (const call of [...everywhere(crm), () => crm.migrate(), () => crm.migrations.plan()]) {
      const error = await errorOf(call)
      expect([error.code, error.field, error.rule]).toEqual(['CLOSED', 'crm', 'closed'])
      expectHelpful(error)
    }
  })

  sqliteOnly('a CRM closed before its first call makes no file', async () => {
    const file = join(folder(), 'crm.db')
    const crm = createCrm({ storage: sqlite({ file }) })
    await crm.close()
    expect((await errorOf(() => crm.as({ user: 'ada' }).leads.list())).code).toBe('CLOSED')
  })

  test('an unmigrated database is named, and works once it is migrated', async () => {
    const crm = createCrm({ storage: await bareStorage() })
    onTestFinished(() => crm.close())
    for (const call of everywhere(crm)) {
      const error = await errorOf(call)
      expect([error.code, error.field, error.rule], String(call)).toEqual(['NOT_MIGRATED', 'storage', 'not-migrated'])
      expectHelpful(error)
    }
    await crm.migrate()
    expect((await crm.asSystem({ reason: 'test' }).leads.create({ name: 'X' })).version).toBe(1)
  })

  test('a database migrated by a newer, breaking release is left alone', async () => {
    const storage = await bareStorage()
    const first = createCrm({ storage })
    onTestFinished(() => first.close())
    await first.migrate()
    const add = (version: number, breaking: number) =>
      storage.transaction(async (session) =>
        session.run(
          `insert into ${storage.table('migration')} (version, name, breaking, applied_at) values (?, 'later', ?, 0)`,
          [version, breaking],
        ),
      )
    await add(98, 0)
    expect((await createCrm({ storage }).asSystem({ reason: 'test' }).leads.list()).items).toEqual([])
    await add(99, 1)
    const crm = createCrm({ storage })
    const before = await dumpTables(storage)
    for (const call of [...everywhere(crm), () => crm.migrate(), () => crm.migrations.plan()]) {
      const error = await errorOf(call)
      expect([error.code, error.field, error.rule], String(call)).toEqual(['NOT_MIGRATED', 'storage', 'newer-schema'])
      expectHelpful(error)
    }
    expect(await dumpTables(storage)).toEqual(before)
  })

  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'rapport-bad-'))
    onTestFinished(() => rmSync(made, { recursive: true, force: true }))
    return made
  }

  sqliteOnly.each([
    ['garbage in a file', 'corrupt', (at: string) => writeFileSync(at, 'this is no database. '.repeat(500))],
    ['a folder in place of the file', 'cannot-open', (at: string) => mkdirSync(at)],
    ['a folder that is not there', 'cannot-open', undefined],
  ])('%s', async (_, rule, make) => {
    const at = join(folder(), 'crm.db')
    make?.(at)
    const crm = createCrm({ storage: sqlite({ file: make ? at : join(at, 'deep', 'crm.db') }) })
    onTestFinished(() => crm.close())
    for (const call of [() => crm.migrate(), ...everywhere(crm)]) {
      const error = await errorOf(call)
      expect([error.code, error.field, error.rule], String(call)).toEqual(['STORAGE', 'storage', rule])
      expectHelpful(error)
    }
  })

  sqliteOnly.each([[{}], [{ file: '' }], [{ file: 5 }], [{ file: 'x.db', tablePrefix: 'drop table;' }]])(
    'sqlite(%j) is refused at once',
    async (options) => {
      const error = await errorOf(() => sqlite(options as never))
      expect(error.code).toBe('VALIDATION')
      expectHelpful(error)
    },
  )
})
