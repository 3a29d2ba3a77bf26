import type { Field, RecordType } from '@rapport/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldText } from '../src/kernel/text'
import { baseFields } from '../src/records/base-fields'
import { definitionOf, room, runs, textField, types } from './support/crm'
import { crowd, REACHES } from './support/crowd'
import { orderBy } from './support/queries'
import { customFields } from './support/values'

type Order = Record<string, 'asc' | 'desc' | Record<string, 'asc' | 'desc'>>[]
type Seen = Record<string, unknown> & { id: string; custom: Record<string, unknown> }

const picks = fc.array(fc.nat({ max: 63 }), { minLength: 8, maxLength: 8 })
const step = fc.record({
  insert: fc.array(picks, { maxLength: 2 }),
  remove: fc.array(fc.nat({ max: 60 }), { maxLength: 2 }),
  touch: fc.nat({ max: 60 }),
})

const scenario = (type: RecordType) =>
  fc.record({
    type: fc.constant(type),
    order: orderBy(definitionOf(type)) as unknown as fc.Arbitrary<Order>,
    limit: fc.integer({ min: 1, max: 7 }),
    records: fc.array(picks, { minLength: 8, maxLength: 30 }),
    steps: fc.array(step, { minLength: 4, maxLength: 12 }),
  })

describe.each(REACHES)('paging as one who sees %s', (reach) => {
  test('never repeats or skips a record that was there throughout, and keeps the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(...types.map(scenario)), async ({ type, order, limit, records, steps }) => {
        const { me, system, crm, add } = await crowd(reach)
        const there: string[] = []
        for (const one of records) {
          const { id, seen } = await add(type, one)
          if (seen) there.push(id)
        }
        const whole = (await room(me, type).list({ orderBy: order, limit: 200 } as never)).items as Seen[]
        expect(whole.map(({ id }) => id).sort()).toEqual([...there].sort())
        for (let at = 1; at < whole.length; at++) {
          expect(
            compare(type, order, whole[at - 1] as Seen, whole[at] as Seen),
            `${JSON.stringify(order)} at ${at}`,
          ).toBeLessThan(0)
        }

        // Between two pages records come and go, and others change in what they are not sorted by.
        const untouched = textField(type)
        const gone = new Set<string>()
        const got: string[] = []
        let after: string | null = null
        for (let page = 0; page === 0 || after; page++) {
          const answer: { items: Seen[]; nextCursor: string | null } = await room(me, type).list({
            orderBy: order,
            limit,
            after,
          } as never)
          got.push(...answer.items.map(({ id }) => id))
          after = answer.nextCursor
          const { insert = [], remove = [], touch = 0 } = steps[page] ?? {}
          for (const one of insert) await add(type, one)
          for (const place of remove) {
            const id = whole[place]?.id
            if (!id || gone.has(id)) continue
            gone.add(id)
            await room(system, type).delete(id)
          }
          const touched = whole[touch]?.id
          if (touched && !gone.has(touched) && !sortedByChange(type, order, untouched))
            await room(system, type).update(touched, { [untouched]: `Touched ${page}` })
        }
        const stayed = whole.map(({ id }) => id).filter((id) => !gone.has(id))
        expect(got.filter((id) => stayed.includes(id))).toEqual(stayed)
        expect(new Set(got).size).toBe(got.length)
        await crm.close()
      }),
      runs(8),
    )
  })
})

/** Whether an update of that field moves the record in this order. */
function sortedByChange(type: RecordType, order: Order, name: string): boolean {
  const made = Object.entries(definitionOf(type).madeFrom ?? {}).flatMap(([key, from]) =>
    from.includes(name) ? [key] : [],
  )
  const moved = [name, 'updatedAt', 'updatedBy', 'version', 'name', 'title', ...made]
  return order.some((entry) => Object.keys(entry).some((key) => moved.includes(key)))
}

/** The order once more, from its definition: empty last, folded text by its fold, money by currency and amount, then id. */
function compare(type: RecordType, order: Order, left: Seen, right: Seen): number {
  const fields: Record<string, Field> = { ...definitionOf(type).fields, ...baseFields }
  let way: 'asc' | 'desc' = 'desc'
  for (const entry of order) {
    const [name, given] = Object.entries(entry)[0] as [string, 'asc' | 'desc' | Record<string, 'asc' | 'desc'>]
    const [key, direction] =
      typeof given === 'object' ? (Object.entries(given)[0] as [string, 'asc' | 'desc']) : [name, given]
    way = direction
    const field = (typeof given === 'object' ? customFields[key as keyof typeof customFields] : fields[key]) as Field
    const of = (record: Seen) => sortable(field, typeof given === 'object' ? record.custom[key] : record[key])
    const by = compareValues(of(left), of(right), direction)
    if (by !== 0) return by
  }
  return compareValues(left.id, right.id, way)
}

function sortable(field: Field, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (field.kind === 'money')
    return `${(value as { currency: string }).currency} ${String((value as { amount: number }).amount).padStart(20, '0')}`
  if (field.kind === 'instant') return new Date(value as string).getTime()
  if (field.folded) return foldText(String(value))
  return value
}

function compareValues(left: unknown, right: unknown, direction: 'asc' | 'desc'): number {
  if (left === right) return 0
  if (left === null) return 1
  if (right === null) return -1
  return ((left as string) < (right as string) ? -1 : 1) * (direction === 'asc' ? 1 : -1)
}
