import { type CrmOptions, createCrm, type EventRecord, isCrmError, type Subscriber } from '@rapport/core'
import { stepClock } from '@rapport/core/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Client, newCrm } from '../../test/support/crm'
import { newPlace, newStorage, sqliteOnly } from '../../test/support/databases'

const IDLE = { dispatched: 0, delivered: 0, failed: 0, dead: 0, work: {} }
const ada = { name: 'Ada', source: 'website' } as const

/** A subscriber that notes what it hears, after `behave` had its say. */
function listening(events: string[], behave: (event: EventRecord) => unknown = () => {}) {
  const heard: EventRecord[] = []
  const subscriber: Subscriber = {
    events,
    async handle(event) {
      heard.push(event)
      await behave(event)
    },
  }
  return { subscriber, heard, names: () => heard.map(({ name }) => name) }
}

test('each subscriber hears what it asked for, in the order it happened, once', async () => {
  const exact = listening(['lead.created'])
  const typed = listening(['leads.*'])
  const all = listening(['*'])
  const { crm, system } = await newCrm({
    subscribers: { exact: exact.subscriber, typed: typed.subscriber, all: all.subscriber },
  })
  const lead = await system.leads.create(ada)
  await system.leads.update(lead.id, { title: 'Countess' })
  await system.contacts.create({ firstName: 'Grace' })
  expect(await crm.tick()).toEqual({ dispatched: 3, delivered: 6, failed: 0, dead: 0, work: {} })
  expect(exact.names()).toEqual(['lead.created'])
  expect(typed.names()).toEqual(['lead.created', 'lead.updated'])
  expect(all.names()).toEqual(['lead.created', 'lead.updated', 'contact.created'])
  expect(await crm.tick()).toEqual(IDLE)
})

test('a subscriber gets the event as it was announced, and a client of the event’s tenant', async () => {
  const announced: EventRecord[] = []
  const heard: unknown[] = []
  const { crm } = await newCrm({
    subscribers: {
      'order-sync': {
        events: ['task.created'],
        async handle(event, { crm: system, tenant, attempt }) {
          heard.push(event)
          expect([tenant, attempt]).toEqual(['acme', 1])
          await (system as Client).notes.add({ type: 'tasks', id: event.recordId }, 'Synced')
        },
      },
    },
  })
  crm.on('task.created', (event) => void announced.push(event))
  const acme = crm.asSystem({ tenant: 'acme', reason: 'test' })
  const task = await acme.tasks.create({ title: 'Call', dueAt: new Date('2026-04-01T09:00:00Z') })
  await crm.tick()
  expect(heard).toEqual(announced)
  const { items } = await acme.tasks.timeline(task.id)
  expect(items[0]).toMatchObject({ name: 'note.created', actor: null, reason: 'subscriber order-sync' })
})

test('afterCommit hooks run from the log, for their type', async () => {
  const heard: string[] = []
  const { crm, system } = await newCrm({ hooks: { leads: { afterCommit: (event) => void heard.push(event.name) } } })
  await system.leads.create(ada)
  await system.contacts.create({ firstName: 'Grace' })
  expect(heard).toEqual([])
  expect(await crm.tick()).toMatchObject({ dispatched: 2, delivered: 1 })
  expect(heard).toEqual(['lead.created'])
})

test('what failed is repeated later and later, with the same event id, until it succeeds', async () => {
  let failures = 3
  const { subscriber, heard } = listening(['*'], () => {
    if (failures-- > 0) throw new Error('not now')
  })
  const { crm, system, clock } = await newCrm({ subscribers: { sync: subscriber } })
  await system.leads.create(ada)
  expect(await crm.tick()).toMatchObject({ dispatched: 1, delivered: 0, failed: 1, dead: 0 })
  // Between half and all of 10 s, 20 s, 40 s.
  for (const [soonest, latest] of [
    [5, 10],
    [10, 20],
  ] as const) {
    clock.advance(soonest * 1000 - 1)
    expect(await crm.tick()).toMatchObject(IDLE)
    clock.advance((latest - soonest) * 1000 + 1)
    expect(await crm.tick()).toMatchObject({ failed: 1 })
  }
  clock.advance(40_000)
  expect(await crm.tick()).toMatchObject({ delivered: 1 })
  expect(heard).toHaveLength(4)
  expect(new Set(heard.map(({ id }) => id)).size).toBe(1)
  clock.advance(86_400_000)
  expect(await crm.tick()).toEqual(IDLE)
})

test('after twelve attempts a delivery is dead, told to operators, and retried only by them', async () => {
  let broken = true
  const { subscriber, heard } = listening(['lead.created'], () => {
    if (broken) throw new TypeError('no such account')
  })
  const { crm, clock } = await newCrm({ subscribers: { sync: subscriber } })
  const lead = await crm.asSystem({ tenant: 'acme', reason: 'test' }).leads.create(ada)
  const outcomes: unknown[] = []
  for (let attempt = 1; attempt <= 12; attempt++) {
    outcomes.push(await crm.tick())
    clock.advance(6 * 3_600_000)
  }
  expect(outcomes.slice(1, 11)).toMatchObject(Array(10).fill({ ...IDLE, failed: 1 }))
  expect(outcomes[11]).toEqual({ ...IDLE, dead: 1 })
  expect(await crm.tick()).toEqual(IDLE)
  expect(heard).toHaveLength(12)

  const failed = await crm.events.failed()
  expect(failed).toMatchObject([
    { tenant: 'acme', subscriber: 'sync', attempts: 12, lastError: 'TypeError: no such account' },
  ])
  expect(failed[0]?.event).toMatchObject({ name: 'lead.created', recordId: lead.id })
  broken = false
  await crm.events.retry(failed[0]?.event.id as string, 'sync')
  expect(await crm.events.failed()).toEqual([])
  expect(await crm.tick()).toEqual({ ...IDLE, delivered: 1 })
  const again = await crm.events.retry(failed[0]?.event.id as string, 'sync').catch((error) => error)
  expect(isCrmError(again, 'NOT_FOUND')).toBe(true)
})

test('one that fails does not hold up the others', async () => {
  const broken = listening(['*'], () => Promise.reject(new Error('down')))
  const sound = listening(['*'])
  const { crm, system } = await newCrm({ subscribers: { broken: broken.subscriber, sound: sound.subscriber } })
  await system.leads.create(ada)
  await system.leads.create(ada)
  expect(await crm.tick()).toMatchObject({ dispatched: 2, delivered: 2, failed: 2, dead: 0 })
  expect(sound.heard).toHaveLength(2)
})

test('an attempt that takes too long has failed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let started = () => {}
  const running = new Promise<void>((resolve) => {
    started = resolve
  })
  const { subscriber } = listening(['*'], () => {
    started()
    return new Promise(() => {})
  })
  const { crm, system } = await newCrm({ subscribers: { slow: { ...subscriber, timeout: 1000 } } })
  await system.leads.create(ada)
  const tick = crm.tick()
  await running
  vi.advanceTimersByTime(1000)
  expect(await tick).toMatchObject({ failed: 1 })
})

test('a tick does at most what it is told, and the rest follows', async () => {
  const { subscriber, heard } = listening(['*'])
  const { crm, system } = await newCrm({ subscribers: { sync: subscriber } })
  await system.leads.createMany(Array.from({ length: 450 }, () => ada))
  expect(await crm.tick({ limit: 10 })).toMatchObject({ dispatched: 10, delivered: 10 })
  expect(await crm.tick({ limit: 10_000 })).toMatchObject({ dispatched: 440, delivered: 440 })
  expect(new Set(heard.map(({ id }) => id)).size).toBe(450)
  expect(isCrmError(await crm.tick({ limit: 0 }).catch((error) => error), 'VALIDATION')).toBe(true)
})

test('imported history reaches no subscriber', async () => {
  const { subscriber } = listening(['*'])
  const { crm } = await newCrm({ subscribers: { sync: subscriber } })
  await crm.asSystem({ reason: 'import', history: { at: new Date('2020-01-01T00:00:00Z') } }).leads.create(ada)
  expect(await crm.tick()).toEqual(IDLE)
})

// How SQLite tells its plans; those of every database are in test/plans.test.ts.
sqliteOnly('with nothing due a tick is one read for each kind of work, by an index', async () => {
  const { subscriber } = listening(['*'])
  const { crm, system, storage } = await newCrm({
    subscribers: { sync: subscriber },
    email: { send: () => ({ providerId: '1' }) },
  })
  await system.leads.create(ada)
  await crm.tick()
  const idle = [...(await storage.record(() => crm.tick()))]
  // Events, deliveries to subscribers, meetings, reminders, and what is sent to people.
  expect(idle.map(({ sql, inside }) => [sql.slice(0, 6), inside])).toEqual(Array(6).fill(['select', false]))
  for (const { sql, params } of idle) {
    const plan = (await storage.read(`explain query plan ${sql}`, params)).map((row) => String(row[3])).join('\n')
    // The queue of reminders is read from its start.
    expect(plan).toMatch(/^(SEARCH .* USING .*INDEX .*|SCAN q USING INDEX crm_reminder_due)$/)
  }
  const bare = await newCrm()
  await bare.crm.tick()
  expect(await bare.storage.record(() => bare.crm.tick())).toHaveLength(4)
})

test('without subscribers the log is cleared in few statements, whatever its length', async () => {
  const { crm, system, storage } = await newCrm()
  await system.leads.createMany(Array.from({ length: 400 }, () => ada))
  const statements = await storage.record(async () => expect(await crm.tick()).toEqual({ ...IDLE, dispatched: 400 }))
  expect(statements.filter(({ inside }) => inside).length).toBeLessThan(10)
  expect(await storage.read(`select count(*) from ${storage.table('event')} where pending = 1`, [])).toEqual([[0]])
})

test('idempotency keys are kept for seven days, and those of history are not older than they are', async () => {
  const { crm, system, storage, clock } = await newCrm()
  const count = async () =>
    Number((await storage.read(`select count(*) from ${storage.table('idempotency')}`, []))[0]?.[0])
  for (let index = 0; index < 3; index++) await system.leads.create(ada, { idempotencyKey: `old ${index}` })
  const past = crm.asSystem({ reason: 'import', history: { at: new Date('2020-01-01T00:00:00Z') } })
  await past.leads.create(ada, { idempotencyKey: 'past' })
  clock.advance(7 * 86_400_000)
  await system.leads.create(ada, { idempotencyKey: 'new' })
  await crm.tick()
  expect(await count()).toBe(5)
  clock.advance(3_600_000)
  await crm.tick()
  expect(await count()).toBe(1)
})

test('bad subscribers are refused at the start', async () => {
  const storage = await newStorage()
  const make = (subscribers: CrmOptions['subscribers']) => {
    try {
      createCrm({ storage, subscribers: subscribers as never })
    } catch (error) {
      return isCrmError(error) ? `${error.field} ${error.rule}` : error
    }
    return 'ok'
  }
  const handle = () => {}
  expect(make({ 'hooks.leads': { events: ['*'], handle } })).toBe('subscribers.hooks.leads invalid-name')
  expect(make({ a: { events: [], handle } })).toBe('subscribers.a.events invalid-events')
  expect(make({ a: { events: ['*'], handle: 'x' as never } })).toBe('subscribers.a.handle wrong-type')
  expect(make({ a: { events: ['*'], handle, timeout: 60_000 } })).toBe('subscribers.a.timeout out-of-range')
  expect(make({ a: { events: ['*'], handle } })).toBe('ok')
})

/** Several CRMs on one database, as processes would be. */
async function inOnePlace() {
  const place = await newPlace()
  const clock = stepClock('2026-03-10T12:00:00Z')
  const opened: { close(): Promise<void> }[] = []
  onTestFinished(async () => {
    for (const crm of opened) await crm.close()
  })
  return {
    clock,
    async open(options: Partial<CrmOptions> = {}) {
      const crm = createCrm({ ...options, clock, storage: place.open() })
      opened.push(crm)
      await crm.migrate()
      return crm
    },
  }
}

test('a worker that dies while it handles an event leaves it to another, under the same id, once its lease ends', async () => {
  const { clock, open } = await inOnePlace()
  let arrived = (_: EventRecord) => {}
  const first = new Promise<EventRecord>((resolve) => {
    arrived = resolve
  })
  let die = () => {}
  const dead = new Promise<never>((_, reject) => {
    die = () => reject(new Error('came back to life'))
  })
  const dying = listening(['lead.created'], (event) => {
    arrived(event)
    return dead
  })
  const { subscriber, heard } = listening(['lead.created'])
  const one = await open({ subscribers: { sync: dying.subscriber } })
  const two = await open({ subscribers: { sync: subscriber } })
  await one.asSystem({ reason: 'test' }).leads.create(ada)
  const stuck = one.tick()
  const event = await first
  const leftTo = new Date(clock.now().getTime() + 60_000)
  expect(await two.tick()).toEqual({ ...IDLE, next: leftTo })
  clock.advance(59_999)
  expect(await two.tick()).toEqual({ ...IDLE, next: leftTo })
  clock.advance(1)
  expect(await two.tick()).toEqual({ ...IDLE, delivered: 1 })
  expect(heard).toEqual([event])
  // The first one wakes up at last: it is no longer its delivery, and nothing comes again.
  die()
  await stuck
  clock.advance(86_400_000)
  expect(await two.tick()).toEqual(IDLE)
})

test('a worker that dies twelve times on the same event has the delivery declared dead', async () => {
  const { crm, system, storage, clock } = await newCrm({ subscribers: { sync: listening(['*']).subscriber } })
  await system.leads.create(ada)
  const delivery = storage.table('delivery')
  await storage.transaction(async (session) => {
    const [event] = await session.all(`select id from ${storage.table('event')}`, [])
    const insert = `insert into ${delivery} (tenant_id, event_id, subscriber, attempts, due_at, state) values ('default', ?, 'sync', 12, ?, 'running')`
    await session.run(insert, [String(event?.[0]), clock.now().getTime() - 1])
    await session.run(`update ${storage.table('event')} set pending = null`, [])
  })
  expect(await crm.tick()).toEqual({ ...IDLE, dead: 1 })
  expect(await crm.events.failed()).toMatchObject([
    { attempts: 12, lastError: 'The process ended while it handled the event.' },
  ])
})

test('two workers share the work: everything is heard, nothing twice', async () => {
  const { open } = await inOnePlace()
  const { subscriber, heard } = listening(['*'], () => new Promise((resolve) => setTimeout(resolve, 1)))
  const workers = [await open({ subscribers: { sync: subscriber } }), await open({ subscribers: { sync: subscriber } })]
  const system = workers[0]?.asSystem({ reason: 'test' })
  await system?.leads.createMany(Array.from({ length: 60 }, () => ada))
  await Promise.all(workers.map((crm) => crm.tick()))
  await Promise.all(workers.map((crm) => crm.tick()))
  expect(heard).toHaveLength(60)
  expect(new Set(heard.map(({ id }) => id)).size).toBe(60)
})

test('an event committed late, with a smaller id than those already dispatched, is heard as well', async () => {
  const { subscriber, heard } = listening(['*'])
  const { crm, system, storage } = await newCrm({ subscribers: { sync: subscriber } })
  const early = await system.leads.create(ada)
  const late = await system.leads.create(ada)
  const event = storage.table('event')
  await storage.transaction(async (session) =>
    session.run(`update ${event} set pending = null where record_id = ?`, [early.id]),
  )
  await crm.tick()
  await storage.transaction(async (session) =>
    session.run(`update ${event} set pending = 1 where record_id = ?`, [early.id]),
  )
  await crm.tick()
  expect(heard.map(({ recordId }) => recordId)).toEqual([late.id, early.id])
})
