import { isCrmError } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { describe, expect, test } from 'vitest'
import { minimal, room, types, withPeople } from './support/crm'
import { errorOf, refusalOf } from './support/outcome'

const KEY = { idempotencyKey: 'once' }

describe('a call with a key', () => {
  test.each(types)('%s: repeated, gives the first result and writes nothing more', async (type) => {
    const { system, storage, clock } = await withPeople()
    const api = room(system, type)
    const again = async <T>(call: () => Promise<T>): Promise<T> => {
      const first = await call()
      clock.advance(1000)
      const before = await dumpTables(storage)
      expect(await call()).toEqual(first)
      expect(await dumpTables(storage)).toEqual(before)
      return first
    }
    const input = { ...minimal(type, 1), tags: ['VIP'] }
    const { id } = await again(() => api.create(input, { idempotencyKey: 'create' }))
    await again(() => api.update(id, { tags: ['late'] }, { idempotencyKey: 'update' }))
    await again(() => api.assign(id, { roundRobin: { team: 'north' } }, { idempotencyKey: 'assign' }))
    await again(() => api.share(id, { with: { user: 'bob' }, level: 'read' }, { idempotencyKey: 'share' }))
    await again(() => api.delete(id, { idempotencyKey: 'delete' }))
    await again(() => api.restore(id, { idempotencyKey: 'restore' }))
    await again(() =>
      api.createMany([minimal(type, 2), { nope: 1 }, minimal(type, 3)], { idempotencyKey: 'createMany' }),
    )
    await again(() => api.deleteMany([id, id], { idempotencyKey: 'deleteMany' }))
    await again(() => api.purge(id, { idempotencyKey: 'purge' }))
  })

  test('keeps errors of a bulk call errors', async () => {
    const { ada } = await withPeople()
    const call = () => ada.leads.createMany([{ name: 'x', nope: 1 } as never], KEY)
    const [[first], [second]] = [await call(), await call()]
    for (const result of [first, second]) {
      const error = result && !result.ok ? result.error : undefined
      expect(isCrmError(error, 'VALIDATION')).toBe(true)
      expect(error?.rule).toBe('unknown-key')
    }
  })

  test('that was refused may be repeated with better input', async () => {
    const { ada } = await withPeople()
    await errorOf(() => ada.leads.create({ name: 'x', email: 'nonsense' }, KEY))
    expect((await ada.leads.create({ name: 'x', email: 'x@example.com' }, KEY)).name).toBe('x')
  })

  test('is a conflict with another input, or for another method', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.leads.create({ name: 'x' }, KEY)
    expect(await refusalOf(() => ada.leads.create({ name: 'y' }, KEY))).toBe('CONFLICT idempotencyKey key-reused')
    expect(await refusalOf(() => ada.leads.delete(id, KEY))).toBe('CONFLICT idempotencyKey key-reused')
    expect((await ada.leads.list()).items).toHaveLength(1)
  })

  test('is one’s own: another user, or another tenant, may use the same', async () => {
    const { ada, bob, crm } = await withPeople()
    const ids = [
      await ada.leads.create({ name: 'x' }, KEY),
      await bob.leads.create({ name: 'x' }, KEY),
      await crm.asSystem({ tenant: 'other', reason: 'test' }).leads.create({ name: 'x' }, KEY),
    ]
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3)
  })

  test('made many times at once, happens once', async () => {
    const { ada } = await withPeople()
    const results = await Promise.all(Array.from({ length: 30 }, () => ada.leads.create({ name: 'x' }, KEY)))
    expect(new Set(results.map(({ id }) => id)).size).toBe(1)
    expect((await ada.leads.list({ count: 'exact' })).count).toBe(1)
  })

  test('must be text of 1 to 255 characters', async () => {
    const { ada } = await withPeople()
    for (const idempotencyKey of ['', 'x'.repeat(256), 5, {}, null]) {
      expect(await refusalOf(() => ada.leads.create({ name: 'x' }, { idempotencyKey: idempotencyKey as never }))).toBe(
        'VALIDATION idempotencyKey invalid-key',
      )
    }
  })
})
