import { field, isCrmError } from '@rapport/core'
import * as fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Client, room, runs, types, withPeople } from './support/crm'
import { HOSTILE } from './support/hostile'

const fields = {
  leads: { word: field.text(), note: field.text({ max: 5000 }), any: field.json<Record<string, unknown>>() },
}
const makeWorld = () => withPeople({ fields, keep: true } as never)
let world: Awaited<ReturnType<typeof makeWorld>>
beforeAll(async () => {
  world = await makeWorld()
  return () => world.crm.close()
})

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype]
const ownKeys = () => prototypes.map((one) => Reflect.ownKeys(one).length)
const untouched = ownKeys()
afterEach(() => {
  expect(ownKeys()).toEqual(untouched)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

/** What is kept of a line of text, said once more: composed, blanks collapsed. */
const kept = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim()

test('exported and imported again they are what they were', async () => {
  const { crm, root } = world
  let accepted = 0
  for (const text of HOSTILE) {
    const values = { name: text, title: text, company: text, lostNote: null, custom: { word: text, note: text } }
    const withTag = root.leads.create({ ...values, tags: [text] } as never)
    await withTag
      .catch(() => root.leads.create(values as never))
      .then(
        () => accepted++,
        (error) => expect(isCrmError(error, 'VALIDATION')).toBe(true),
      )
  }
  expect(accepted).toBeGreaterThan(250)

  const columns = ['name', 'title', 'company', 'tags', 'custom.word', 'custom.note']
  let csv = ''
  for await (const piece of root.leads.export({ fields: columns })) csv += piece
  const copy = crm.asSystem({ tenant: 'copy', reason: 'test' }) as Client
  const result = await copy.leads.import(csv, { mapping: Object.fromEntries(columns.map((name) => [name, name])) })
  expect(result.errors).toEqual([])
  const all = async (client: Client) => {
    const rows: string[] = []
    for await (const { name, title, company, tags, custom } of client.leads.each()) {
      rows.push(
        JSON.stringify([
          name,
          title,
          company,
          tags,
          custom.word ?? null,
          custom.note === undefined ? null : kept(custom.note as string),
        ]),
      )
    }
    return rows.sort()
  }
  expect(await all(copy)).toEqual(await all(root))
})

describe('whatever JSON comes in', () => {
  const operators = [
    'eq',
    'ne',
    'in',
    'notIn',
    'gt',
    'gte',
    'lt',
    'lte',
    'between',
    'contains',
    'startsWith',
    'endsWith',
    'isNull',
    'has',
    'hasAny',
    'hasAll',
    'this',
    'last',
    'next',
    'me',
    'team',
    'class',
    'name',
  ]
  const keys = [
    'and',
    'or',
    'not',
    'custom',
    'id',
    'name',
    'title',
    'amount',
    'stage',
    'pipeline',
    'owner',
    'company',
    'tags',
    'createdAt',
    'dueDate',
    'emails',
    'version',
    'rotten',
    'contact',
    'word',
    'any',
    'consent',
    'status',
    'constructor',
    '__proto__',
    'toString',
    ...operators,
  ]
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      'x',
      '',
      'asc',
      'desc',
      'month',
      '30d',
      '2026-03-01',
      '2026-03-01T00:00:00Z',
      0,
      -1,
      1.5,
      1e308,
      null,
      true,
      false,
      [],
      {},
      ['x', 'y'],
      [1, 2],
      { amount: 1, currency: 'EUR' },
      { toString: 1 },
      { toJSON: 1 },
      { length: 1 },
    ),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      value,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc
        .array(fc.tuple(fc.constantFrom(...keys), tie('tree')), { maxLength: 4 })
        .map((pairs) =>
          JSON.parse(
            `{${pairs.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one) ?? 'null'}`).join()}}`,
          ),
        ),
    ),
  }))
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withTypedArray: true,
    withSparseArray: true,
    withBoxedValues: true,
  })
  const json = fc.oneof({ weight: 4, arbitrary: tree }, { weight: 1, arbitrary: fc.jsonValue() })
  const hostile = fc.oneof(
    { weight: 6, arbitrary: tree },
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: anything },
  )

  const onlyOurs = async (work: () => unknown) => {
    try {
      return await work()
    } catch (error) {
      if (!isCrmError(error) || error.code === 'STORAGE') throw error
      return error
    }
  }

  test('as a record, a patch and options', async () => {
    const { root } = world
    const ids = new Map<string, string>()
    for (const type of types)
      ids.set(
        type,
        (
          await room(root, type)
            .create({ name: 'X', title: 'X', kind: 'call', lastName: 'X' } as never)
            .catch(async () =>
              room(root, type).create(
                type === 'activities'
                  ? { kind: 'call' }
                  : type === 'contacts'
                    ? { lastName: 'X' }
                    : type === 'deals' || type === 'tasks'
                      ? { title: 'X' }
                      : type === 'meetings'
                        ? { title: 'X', startDate: '2026-03-10' }
                        : { name: 'X' },
              ),
            )
        ).id,
      )
    const names = [
      ...keys,
      'email',
      'phone',
      'score',
      'utm',
      'address',
      'addresses',
      'phones',
      'firstName',
      'lastName',
      'probability',
      'price',
      'dueAt',
      'subject',
      'participants',
    ]
    const input = fc.oneof(
      { weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...names), hostile, { maxKeys: 4 }) },
      { weight: 1, arbitrary: hostile },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), input, async (type, input) => {
        const api = room(root, type)
        await onlyOurs(() => api.create(input as never))
        await onlyOurs(() => api.update(ids.get(type) as string, input as never))
        await onlyOurs(() => api.update(ids.get(type) as string, input as never, { idempotencyKey: 'x' }))
        await onlyOurs(() => api.createMany([input] as never))
        const record = await api.get(ids.get(type) as string)
        expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
        expect(Object.getPrototypeOf(record.custom)).toBe(Object.prototype)
      }),
      runs(200),
    )
  })

  test('as the argument of any verb', async () => {
    const { root } = world
    const lead = await root.leads.create({ name: 'X' })
    const deal = await root.deals.create({ title: 'X' })
    const calls: ((json: never) => unknown)[] = [
      (json) => root.leads.convert(lead.id, json).then(() => undefined),
      (json) => root.leads.previewConvert(lead.id, json),
      (json) => root.leads.share(lead.id, json),
      (json) => root.leads.assign(lead.id, json),
      (json) => root.leads.updateMany(json),
      (json) => root.leads.deleteMany(json),
      (json) => root.leads.get(lead.id, { include: json }),
      (json) => root.leads.get(json),
      (json) => root.leads.duplicates(json),
      (json) => root.leads.export({ where: json, limit: 1 } as never).next(),
      (json) => root.leads.export({ fields: json }).next(),
      (json) => root.leads.import('name\nX\n', { dryRun: true, mapping: json }),
      (json) => root.leads.import('name\nX\n', { dryRun: true, values: json }),
      (json) => root.leads.import('name\nX\n', { dryRun: true, defaults: json }),
      (json) => root.leads.import(json, { dryRun: true }),
      (json) => root.deals.moveTo(deal.id, json),
      (json) => root.deals.moveTo(deal.id, 'Negotiation', json),
      (json) => root.deals.setLines(deal.id, json),
      (json) => root.deals.setContacts(deal.id, json),
      (json) => root.notes.add({ type: 'leads', id: lead.id }, json),
      (json) => root.notes.add(json, 'x'),
      (json) => root.timeline(json),
      (json) => root.timeline({ type: 'leads', id: lead.id }, json),
      (json) => root.audit(json),
      (json) => root.audit({ where: json }),
      (json) => root.can('leads', 'read', json),
      (json) => root.pipelines.create(json),
      (json) => root.rates.set(json),
      (json) => root.quotas.set(json),
      (json) => root.users.syncTeams(json),
      (json) => root.users.sync(json),
    ]
    const check = async (index: number, json: unknown) => {
      await onlyOurs(() => calls[index]?.(json as never)).catch((error) => {
        throw new Error(`${calls[index]} with ${JSON.stringify(json)}: ${error.stack}`)
      })
    }
    const plain: unknown[] = [
      null,
      true,
      5,
      '',
      'x',
      [],
      [null],
      [[]],
      [5],
      ['x'],
      [{}],
      {},
      { toString: 1 },
      { id: null },
      [{ id: null, patch: null }],
    ]
    for (const index of calls.keys()) for (const json of plain) await check(index, json)
    await fc.assert(fc.asyncProperty(fc.nat({ max: calls.length - 1 }), json, check), runs(500))
  })

  test('however deep it is', async () => {
    const { ada } = world
    const deep = (levels: number, open: string, close: string) =>
      JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`)
    for (const levels of [50, 500, 1100, 2500, 5000]) {
      for (const json of [
        deep(levels, '{"a":', '}'),
        { a: deep(levels, '[', ']') },
        deep(levels, '{"not":', '}'),
        deep(levels, '{"and":[', ']}'),
        deep(levels, '{"company":', '}'),
      ]) {
        await onlyOurs(() => ada.leads.list({ where: json }))
        await onlyOurs(() => ada.deals.list({ where: json }))
        await onlyOurs(() => ada.leads.create({ name: 'Deep', consent: json, custom: { any: json } }))
        await onlyOurs(() =>
          ada.leads.create({ name: 'Deep', consent: json, custom: { any: json } }, { idempotencyKey: 'deep' }),
        )
      }
      // What was let in does not keep anybody from reading the others.
      expect(
        (await ada.leads.list({ where: { custom: { word: 'Ada' } }, orderBy: { custom: { word: 'asc' } } })).items
          .length,
      ).toBeGreaterThanOrEqual(0)
      await ada.leads.list({ orderBy: { custom: { word: 'asc' } }, limit: 200 })
    }
  })

  test('keys that are names of prototypes stay keys of the record alone', async () => {
    const { ada, system } = world
    const consent = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    const lead = await ada.leads.create({ name: 'Proto', consent, custom: { any: consent } })
    const read = await ada.leads.get(lead.id)
    expect(JSON.stringify(read.consent)).toBe(JSON.stringify(consent))
    expect(JSON.stringify(read.custom.any)).toBe(JSON.stringify(consent))
    expect((read.consent as { polluted?: unknown }).polluted).toBeUndefined()
    const { contact } = await ada.leads.convert(lead.id, { contact: 'create' })
    expect(JSON.stringify(contact?.consent)).toBe(JSON.stringify(consent))
    const result = await system.leads.import('name,__proto__,constructor,custom.__proto__\nX,1,2,3\n', {
      mapping: { __proto__: null } as never,
    })
    expect(result.created).toBe(1)
  })
})
