import type { Field } from '@rapport/core'
import * as fc from 'fast-check'
import { baseFields } from '../../src/records/base-fields'
import type { RecordDefinition } from '../../src/records/definition'
import { definitions } from './crm'
import { customFields, pooled, TAGS } from './values'

const pick = fc.nat({ max: 20 })
const USERS = ['me', 'mate', 'zed', 'nobody']

/** A value to compare with. */
const aValueOf = (definition: RecordDefinition, name: string, field: Field): fc.Arbitrary<unknown> =>
  field.kind === 'user'
    ? fc.constantFrom(...USERS)
    : fc.tuple(fc.nat({ max: 20 }), pick).map(([record, choice]) => {
        const value = pooled(definition, name, field, record, choice)
        const one = Array.isArray(value) ? value[0] : value
        return one !== null && typeof one === 'object' && 'value' in one
          ? one.value
          : value instanceof Date
            ? value.toISOString()
            : value
      })

function conditionOn(definition: RecordDefinition, name: string, field: Field): fc.Arbitrary<unknown> {
  const value = aValueOf(definition, name, field)
  const common: fc.Arbitrary<unknown>[] = [
    value,
    fc.constant(null),
    fc.record({ isNull: fc.boolean() }),
    value.map((eq) => ({ eq })),
    value.map((ne) => ({ ne })),
    fc.array(value, { maxLength: 3 }).map((list) => ({ in: list })),
    fc.array(value, { maxLength: 3 }).map((notIn) => ({ notIn })),
  ]
  // Ids the SDK makes differ from run to run: of those, parts they never have.
  const part = fc.constantFrom(...(field.mode === 'stamped' ? ['x', '@', '%'] : ['a', 'an', 'x', '@', '5', 'b', '%']))
  switch (field.kind) {
    case 'text':
    case 'email':
    case 'phone':
    case 'url':
      return fc.oneof(
        ...common,
        part.map((contains) => ({ contains })),
        part.map((startsWith) => ({ startsWith })),
        part.map((endsWith) => ({ endsWith })),
      )
    case 'number':
    case 'integer':
    case 'money':
    case 'date':
    case 'instant': {
      const ordered = [
        value.map((gt) => ({ gt })),
        value.map((lte) => ({ lte })),
        fc.tuple(value, value).map((between) => ({ between })),
      ]
      const moment = [fc.constant({ this: 'month' }), fc.constant({ last: '3d' }), fc.constant({ next: 'week' })]
      return fc.oneof(...common, ...ordered, ...(field.kind === 'date' || field.kind === 'instant' ? moment : []))
    }
    case 'tags':
      return fc.oneof(
        fc.constantFrom(...TAGS),
        fc.constantFrom(...TAGS).map((has) => ({ has })),
        fc.subarray(TAGS).map((hasAny) => ({ hasAny })),
        fc.subarray(TAGS).map((hasAll) => ({ hasAll })),
      )
    case 'multiselect':
    case 'emails':
    case 'phones':
      return fc.oneof(
        value.map((one) => ({ has: one ?? 'a' })),
        fc.record({ isNull: fc.boolean() }),
      )
    case 'user':
      return fc.oneof(
        ...common,
        fc.constant({ me: true }),
        fc.constantFrom('north', 'south', 'all').map((team) => ({ team })),
      )
    default:
      return fc.oneof(...common)
  }
}

const target = (field: Field) => definitions.find(({ type }) => type === field.to)

const made = new Map<string, fc.Arbitrary<Record<string, unknown>>>()

/** A filter on records of that type, to some depth; through links too. Made once for each type and depth. */
export function where(definition: RecordDefinition, depth = 2): fc.Arbitrary<Record<string, unknown>> {
  const key = `${definition.type} ${depth}`
  const known = made.get(key) ?? makeWhere(definition, depth)
  made.set(key, known)
  return known
}

function makeWhere(definition: RecordDefinition, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries({ ...definition.fields, ...baseFields }).filter(
    ([name, { kind }]) => name !== 'custom' && kind !== 'json' && kind !== 'addresses' && kind !== 'reminders',
  )
  const leaves = fields.map(([name, field]): fc.Arbitrary<Record<string, unknown>> => {
    const linked = field.kind === 'link' ? target(field) : undefined
    if (linked && depth > 0) return where(linked, depth - 1).map((inner) => ({ [name]: inner }))
    if (field.kind === 'link') return fc.record({ isNull: fc.boolean() }).map((condition) => ({ [name]: condition }))
    return conditionOn(definition, name, field).map((condition) => ({ [name]: condition }))
  })
  const custom = Object.entries(customFields).map(([name, field]) =>
    conditionOn(definition, name, field).map((condition) => ({ custom: { [name]: condition } })),
  )
  const leaf = fc.oneof(...leaves, ...custom)
  if (depth === 0) return leaf
  const inner = where(definition, depth - 1)
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: inner.map((not) => ({ not })) },
    { weight: 1, arbitrary: fc.array(inner, { maxLength: 3 }).map((or) => ({ or })) },
    { weight: 1, arbitrary: fc.tuple(inner, leaf).map(([and, more]) => ({ and: [and], ...more })) },
  )
}

const SORTABLE = [
  'text',
  'email',
  'phone',
  'url',
  'number',
  'integer',
  'money',
  'date',
  'instant',
  'boolean',
  'select',
  'user',
]

/** An order of one to three fields of that type, custom ones among them. */
export function orderBy(definition: RecordDefinition): fc.Arbitrary<unknown[]> {
  const names = Object.entries({ ...definition.fields, ...baseFields }).filter(([, field]) =>
    SORTABLE.includes(field.kind),
  )
  const direction = fc.constantFrom('asc', 'desc')
  const built = fc
    .tuple(fc.constantFrom(...names.map(([name]) => name)), direction)
    .map(([name, way]) => ({ [name]: way }))
  const sortable = Object.keys(customFields).filter((name) => name !== 'marks')
  const custom = fc.tuple(fc.constantFrom(...sortable), direction).map(([name, way]) => ({ custom: { [name]: way } }))
  return fc.array(fc.oneof({ weight: 3, arbitrary: built }, { weight: 1, arbitrary: custom }), {
    minLength: 1,
    maxLength: 3,
  })
}

/** A whole list request. */
export function listQuery(definition: RecordDefinition): fc.Arbitrary<Record<string, unknown>> {
  const links = Object.entries({ ...definition.fields, ...baseFields }).filter(
    ([, { kind }]) => kind === 'link' || kind === 'user',
  )
  return fc.record(
    {
      where: where(definition),
      orderBy: orderBy(definition),
      limit: fc.integer({ min: 1, max: 6 }),
      include: fc.subarray(
        links.map(([name]) => name),
        { maxLength: 3 },
      ),
      count: fc.constantFrom('none', 'capped', 'exact'),
      search: fc.constantFrom('ann', 'zo', '5', 'b', 'sample', '1'),
      deleted: fc.boolean(),
    },
    { requiredKeys: [] },
  )
}

/** Every field of the type sorted by, tested for being empty and compared with a value; every field of linked records too. */
export function everyQuery(definition: RecordDefinition): Record<string, unknown>[] {
  const fields = Object.entries({ ...definition.fields, ...baseFields })
  const built = fields.flatMap(([name, field]) => [
    { orderBy: [{ [name]: 'asc' }] },
    { where: { [name]: { isNull: false } } },
    { where: { not: { [name]: aValue(definition, name, field) } } },
    ...linkedQueries(name, field),
  ])
  const custom = Object.entries(customFields).flatMap(([name, field]) => [
    { orderBy: [{ custom: { [name]: 'desc' } }] },
    { where: { custom: { [name]: { isNull: true } } } },
    { where: { custom: { [name]: aValue(definition, name, field) } } },
  ])
  const searches = ['ann', 'zo', 'bob', 'sample', '30', '1'].map((search) => ({ search }))
  return [...built, ...custom, ...searches].map((query) => ({ ...query, count: 'exact' }))
}

function linkedQueries(link: string, { kind, to }: Field): Record<string, unknown>[] {
  const linked = kind === 'link' ? definitions.find(({ type }) => type === to) : undefined
  if (!linked) return []
  const names = [
    ...Object.keys(linked.fields).map((name) => ({ [name]: { isNull: false } })),
    ...Object.keys(customFields).map((name) => ({ custom: { [name]: null } })),
  ]
  return [{}, ...names].flatMap((inner) => [{ where: { [link]: inner } }, { where: { not: { [link]: inner } } }])
}

function aValue(definition: RecordDefinition, name: string, field: Field): unknown {
  const value = pooled(definition, name, field, 3, 1)
  const one = Array.isArray(value) ? value[0] : value
  return field.kind === 'user' ? 'mate' : field.kind === 'emails' || field.kind === 'phones' ? one.value : one
}
