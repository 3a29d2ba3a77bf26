import { type Fields, field, type RecordType } from '@rapport/core'
import * as fc from 'fast-check'
import { baseFields } from '../../src/records/base-fields'
import { isServerOwned } from '../../src/records/field'
import { definitionOf, textField, types } from './crm'
import { hostileValue, pick, ref, USERS, words } from './hostile-values'
import { customFields } from './values'

/** Custom fields of every kind, on every type. */
export const hostileFields = {
  ...customFields,
  code: field.text({ unique: true, max: 120 }),
  ratio: field.number(),
  web: field.url(),
  mail: field.email({ searched: true }),
  line: field.phone(),
  boss: field.user(),
  friend: field.link('contacts'),
  choice: field.select(['ß', 'SS', 'ss', "it's", 'a\\b', '%']),
} satisfies Fields

/** A call, told so that it can be made on each of several CRMs and shown when it went wrong. */
export interface Operation {
  readonly does: string
  readonly as: string
  readonly type: RecordType
  /** Which of the records made before. */
  readonly pick: number
  readonly more: Readonly<Record<string, unknown>>
}

export const asker = fc.constantFrom('system', 'root', 'mia', 'ada', 'cyd', 'own', 'blind')
const writer = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('system', 'root') }, { weight: 1, arbitrary: asker })

const operation = (does: string, type: RecordType, more: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({
    does: fc.constant(does),
    as: writer,
    type: fc.constant(type),
    pick,
    more: fc.record(more),
  }) as fc.Arbitrary<Operation>

const writable = (type: RecordType) =>
  Object.entries({ ...definitionOf(type).fields, owner: baseFields.owner, tags: baseFields.tags }).filter(
    ([, of]) => !isServerOwned(of) && of.to !== 'pipelines' && of.to !== 'stages',
  )

const some = (
  entries: readonly [string, Parameters<typeof hostileValue>[0]][],
  most: number,
): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .subarray([...entries], { maxLength: Math.min(most, entries.length) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          chosen.map(([name, of]) => [
            name,
            fc.oneof({ weight: 12, arbitrary: hostileValue(of) }, { weight: 1, arbitrary: fc.constantFrom(null, '') }),
          ]),
        ),
      ),
    )

const custom = some(Object.entries(hostileFields), 5)

const values = (type: RecordType, most: number) =>
  fc
    .tuple(some(writable(type), most), fc.option(custom))
    .map(([built, custom]) => ({ ...built, ...(custom && { custom }) }))

const newValues = (type: RecordType) =>
  fc.tuple(words, values(type, 12)).map(([title, rest]) => ({
    [textField(type)]: title,
    ...(type === 'activities' && { kind: 'call' }),
    ...(type === 'meetings' && { startDate: '2026-03-09' }),
    ...rest,
  }))

const options = fc.record(
  { ifVersion: fc.constantFrom(1, 1, 2, 3), idempotencyKey: fc.constantFrom('k', 'K', 'k ', 'ḱ', 'ß', 'ss') },
  { requiredKeys: [] },
)
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 5 })
const rarely = { options: seldom(options) }
const reasons = fc.record({ reason: fc.oneof(fc.constantFrom('price', 'other'), words), note: fc.option(words) })
const stages = fc.constantFrom(
  'Qualification',
  'Proposal Sent',
  'Negotiation',
  'Closed Won',
  'Closed Lost',
  'negotiation',
)
const MERGED: RecordType[] = ['leads', 'contacts', 'companies']
const target = (type: string, given: fc.Arbitrary<unknown>) =>
  fc.oneof(
    fc.constantFrom('create', 'none'),
    ref(type).map((link) => ({ link })),
    given.map((create) => ({ create })),
  )

export const create = (type: RecordType) => operation('create', type, { values: newValues(type), ...rarely })

const csvCell = words.map((text) => `"${text.replaceAll('"', '""')}"`)
const csvRow = fc.tuple(
  csvCell,
  fc.constantFrom('a@x.example', 'A@X.example', 'b@x.example', '"ß@x.example"', ''),
  csvCell,
)
const csv = fc
  .array(csvRow, { minLength: 1, maxLength: 5 })
  .map((rows) => ['name,email,"Word"', ...rows.map((row) => row.join(','))].join('\n'))

function writesOf(type: RecordType): fc.Arbitrary<Operation>[] {
  const written = operation('update', type, { values: values(type, 4), ...rarely })
  const usual = [
    create(type),
    create(type),
    create(type),
    written,
    written,
    operation('createMany', type, { values: fc.array(newValues(type), { maxLength: 3 }) }),
    operation('delete', type, rarely),
    operation('restore', type),
    operation('assign', type, {
      to: fc.oneof(
        fc.record({ user: fc.constantFrom(...USERS, null, 'ADA') }),
        fc.constantFrom({ roundRobin: { team: 'all' } }, { leastLoaded: { team: 'north' } }),
      ),
    }),
    operation('share', type, {
      with: fc.constantFrom({ user: 'cyd' }, { team: 'south' }),
      level: fc.constantFrom('read', 'edit'),
    }),
    operation('note', type, { text: words }),
    operation('purge', type),
  ]
  const tags = [operation('renameTag', type, { from: words, to: words })]
  const merges = [
    operation('merge', type, { losers: fc.array(ref(type), { minLength: 1, maxLength: 2 }) }),
    operation('unmerge', type),
    operation('duplicates', type),
  ]
  const leads = [
    operation('convert', 'leads', {
      input: fc.record(
        {
          contact: target('contacts', values('contacts', 3)),
          company: target('companies', values('companies', 3)),
          deal: target('deals', values('deals', 3)),
          onDuplicate: fc.constantFrom('error', 'link', 'create'),
        },
        { requiredKeys: ['onDuplicate'] },
      ),
    }),
    operation('previewConvert', 'leads'),
    operation('import', 'leads', { csv, mode: fc.constantFrom('create', 'update', 'upsert') }),
  ]
  const deals = [
    operation('move', 'deals', { stage: stages, details: seldom(fc.record({ lostReason: words })) }),
    operation('win', 'deals'),
    operation('lose', 'deals', { loss: reasons }),
    operation('reopen', 'deals'),
    operation('lines', 'deals', {
      lines: fc.array(
        fc.record(
          {
            name: words,
            quantity: fc.constantFrom(1, 3, '0.000001', '1.5'),
            unitPrice: hostileValue(field.money()),
            discountPercent: fc.constantFrom(0, 12.5, '33.3333'),
            taxPercent: fc.constantFrom(0, 19),
          },
          { requiredKeys: ['name', 'unitPrice'] },
        ),
        { maxLength: 3 },
      ),
    }),
    operation('contacts', 'deals', {
      contacts: fc.array(fc.record({ contact: ref('contacts'), role: fc.option(words) }), { maxLength: 3 }),
    }),
  ]
  return [
    ...usual,
    ...(type === 'activities' ? [] : tags),
    ...(MERGED.includes(type) ? merges : []),
    ...(type === 'leads' ? leads : []),
    ...(type === 'deals' ? [...deals, ...deals] : []),
    ...(type === 'tasks' ? [operation('complete', 'tasks')] : []),
  ]
}

/** Something that changes records, for better or worse. */
export const write: fc.Arbitrary<Operation> = fc.oneof(...types.map((type) => fc.oneof(...writesOf(type))))
