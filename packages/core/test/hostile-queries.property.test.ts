import { field, isCrmError } from '@rapport/core'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeCursor } from '../src/kernel/cursor'
import { baseFields } from '../src/records/base-fields'
import {
  addPeople,
  type Client,
  definitionOf,
  definitions,
  minimal,
  newCrm,
  room,
  runs,
  type TestCrm,
  types,
} from './support/crm'
import { HOSTILE } from './support/hostile'
import { expectHelpful, refusalOf } from './support/outcome'
import { where } from './support/queries'
import { customFields } from './support/values'

let made: TestCrm
let clients: Client[]

beforeAll(async () => {
  const fields = Object.fromEntries(types.map((type) => [type, { ...customFields, contact: field.link('contacts') }]))
  made = await newCrm({ fields, keep: true })
  await addPeople(made.system)
  clients = [made.system, made.crm.as({ user: 'ada' }) as Client, made.crm.as({ user: 'mia' }) as Client]
  for (const type of types)
    for (const seed of [1, 2, 3])
      await room(made.system, type).create({ ...minimal(type, seed), owner: 'ada', tags: ['VIP'] })
  return () => made.crm.close()
})

/** A page, or a VALIDATION that helps; nothing else, whatever is asked. Deleted records are for those who may delete. */
async function answers(type: (typeof types)[number], request: unknown) {
  for (const client of clients) {
    if (!(await client.can(type, 'read'))) continue
    try {
      expect(Array.isArray((await room(client, type).list(request as never)).items)).toBe(true)
    } catch (error) {
      const isDenied = isCrmError(error, 'FORBIDDEN') && Object(request).deleted === true
      if (isDenied && !(await client.can(type, 'delete'))) continue
      if (!isCrmError(error, 'VALIDATION')) throw error
      expectHelpful(error)
    }
  }
}

const FIELD_NAMES = [
  ...new Set(
    definitions.flatMap(({ fields, filters }) => [
      ...Object.keys({ ...fields, ...baseFields }),
      ...Object.keys(filters ?? {}),
    ]),
  ),
]
const WORDS = [
  'and',
  'or',
  'not',
  'custom',
  'id',
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
  'team',
  'me',
  'class',
  'name',
  'pipeline',
  ...Object.keys(customFields),
]

const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...FIELD_NAMES, ...WORDS) },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE.filter((text) => text.length < 300)) },
)
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1e308,
    5e-324,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '2026-03-01',
    '2026-03-01T00:00:00Z',
    'month',
    '30d',
    '9999999d',
    'EUR',
    '01890000-0000-7000-8000-000000000000',
    new Date(Number.NaN),
    new Date(0),
    10n,
    undefined,
    () => 1,
    Symbol.iterator,
  ),
  fc.constantFrom<unknown>({ amount: 5, currency: 'EUR' }, { amount: 5.5, currency: 'XXX' }, [], {}, [null], [[]]),
  fc.constantFrom(...HOSTILE.filter((text) => text.length < 3000)),
  fc.double(),
  fc.string(),
)
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}))

const type = fc.constantFrom(...types)

describe('whatever is asked', () => {
  test('a random filter is answered or refused', async () => {
    await fc.assert(
      fc.asyncProperty(type, tree, (type, where) => answers(type, { where })),
      runs(1500),
    )
  })

  test('a random condition on a field that exists is answered or refused', async () => {
    const condition = fc.oneof(
      leaf,
      fc
        .array(fc.tuple(fc.constantFrom(...WORDS), tree), { minLength: 1, maxLength: 2 })
        .map((entries) => Object.fromEntries(entries)),
    )
    const asked = fc.oneof(
      ...types.map((type) =>
        fc.tuple(
          fc.constant(type),
          fc.constantFrom(...Object.keys({ ...definitionOf(type).fields, ...baseFields })),
          condition,
        ),
      ),
    )
    await fc.assert(
      fc.asyncProperty(asked, ([type, name, value]) => answers(type, { where: { [name]: value } })),
      runs(2000),
    )
    await fc.assert(
      fc.asyncProperty(type, fc.constantFrom(...Object.keys(customFields), 'contact'), condition, (type, name, value) =>
        answers(type, { where: { custom: { [name]: value } } }),
      ),
      runs(800),
    )
  })

  test('a valid filter with one thing changed is answered or refused', async () => {
    const spoilt = fc.oneof(
      ...types.map((type) => fc.tuple(fc.constant(type), where(definitionOf(type)), fc.nat({ max: 30 }), tree)),
    )
    await fc.assert(
      fc.asyncProperty(spoilt, ([type, valid, place, value]) => answers(type, { where: spoil(valid, place, value) })),
      runs(800),
    )
  })

  test('a random request is answered or refused', async () => {
    const request = fc.record(
      {
        where: tree,
        orderBy: tree,
        limit: leaf,
        after: leaf,
        include: tree,
        count: leaf,
        search: leaf,
        deleted: leaf,
        nope: leaf,
      },
      { requiredKeys: [] },
    )
    await fc.assert(fc.asyncProperty(type, fc.oneof(request, tree), answers), runs(1000))
  })

  test('a random order is answered or refused', async () => {
    const entry = fc.tuple(key, fc.oneof(fc.constantFrom('asc', 'desc'), tree)).map(([name, way]) => ({ [name]: way }))
    await fc.assert(
      fc.asyncProperty(type, fc.oneof(entry, fc.array(entry, { maxLength: 6 })), (type, orderBy) =>
        answers(type, { orderBy }),
      ),
      runs(500),
    )
  })
})

/** The same filter with the n-th value in it replaced. */
function spoil(filter: unknown, place: number, value: unknown): unknown {
  let at = 0
  const walk = (node: unknown): unknown => {
    if (at++ === place) return value
    if (Array.isArray(node)) return node.map(walk)
    if (typeof node !== 'object' || node === null || node instanceof Date) return node
    return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, walk(inner)]))
  }
  return walk(filter)
}

describe('limits', () => {
  const nested = (depth: number): object => (depth === 0 ? { name: 'x' } : { not: nested(depth - 1) })
  const wide = (count: number) => ({ or: Array.from({ length: count }, () => ({ name: 'x' })) })

  test('too deep, too wide, too long are refused', async () => {
    const ask = (where: unknown) => refusalOf(() => made.system.leads.list({ where: where as never }))
    expect(await ask(nested(50))).toMatch(/too-deep$/)
    expect(await ask(wide(500))).toMatch(/too-many-conditions$/)
    expect(await ask({ status: { in: Array.from({ length: 1001 }, () => 'new') } })).toBe(
      'VALIDATION where.status.in too-many-values',
    )
    expect(await ask({ name: 'x'.repeat(3000) })).toBe('VALIDATION where.name too-long')
    const cyclic: Record<string, unknown> = {}
    cyclic.not = cyclic
    expect(await ask(cyclic)).toMatch(/too-deep$/)
  })

  test('the largest lists that are allowed are answered, for a small and a big team', async () => {
    await made.system.users.syncTeams([{ id: 'big', name: 'Big' }])
    await made.system.users.sync(
      Array.from({ length: 50 }, (_, index) => ({
        id: `many${index}`,
        name: 'Many',
        roles: ['sales'],
        teams: ['big'],
      })),
    )
    const everyone = [...clients, made.crm.as({ user: 'many1' }) as Client]
    const ids = Array.from({ length: 1000 }, () => '01890000-0000-7000-8000-000000000000')
    const numbers = Array.from({ length: 1000 }, (_, index) => index)
    const tags = Array.from({ length: 1000 }, (_, index) => `tag ${index}`)
    for (const client of everyone) {
      const filters = [
        { id: { in: ids } },
        { score: { in: numbers } },
        { tags: { hasAny: tags } },
        { not: { tags: { hasAny: tags } } },
        { tags: { hasAll: tags } },
        { and: [1, 2, 3, 4, 5].map(() => ({ score: { in: numbers } })) },
      ]
      for (const where of filters)
        expect((await client.leads.list({ where: where as never, count: 'exact' })).items).toHaveLength(
          'not' in where && client !== everyone[3] ? 3 : 0,
        )
      const prices = numbers.map((amount) => ({ amount, currency: 'EUR' as const }))
      for (const where of [
        { amount: { in: prices } },
        { stage: { in: tags } },
        { pipeline: { in: tags } },
        { stage: { in: ids } },
      ])
        expect((await client.deals.list({ where: where as never })).items).toEqual([])
    }
  })
})

describe('cursors', () => {
  test('a cursor that was not given out is refused', async () => {
    for (const after of [...HOSTILE.filter((text) => text !== ''), 5, {}, true, []]) {
      expect(await refusalOf(() => made.system.leads.list({ after: after as never }))).toBe(
        'VALIDATION after invalid-cursor',
      )
    }
  })

  test('a cursor with something changed is refused, or goes on from another place', async () => {
    const first = await made.system.leads.list({ limit: 1 })
    const cursor = first.nextCursor as string
    const mutated = fc
      .tuple(fc.nat({ max: cursor.length - 1 }), fc.constantFrom(...'abcXYZ019-_'))
      .map(([at, letter]) => cursor.slice(0, at) + letter + cursor.slice(at + 1))
    await fc.assert(
      fc.asyncProperty(mutated, (after) => answers('leads', { after })),
      runs(300),
    )
  })

  test('a forged cursor with values of any kind is refused, or goes on from another place', async () => {
    const scalar = fc.oneof(
      fc.constantFrom<unknown>(null, true, false, '', 'x', 1e308, -0, 2 ** 53, 0.5),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
    )
    const orders = [
      undefined,
      [{ name: 'asc' }],
      [{ score: 'desc' }, { name: 'asc' }],
      [{ custom: { price: 'asc' } }],
      [{ custom: { flag: 'desc' } }, { email: 'asc' }],
    ]
    const forged = fc.tuple(fc.constantFrom(...orders), fc.array(scalar, { maxLength: 6 }))
    await fc.assert(
      fc.asyncProperty(forged, ([orderBy, values]) =>
        answers('leads', {
          orderBy,
          after: encodeCursor(values, JSON.stringify(['leads', undefined, orderBy, undefined, undefined])),
        }),
      ),
      runs(500),
    )
  })

  test('a cursor of another query, order or type is refused', async () => {
    const { nextCursor } = await made.system.leads.list({ limit: 1 })
    for (const query of [{ where: { name: 'x' } }, { orderBy: { name: 'asc' } }, { search: 'x' }]) {
      expect(await refusalOf(() => made.system.leads.list({ ...query, after: nextCursor } as never))).toBe(
        'VALIDATION after invalid-cursor',
      )
    }
    expect(await refusalOf(() => made.system.contacts.list({ after: nextCursor }))).toBe(
      'VALIDATION after invalid-cursor',
    )
  })
})
