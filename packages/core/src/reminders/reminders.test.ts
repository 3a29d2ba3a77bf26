import { isCrmError, type TaskPatch } from '@rapport/core'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'

const HOUR = 3_600_000
const at = (text: string) => new Date(text)

/** Bob's reminders as they come, by the moment they fell due. */
async function withReminders(settings = {}) {
  const made = await withPeople({ settings })
  const { crm, clock, bob, storage } = made
  const planned = async () =>
    (await storage.read(`select due_at from ${storage.table('reminder')} order by due_at`, [])).map(
      ([due]) => new Date(Number(due)),
    )
  const told = async (me = bob) => {
    await crm.tick()
    const { items } = await me.notifications.list({ limit: 200 })
    return items.filter(({ kind }) => kind === 'reminder').map((one) => one.at)
  }
  /** Moves on to a moment, and gives what was told at it. */
  const goTo = async (moment: string) => {
    const before = (await told()).length
    clock.set(moment)
    const all = await told()
    return all.slice(0, all.length - before).reverse()
  }
  return { ...made, planned, told, goTo }
}

test('a reminder comes once, at its time, with what the task is called and when it is due', async () => {
  const { bob, goTo, told, crm } = await withReminders()
  const { id } = await bob.tasks.create({
    title: 'Call Grace',
    dueAt: at('2026-03-11T12:00:00Z'),
    reminders: [{ before: 'PT1H' }, { before: 'P1D' }, { at: '2026-03-11T08:00:00Z' }, { before: 'PT60M' }],
  })
  expect((await bob.tasks.get(id)).reminders).toEqual([
    { before: 'PT1H' },
    { before: 'P1D' },
    { at: at('2026-03-11T08:00:00Z') },
    { before: 'PT60M' },
  ])
  // A day before is now, and past.
  expect(await told()).toEqual([])
  expect(await goTo('2026-03-11T07:59:59.999Z')).toEqual([])
  expect(await goTo('2026-03-11T08:00:00Z')).toEqual([at('2026-03-11T08:00:00Z')])
  expect(await goTo('2026-03-11T11:00:00Z')).toEqual([at('2026-03-11T11:00:00Z')])
  expect(await goTo('2026-03-20T00:00:00Z')).toEqual([])
  await crm.tick()
  const { items } = await bob.notifications.list()
  expect(items[0]).toMatchObject({ kind: 'reminder', title: 'Call Grace', record: { type: 'tasks', id }, actor: null })
  expect(items[0]?.text).toMatch(/^Reminder: Call Grace, due Mar 11, 2026, 12:00.PM$/)
})

test('a missed hour is caught up in order', async () => {
  const { bob, goTo } = await withReminders()
  for (const minute of [30, 10, 50, 20])
    await bob.tasks.create({ title: `At ${minute}`, reminders: [{ at: `2026-03-10T12:${minute}:00Z` }] })
  expect(await goTo('2026-03-10T13:00:00Z')).toEqual(
    [10, 20, 30, 50].map((minute) => at(`2026-03-10T12:${minute}:00Z`)),
  )
})

test('the reminders of a day count from nine o’clock where the assignee is, or from the hour in the settings', async () => {
  for (const [dueTime, hour] of [
    ['09:00', 13],
    ['07:30', 11.5],
  ] as const) {
    const { bob, mia, system, planned } = await withReminders({ dueTime })
    await system.users.sync([{ id: 'bob', name: 'Bob', timeZone: 'America/New_York' }])
    const mine = { title: 'Call', dueDate: '2026-03-12', reminders: [{ before: 'PT0S' }, { before: 'P1D' }] }
    await bob.tasks.create(mine)
    await mia.tasks.create({ ...mine, title: 'Another', owner: 'bob' })
    const day = (date: string) => new Date(Date.parse(date) + hour * HOUR)
    expect(await planned()).toEqual([day('2026-03-11'), day('2026-03-11'), day('2026-03-12'), day('2026-03-12')])
  }
})

test('a day before is the same time of the day, though the clocks changed between', async () => {
  const { bob, system, planned } = await withReminders()
  await system.users.sync([{ id: 'bob', name: 'Bob', timeZone: 'Europe/Berlin' }])
  const reminders = [{ before: 'P1D' }, { before: 'PT24H' }]
  // Noon in Berlin on 29 March 2026, the day that has 23 hours.
  await bob.tasks.create({ title: 'Call', dueAt: at('2026-03-29T10:00:00Z'), reminders })
  expect(await planned()).toEqual([at('2026-03-28T10:00:00Z'), at('2026-03-28T11:00:00Z')])
})

test('what moves the task, or ends it, moves and ends its reminders', async () => {
  const { bob, mia, root, planned } = await withReminders()
  const due = at('2026-03-12T12:00:00Z')
  const { id } = await mia.tasks.create({ title: 'Call', dueAt: due, owner: 'bob', reminders: [{ before: 'PT1H' }] })
  const one = [new Date(due.getTime() - HOUR)]
  const after = async (patch: TaskPatch) => {
    await root.tasks.update(id, patch)
    return planned()
  }
  expect(await planned()).toEqual(one)
  expect(await after({ title: 'Call her' })).toEqual(one)
  expect(await after({ dueAt: at('2026-03-13T12:00:00Z') })).toEqual([at('2026-03-13T11:00:00Z')])
  expect(await after({ dueAt: null, dueDate: '2026-03-14' })).toEqual([at('2026-03-14T08:00:00Z')])
  expect(await after({ dueDate: null })).toEqual([])
  expect(await after({ dueAt: due })).toEqual(one)
  expect(await after({ status: 'cancelled' })).toEqual([])
  expect(await after({ status: 'in-progress' })).toEqual(one)
  await bob.tasks.complete(id)
  expect(await planned()).toEqual([])
  expect(await after({ status: 'open' })).toEqual(one)
  await root.tasks.delete(id)
  expect(await planned()).toEqual([])
  await root.tasks.restore(id)
  expect(await planned()).toEqual(one)
  expect(await after({ owner: null })).toEqual([])
  expect(await after({ owner: 'ada' })).toEqual(one)
  expect(await after({ reminders: [{ before: 'PT2H', channels: ['in-app'] }] })).toEqual([at('2026-03-12T10:00:00Z')])
  expect(await after({ reminders: null })).toEqual([])
})

test('whoever has the task when it is time is reminded', async () => {
  const { mia, ada, clock, told } = await withReminders()
  const { id } = await mia.tasks.create({ title: 'Call', owner: 'bob', reminders: [{ at: '2026-03-10T13:00:00Z' }] })
  await mia.tasks.assign(id, { user: 'ada' })
  clock.set('2026-03-10T13:00:00Z')
  expect(await told()).toEqual([])
  expect(await told(ada)).toEqual([at('2026-03-10T13:00:00Z')])
})

test('a change between the time of a reminder and its telling loses and repeats nothing', async () => {
  const { bob, clock, told } = await withReminders()
  const { id } = await bob.tasks.create({
    title: 'Call',
    dueAt: at('2026-03-10T14:00:00Z'),
    reminders: [{ before: 'PT1H' }, { before: 'PT30M' }],
  })
  clock.set('2026-03-10T13:10:00Z')
  await bob.tasks.update(id, { reminders: [{ before: 'PT1H' }, { before: 'PT20M' }] })
  expect(await told()).toEqual([at('2026-03-10T13:00:00Z')])
  await bob.tasks.update(id, { reminders: [{ before: 'PT1H' }, { before: 'PT25M' }] })
  clock.set('2026-03-10T15:00:00Z')
  expect(await told()).toEqual([at('2026-03-10T13:35:00Z'), at('2026-03-10T13:00:00Z')])
})

test('a user who moves to another zone is reminded by its clocks', async () => {
  const { bob, system, planned } = await withReminders()
  await bob.tasks.create({
    title: 'Call',
    dueDate: '2026-03-12',
    reminders: [{ before: 'PT0S' }, { before: 'P1D' }, { at: '2026-03-12T15:00:00Z' }],
  })
  expect(await planned()).toEqual(['2026-03-11T09', '2026-03-12T09', '2026-03-12T15'].map((day) => at(`${day}:00:00Z`)))
  await system.users.sync([{ id: 'bob', name: 'Bob', timeZone: 'Asia/Tokyo' }])
  expect(await planned()).toEqual(['2026-03-11T00', '2026-03-12T00', '2026-03-12T15'].map((day) => at(`${day}:00:00Z`)))
})

test('what is no reminder is refused, whole', async () => {
  const { bob } = await withReminders()
  for (const reminders of [
    [{ before: '1 hour' }],
    [{ before: 'PT1H', at: new Date() }],
    [{}],
    [{ before: 'P' }],
    [{ before: 'PT1.5H' }],
    [{ at: 'tomorrow' }],
    [{ before: 'PT1H', channels: [] }],
    [{ before: 'PT1H', channels: ['fax'] }],
    [{ before: 'PT1H', nope: 1 }],
    Array.from({ length: 11 }, () => ({ before: 'PT1H' })),
    'PT1H',
  ]) {
    const error = await bob.tasks.create({ title: 'Call', reminders } as never).catch((one) => one)
    expect([isCrmError(error, 'VALIDATION'), error.field, error.rule]).toEqual([true, 'reminders', 'invalid-reminders'])
  }
})

test('a task without reminders costs no statement more', async () => {
  const { bob, storage } = await withReminders()
  const touching = async (work: () => Promise<unknown>) =>
    (await storage.record(work)).filter(({ sql }) => sql.includes('reminder') && !sql.includes('task')).length
  const { id } = await bob.tasks.create({ title: 'Call', dueDate: '2026-03-25' })
  expect(await touching(() => bob.tasks.update(id, { dueDate: '2026-03-26' }))).toBe(0)
  expect(await touching(() => bob.tasks.update(id, { reminders: [{ before: 'P1D' }] }))).toBe(1)
  expect(await touching(() => bob.tasks.update(id, { title: 'Call back' }))).toBe(0)
  // What waits is looked at, and all of it planned anew.
  expect(await touching(() => bob.tasks.update(id, { dueDate: '2026-03-27' }))).toBe(3)
})
