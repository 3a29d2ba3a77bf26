import { createCrm } from '@rapport/core'
import { dumpTables, sampleValues, stepClock, watchStorage } from '@rapport/core/testing'
import { expect, test } from 'vitest'
import { newStorage, spelledAlike } from '../../test/support/databases'

async function watched() {
  const storage = watchStorage(await newStorage())
  const crm = createCrm({ storage })
  await crm.migrate()
  return { storage, system: crm.asSystem({ reason: 'test' }) }
}

test('a watched storage tells the statements of a call, inside a transaction and outside', async () => {
  const { storage, system } = await watched()
  await system.leads.list()
  const written = await storage.record(() => system.leads.create({ name: 'Ada' }))
  expect(written.map(({ sql, inside }) => [spelledAlike(sql).split(' ').slice(0, 3).join(' '), inside])).toEqual([
    ['insert into crm_lead', true],
    ['insert into crm_event', true],
  ])
  expect((await storage.record(() => system.leads.list())).map(({ inside }) => inside)).toEqual([false])
})

test('a watched storage fails once where it is told to', async () => {
  const { storage, system } = await watched()
  const before = await dumpTables(storage)
  for (const at of [1, 2, 'commit'] as const) {
    const failed = storage.failOn(at)
    await expect(system.leads.create({ name: 'Ada' })).rejects.toMatchObject({ code: 'STORAGE', rule: 'failed' })
    expect(failed()).toBe(true)
    expect(await dumpTables(storage)).toEqual(before)
  }
  const failed = storage.failOn(3)
  await system.leads.create({ name: 'Ada' })
  expect(failed()).toBe(false)
  storage.failOn(null)
  expect((await dumpTables(storage)).lead).toHaveLength(1)
  expect((await dumpTables(storage, ['lead'])).lead).toBeUndefined()
})

test('a step clock stands still, goes on by steps, and is moved', () => {
  const still = stepClock('2026-03-01T00:00:00Z')
  expect([still.now(), still.now()]).toEqual([new Date('2026-03-01T00:00:00Z'), new Date('2026-03-01T00:00:00Z')])
  still.advance(1500)
  expect(still.now().toISOString()).toBe('2026-03-01T00:00:01.500Z')
  still.set('2027-01-01T00:00:00Z')
  expect(still.now().getUTCFullYear()).toBe(2027)
  const going = stepClock(new Date(0), 10)
  expect([going.now().getTime(), going.now().getTime()]).toEqual([0, 10])
})

test('samples are the same for the same seed, and taken as input', async () => {
  const { system } = await watched()
  const fields = {
    name: { kind: 'text', mode: 'required' },
    email: { kind: 'email', mode: 'optional' },
    score: { kind: 'integer', mode: 'optional', min: 0, max: 100 },
  } as const
  expect(sampleValues(fields, 5)).toEqual({ name: 'name 5', email: 'email.5@sample.example', score: 5 })
  expect(sampleValues(fields, 5, ['required'])).toEqual({ name: 'name 5' })
  expect((await system.leads.create(sampleValues(fields, 105) as never)).score).toBe(4)
})
