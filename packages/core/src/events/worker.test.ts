import { createCrm, isCrmError, type Subscriber, systemClock } from '@rapport/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Client, newCrm } from '../../test/support/crm'
import { newPlace } from '../../test/support/databases'

const ada = { name: 'Ada', source: 'website' } as const
const NEVER = 3_600_000

/** A CRM on the time of the day, for workers sleep in it. */
const awake = (subscriber?: Subscriber) =>
  newCrm({ clock: systemClock, ...(subscriber && { subscribers: { sync: subscriber } }) })

function noting(behave: () => unknown = () => {}) {
  const heard: string[] = []
  const subscriber: Subscriber = {
    events: ['lead.created'],
    async handle(event) {
      heard.push(event.recordId)
      await behave()
    },
  }
  return { subscriber, heard }
}

test('a worker does at once what this process writes', async () => {
  const { subscriber, heard } = noting()
  const { crm, system } = await awake(subscriber)
  const worker = crm.worker({ pollEvery: NEVER })
  worker.start()
  worker.start()
  const { id } = await system.leads.create(ada)
  await vi.waitFor(() => expect(heard).toEqual([id]))
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { id: second } = await system.leads.create({ name: 'Bob' })
  await vi.waitFor(() => expect(heard).toEqual([id, second]))
  await worker.stop()
  await system.leads.create({ name: 'Cyd' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(heard).toHaveLength(2)
})

test('with nothing to do it sleeps: one statement for each kind of work, and no more until it polls', async () => {
  const { crm, system, storage } = await awake(noting().subscriber)
  await system.leads.create(ada)
  const worker = crm.worker({ pollEvery: NEVER })
  worker.start()
  await vi.waitFor(async () =>
    expect(await storage.read(`select 1 from ${storage.table('event')} where pending = 1`, [])).toEqual([]),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await storage.record(() => new Promise((resolve) => setTimeout(resolve, 300)))).toEqual([])
  await worker.stop()
})

test('what another process writes is seen when it polls', async () => {
  const place = await newPlace()
  const { subscriber, heard } = noting()
  const one = createCrm({ storage: place.open(), subscribers: { sync: subscriber } })
  const two = createCrm({ storage: place.open() })
  onTestFinished(async () => {
    await Promise.all([one.close(), two.close()])
    await place.giveBack()
  })
  await one.migrate()
  const worker = one.worker({ pollEvery: 100 })
  worker.start()
  const { id } = await two.asSystem({ reason: 'test' }).leads.create(ada)
  await vi.waitFor(() => expect(heard).toEqual([id]), { timeout: 5000 })
})

test('when the database fails it reports, waits and goes on', async () => {
  const errors: unknown[] = []
  const { subscriber, heard } = noting()
  const { crm, system, storage } = await awake(subscriber)
  await system.leads.create(ada)
  storage.failOn(1)
  const worker = crm.worker({ pollEvery: NEVER, onError: (error) => void errors.push(error) })
  worker.start()
  await vi.waitFor(() => expect(heard).toHaveLength(1), { timeout: 5000 })
  expect(errors.map((error) => isCrmError(error, 'STORAGE'))).toEqual([true])
  await worker.stop()
})

test('a report that throws does not end it', async () => {
  const { subscriber, heard } = noting()
  const { crm, system, storage } = await awake(subscriber)
  await system.leads.create(ada)
  storage.failOn(1)
  const onError = () => {
    throw new Error('reporting is down as well')
  }
  crm.worker({ pollEvery: NEVER, onError }).start()
  await vi.waitFor(() => expect(heard).toHaveLength(1), { timeout: 5000 })
})

test('stopping waits for what is in hand, begins nothing new, and leaves the rest to others', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const { subscriber, heard } = noting(() => held)
  const { crm, system } = await awake(subscriber)
  await system.leads.createMany([ada, { name: 'Bob' }, { name: 'Cyd' }])
  const worker = crm.worker()
  worker.start()
  await vi.waitFor(() => expect(heard).toHaveLength(1))
  let stopped = false
  const stopping = worker.stop().then(() => {
    stopped = true
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(stopped).toBe(false)
  release()
  await stopping
  expect(heard).toHaveLength(1)
  expect(await crm.tick()).toMatchObject({ delivered: 2 })
})

test('several workers share the work; each event is handled once', async () => {
  const { subscriber, heard } = noting(() => new Promise((resolve) => setTimeout(resolve, 1)))
  const { crm, system } = await awake(subscriber)
  const workers = Array.from({ length: 4 }, () => crm.worker())
  for (const worker of workers) worker.start()
  const results = await (system as Client).leads.createMany(Array.from({ length: 40 }, (_, at) => ({ name: `L${at}` })))
  await vi.waitFor(() => expect(heard).toHaveLength(40), { timeout: 10_000 })
  await Promise.all(workers.map((worker) => worker.stop()))
  expect(new Set(heard)).toEqual(new Set(results.map((result) => result.ok && result.value.id)))
})

test('closing the CRM stops its workers; one stopped can start again before that', async () => {
  const errors: unknown[] = []
  const { subscriber, heard } = noting()
  const { crm, system } = await awake(subscriber)
  const worker = crm.worker({ pollEvery: 100, onError: (error) => void errors.push(error) })
  worker.start()
  await worker.stop()
  worker.start()
  await system.leads.create(ada)
  await vi.waitFor(() => expect(heard).toHaveLength(1))
  await crm.close()
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(errors).toEqual([])
})

test.each([0, 99, 3_600_001, 1.5, '5000', Number.NaN])('a sleep of %s is refused', async (pollEvery) => {
  const { crm } = await newCrm()
  expect(() => crm.worker({ pollEvery: pollEvery as number })).toThrow(
    expect.objectContaining({ code: 'VALIDATION', field: 'pollEvery', rule: 'out-of-range' }),
  )
})
