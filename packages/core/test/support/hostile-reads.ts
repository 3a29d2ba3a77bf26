import type { Field, Fields, RecordType } from '@rapport/core'
import * as fc from 'fast-check'
import { baseFields } from '../../src/records/base-fields'
import { definitionOf, types } from './crm'
import { hostileValue, pick, piece, words } from './hostile-values'
import { asker, hostileFields, type Operation } from './hostile-writes'
import { listQuery, orderBy } from './queries'

/** Stands for what a record made before has in that field, spelt another way. */
export interface Known {
  known: string
  pick: number
  as: 'it is' | 'upper' | 'lower' | 'padded' | 'part'
}

const known = (name: string): fc.Arbitrary<Known> =>
  fc.record({
    known: fc.constant(name),
    pick,
    as: fc.constantFrom('it is', 'it is', 'upper', 'lower', 'padded', 'part'),
  })

const TEXT = ['text', 'email', 'phone', 'url']
const ORDERED = ['number', 'integer', 'money', 'date', 'instant']

function conditionOn(name: string, of: Field): fc.Arbitrary<unknown> {
  const value = fc.oneof(known(name), hostileValue(of))
  if (of.kind === 'tags') return fc.oneof(known(name), words).map((has) => ({ has }))
  if (of.kind === 'multiselect') return fc.constantFrom(...(of.options as string[])).map((has) => ({ has }))
  const both = fc.constantFrom('eq', 'ne', 'in', 'notIn')
  const operator = TEXT.includes(of.kind)
    ? fc.oneof(both, fc.constantFrom('contains', 'startsWith', 'endsWith', 'contains'))
    : ORDERED.includes(of.kind)
      ? fc.oneof(both, fc.constantFrom('gt', 'gte', 'lt', 'lte'))
      : both
  const needle = TEXT.includes(of.kind) ? fc.oneof(piece, value) : value
  return fc.tuple(operator, value, needle).map(([operator, value, needle]) => ({
    [operator]: operator.endsWith('n') && operator.length < 6 ? [value, needle] : needle,
  }))
}

const hostileWhere = (type: RecordType): fc.Arbitrary<Record<string, unknown>> => {
  const built = Object.entries({ ...definitionOf(type).fields, ...baseFields }).filter(
    ([, { kind }]) => !['json', 'addresses', 'reminders', 'emails', 'phones', 'link'].includes(kind),
  )
  const own = Object.entries(hostileFields).filter(([, { kind }]) => kind !== 'link')
  const leaf = fc.oneof(
    ...built.map(([name, of]) => conditionOn(name, of).map((condition) => ({ [name]: condition }))),
    ...own.map(([name, of]) =>
      conditionOn(`custom.${name}`, of).map((condition) => ({ custom: { [name]: condition } })),
    ),
  )
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: leaf.map((not) => ({ not })) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map((or) => ({ or })) },
  )
}

const SORTED = Object.keys(hostileFields).filter((name) => !['marks', 'friend'].includes(name))

const order = (type: RecordType) =>
  fc.oneof(
    orderBy(definitionOf(type)),
    fc
      .tuple(fc.constantFrom(...SORTED), fc.constantFrom('asc', 'desc'))
      .map(([name, way]) => [{ custom: { [name]: way } }]),
  )

const hostileQuery = (type: RecordType) =>
  fc.record(
    {
      where: hostileWhere(type),
      orderBy: order(type),
      search: fc.oneof(words, known('name'), known('title')),
      limit: fc.integer({ min: 1, max: 5 }),
      count: fc.constantFrom('capped', 'exact'),
    },
    { requiredKeys: [] },
  )

const read = (does: string, type: RecordType, more: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({
    does: fc.constant(does),
    as: asker,
    type: fc.constant(type),
    pick,
    more: fc.record(more),
  }) as fc.Arbitrary<Operation>

const list = (type: RecordType) =>
  read('list', type, { query: fc.oneof(hostileQuery(type), listQuery(definitionOf(type))) })

/** All records of each type, by each of its texts. */
export const everyOrder: readonly Operation[] = types.flatMap((type) => {
  const texts = (fields: Fields) => Object.keys(fields).filter((name) => TEXT.includes(fields[name]?.kind ?? ''))
  const orders = [
    ...texts(definitionOf(type).fields).map((name) => ({ [name]: 'asc' })),
    ...texts(hostileFields).map((name) => ({ custom: { [name]: 'asc' } })),
  ]
  return orders.map((order) => ({
    does: 'list',
    as: 'system',
    type,
    pick: 0,
    more: { query: { orderBy: [order], limit: 200 } },
  }))
})

/** Something asked: a list walked to its end, a search, a report, a timeline, a file. */
export const question: fc.Arbitrary<Operation> = fc.oneof(
  ...types.flatMap((type) => [
    list(type),
    list(type),
    list(type),
    read('tags', type),
    read('timeline', type, { limit: fc.integer({ min: 2, max: 9 }) }),
    read('get', type),
  ]),
  ...(['leads', 'contacts', 'companies', 'deals'] as const).map((type) =>
    read('export', type, {
      query: fc.record({ where: hostileWhere(type), orderBy: order(type) }, { requiredKeys: [] }),
    }),
  ),
  ...Array.from({ length: 6 }, () =>
    read('report', 'deals', { at: fc.nat(), where: fc.option(hostileWhere('deals')) }),
  ),
  read('search', 'leads', { text: fc.oneof(words, known('name'), known('title')) }),
  read('search', 'contacts', { text: fc.oneof(words, known('name'), known('email')) }),
  read('audit', 'leads', { limit: fc.integer({ min: 3, max: 40 }) }),
)
