import { field } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { minimal, newCrm, room, textField, types, withPeople } from './support/crm'
import { errorOf, refusalOf } from './support/outcome'

describe('the version that was read', () => {
  test('lets two people change different fields', async () => {
    const { ada, system } = await withPeople()
    const { id } = await ada.leads.create({ name: 'Ada' })
    await ada.leads.update(id, { title: 'Countess' }, { ifVersion: 1 })
    const both = await system.leads.update(id, { score: 7 }, { ifVersion: 1 })
    expect([both.title, both.score, both.version]).toEqual(['Countess', 7, 3])
  })

  test('is a conflict on the very fields that changed, custom ones too', async () => {
    const { ada } = await withPeople({ fields: { leads: { tier: field.select(['gold', 'silver']) } } })
    const { id } = await ada.leads.create({ name: 'Ada', score: 1, custom: { tier: 'gold' } } as never)
    await ada.leads.update(id, { score: 2, title: 'Countess' })
    await ada.leads.update(id, { custom: { tier: 'silver' } } as never)
    const error = await errorOf(() => ada.leads.update(id, { score: 3, name: 'Ada B.' }, { ifVersion: 1 }))
    expect([error.code, error.status]).toEqual(['CONFLICT', 409])
    expect(error.problems).toMatchObject([{ field: 'score', rule: 'changed-meanwhile', yours: 3, theirs: 2 }])
    const custom = await errorOf(() => ada.leads.update(id, { custom: { tier: null } } as never, { ifVersion: 2 }))
    expect(custom.problems).toMatchObject([{ field: 'custom.tier', yours: null, theirs: 'silver' }])
    expect((await ada.leads.get(id)).version).toBe(3)
  })

  test('must be one that there has been', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.leads.create({ name: 'Ada' })
    for (const ifVersion of [0, 2, -1, 1.5, Number.NaN, '1'] as number[]) {
      expect(await refusalOf(() => ada.leads.update(id, { score: 3 }, { ifVersion }))).toBe(
        'VALIDATION ifVersion unknown-version',
      )
    }
  })

  test('is checked item by item in bulk', async () => {
    const { ada } = await withPeople()
    const [one, two] = [await ada.leads.create({ name: 'One' }), await ada.leads.create({ name: 'Two' })]
    await ada.leads.update(one.id, { score: 1 })
    const results = await ada.leads.updateMany([one, two].map(({ id }) => ({ id, patch: { score: 9 }, ifVersion: 1 })))
    expect(results.map((result) => (result.ok ? result.value.score : result.error.code))).toEqual(['CONFLICT', 9])
  })
})

test.each(types)('%s: nothing is written when nothing changes', async (type) => {
  const { system, storage } = await newCrm()
  const api = room(system, type)
  const record = await api.create({ ...minimal(type, 1), tags: ['VIP'] })
  const name = textField(type)
  const statements = await storage.record(() => api.update(record.id, { [name]: record[name], tags: ['VIP'] }))
  expect(statements.filter(({ sql }) => !sql.startsWith('select'))).toEqual([])
  expect((await api.get(record.id)).version).toBe(1)
})
