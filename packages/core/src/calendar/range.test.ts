import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs, withPeople } from '../../test/support/crm'
import { withoutGuards } from '../../test/support/databases'
import { refusalOf } from '../../test/support/outcome'

const march = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' }
const at = (time: string) => new Date(`2026-03-${time}:00Z`)
const seen = (entries: readonly { title?: string; from: Date }[]) =>
  entries.map(({ title, from }) => `${title} ${from.toISOString().slice(5, 16)}`)

test('tasks and meetings come in order of time, whole days first', async () => {
  const { ada } = await withPeople()
  await ada.meetings.create({ title: 'Demo', startAt: at('16T09:00') })
  await ada.meetings.create({ title: 'Fair', startDate: '2026-03-16', endDate: '2026-03-18' })
  await ada.tasks.create({ title: 'Call', dueAt: at('16T08:00') })
  await ada.tasks.create({ title: 'Write', dueDate: '2026-03-17' })
  await ada.tasks.create({ title: 'Someday' })
  const entries = await ada.calendar.range(march)
  expect(seen(entries)).toEqual(['Fair 03-16T00:00', 'Call 03-16T08:00', 'Demo 03-16T09:00', 'Write 03-17T00:00'])
  expect(entries[0]).toMatchObject({
    kind: 'meeting',
    startDate: '2026-03-16',
    endDate: '2026-03-18',
    to: at('18T00:00'),
  })
  expect(seen(await ada.calendar.range({ ...march, kinds: ['task'] }))).toEqual([
    'Call 03-16T08:00',
    'Write 03-17T00:00',
  ])
})

test('what touches the stretch is in it, what only borders on it is not', async () => {
  const { ada } = await withPeople()
  await ada.meetings.create({ title: 'Over', startAt: at('16T08:00'), endAt: at('16T09:00') })
  await ada.meetings.create({ title: 'Into', startAt: at('16T08:00'), endAt: at('16T09:01') })
  await ada.meetings.create({ title: 'Long', startAt: at('02T08:00'), endAt: at('16T09:30') })
  await ada.meetings.create({ title: 'Days', startDate: '2026-03-14', endDate: '2026-03-17' })
  await ada.meetings.create({ title: 'Later', startAt: at('16T10:00') })
  await ada.meetings.create({ title: 'Off', startAt: at('16T09:15'), status: 'cancelled' })
  await ada.tasks.create({ title: 'Now', dueAt: at('16T09:00') })
  await ada.tasks.create({ title: 'Next', dueAt: at('16T10:00') })
  const found = await ada.calendar.range({ from: at('16T09:00'), to: at('16T10:00') })
  expect(found.map(({ title }) => title).sort()).toEqual(['Days', 'Into', 'Long', 'Now'])
})

test('whole days are those of the asker’s zone', async () => {
  const { system, as } = await withPeople()
  await system.users.sync([{ id: 'kim', name: 'Kim', roles: ['sales'], timeZone: 'Pacific/Auckland' }])
  const kim = as('kim')
  await kim.meetings.create({ title: 'Fair', startDate: '2026-03-16' })
  await kim.meetings.create({ title: 'Daily', startDate: '2026-03-15', recurrence: 'FREQ=DAILY;COUNT=2' })
  await kim.tasks.create({ title: 'Write', dueDate: '2026-03-16' })
  // Auckland is 13 hours ahead of UTC until 5 April 2026.
  const day = (from: string, to: string) => kim.calendar.range({ from: at(from), to: at(to) })
  expect(seen(await day('15T11:00', '16T11:00')).sort()).toEqual([
    'Daily 03-15T11:00',
    'Fair 03-15T11:00',
    'Write 03-15T11:00',
  ])
  expect(seen(await day('14T11:00', '15T11:00'))).toEqual(['Daily 03-14T11:00'])
  expect(await day('16T11:00', '17T11:00')).toEqual([])
})

test('a recurring meeting comes each time, moved and called-off times as they were told', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.meetings.create({
    title: 'Jour fixe',
    startAt: at('02T08:00'),
    zone: 'Europe/Berlin',
    recurrence: 'FREQ=WEEKLY',
    exceptions: {
      '2026-03-09T08:00:00Z': { status: 'cancelled' },
      '2026-03-16T08:00:00Z': { startAt: '2026-03-18T10:00:00Z', endAt: '2026-03-18T11:00:00Z' },
      '2026-04-06T07:00:00Z': { startAt: '2026-03-31T07:00:00Z', endAt: '2026-03-31T08:00:00Z' },
    },
  })
  const entries = await ada.calendar.range(march)
  expect(entries.map(({ occurrence, from }) => [occurrence?.slice(0, 16), from.toISOString().slice(0, 16)])).toEqual([
    ['2026-03-02T08:00', '2026-03-02T08:00'],
    ['2026-03-16T08:00', '2026-03-18T10:00'],
    ['2026-03-23T08:00', '2026-03-23T08:00'],
    // Summer time: nine in Berlin is an hour earlier elsewhere.
    ['2026-03-30T07:00', '2026-03-30T07:00'],
    ['2026-04-06T07:00', '2026-03-31T07:00'],
  ])
  await ada.meetings.update(id, { recurrence: 'FREQ=WEEKLY;UNTIL=20260315' })
  expect(await ada.calendar.range({ from: at('20T00:00'), to: march.to })).toEqual([])
})

test('shows the calendars asked for, as far as the asker may read them, and to whom each entry belongs', async () => {
  const { ada, bob, cyd, mia } = await withPeople()
  const both = await ada.meetings.create({ title: 'Both', startAt: at('16T09:00') })
  await ada.meetings.invite(both.id, [{ user: 'bob' }, { user: 'cyd' }])
  await bob.meetings.create({ title: 'Own', startAt: at('17T09:00') })
  await cyd.meetings.create({ title: 'South', startAt: at('18T09:00') })
  const ask = async (client: typeof ada, query: object) =>
    (await client.calendar.range({ ...march, ...query })).map(({ title, users }) => `${title}: ${[...users].sort()}`)
  expect(await ask(ada, {})).toEqual(['Both: ada'])
  expect(await ask(bob, {})).toEqual(['Both: bob', 'Own: bob'])
  expect(await ask(cyd, { users: ['ada', 'bob', 'cyd'] })).toEqual(['Both: ada,bob,cyd', 'South: cyd'])
  expect(await ask(mia, { team: 'north' })).toEqual(['Both: ada,bob', 'Own: bob'])
  expect(await ask(mia, { team: 'all' })).toEqual(['Both: ada,bob,cyd', 'Own: bob', 'South: cyd'])
  await bob.meetings.answer(both.id, 'declined')
  expect(await ask(bob, {})).toEqual(['Own: bob'])
})

test('tells no hidden field, and nothing where times are hidden', async () => {
  const { system, as, ada } = await withPeople({
    roles: {
      blind: {
        meetings: { read: 'all', fields: { title: 'none', location: 'none' } },
        tasks: { read: 'all', fields: { dueAt: 'none' } },
      },
    },
  })
  await system.users.sync([{ id: 'eve', name: 'Eve', roles: ['blind'] }])
  await ada.meetings.create({ title: 'Secret', location: 'Secret', startAt: at('16T09:00') })
  await ada.tasks.create({ title: 'Secret', dueDate: '2026-03-16' })
  const entries = await as('eve').calendar.range({ ...march, users: ['ada'] })
  expect(entries).toHaveLength(1)
  expect(JSON.stringify(entries)).not.toContain('Secret')
})

test.each([
  [{ from: 'today', to: march.to }, 'from invalid-instant'],
  [{ from: march.to, to: march.from }, 'to ends-before-start'],
  [{ from: '2024-01-01T00:00:00Z', to: march.to }, 'to too-long'],
  [{ ...march, users: [] }, 'users wrong-type'],
  [{ ...march, users: ['ada'], team: 'north' }, 'team two-choices'],
  [{ ...march, kinds: ['deal'] }, 'kinds invalid-option'],
  [{ ...march, limit: 5 }, 'limit unknown-key'],
])('refuses %j', async (query, refusal) => {
  const { ada } = await withPeople()
  expect(await refusalOf(() => ada.calendar.range(query as never))).toBe(`VALIDATION ${refusal}`)
})

test('more than 10,000 entries are refused, not cut', async () => {
  const { ada } = await withPeople()
  await ada.meetings.create({
    title: 'Often',
    startAt: at('01T00:00'),
    endAt: at('01T00:10'),
    recurrence: 'FREQ=MINUTELY;INTERVAL=15',
  })
  expect(await ada.calendar.range(march)).toHaveLength(31 * 96)
  const year = { from: march.from, to: '2026-07-01T00:00:00Z' }
  expect(await refusalOf(() => ada.calendar.range(year))).toBe('VALIDATION to too-many-entries')
})

const dues = (entries: readonly { id: string; occurrence: string | null; from: Date }[]) =>
  entries.map(({ occurrence, from }) => [occurrence, from.toISOString().slice(0, 16)])

test('a recurring task shows where those after it will be due, on the clocks of its assignee', async () => {
  const { mia, system, as } = await withPeople()
  await system.users.sync([{ id: 'kim', name: 'Kim', roles: ['sales'], teams: ['north'], timeZone: 'Europe/Berlin' }])
  const kim = as('kim')
  const { id } = await kim.tasks.create({ title: 'Report', dueAt: at('16T08:00'), recurrence: 'FREQ=WEEKLY;COUNT=4' })
  const spring = { from: march.from, to: '2026-06-01T00:00:00Z', users: ['kim'] }
  const entries = await mia.calendar.range(spring)
  expect(dues(entries)).toEqual([
    [null, '2026-03-16T08:00'],
    ['2026-03-23T08:00:00.000Z', '2026-03-23T08:00'],
    ['2026-03-30T07:00:00.000Z', '2026-03-30T07:00'],
    ['2026-04-06T07:00:00.000Z', '2026-04-06T07:00'],
  ])
  expect(entries[3]).toMatchObject({ kind: 'task', id, title: 'Report', status: 'open', owner: 'kim', users: ['kim'] })
  // What the calendar foretold is what comes of it.
  await kim.tasks.complete(id)
  expect((await mia.calendar.range(spring)).map(({ from }) => from)).toEqual(entries.map(({ from }) => from))
  expect(dues(await mia.calendar.range({ ...spring, from: at('24T00:00'), to: '2026-04-06T07:00:00Z' }))).toEqual([
    ['2026-03-30T07:00:00.000Z', '2026-03-30T07:00'],
  ])
})

test('days of recurring tasks stay days, and end where the rule ends', async () => {
  const { system, as } = await withPeople()
  await system.users.sync([{ id: 'kim', name: 'Kim', roles: ['sales'], timeZone: 'Pacific/Auckland' }])
  const kim = as('kim')
  await kim.tasks.create({ title: 'Water', dueDate: '2026-03-10', recurrence: 'FREQ=DAILY;INTERVAL=2;UNTIL=20260316' })
  const entries = await kim.calendar.range(march)
  expect(entries.map(({ startDate, endDate }) => `${startDate} ${endDate}`)).toEqual([
    '2026-03-10 2026-03-11',
    '2026-03-12 2026-03-13',
    '2026-03-14 2026-03-15',
    '2026-03-16 2026-03-17',
  ])
  expect(entries[1]).toMatchObject({ occurrence: '2026-03-12', from: at('11T11:00'), to: at('12T11:00') })
  // The 14th in Auckland.
  const day = { from: at('13T11:00'), to: at('14T11:00') }
  expect((await kim.calendar.range(day)).map(({ occurrence }) => occurrence)).toEqual(['2026-03-14'])
})

test('only the last of a series has others after it, as long as it is open and goes on', async () => {
  const { ada, root } = await withPeople()
  const daily = { title: 'Daily', dueAt: at('16T08:00'), recurrence: 'FREQ=DAILY;COUNT=3' }
  const shown = async () =>
    dues(await ada.calendar.range(march)).map(([key, from]) => `${from?.slice(8, 10)}${key ? '*' : ''}`)
  const { id } = await ada.tasks.create(daily)
  expect(await shown()).toEqual(['16', '17*', '18*'])
  // Moved alone, so the next one is made at once.
  await ada.tasks.updateOnlyThis(id, { dueAt: at('16T12:00') })
  expect(await shown()).toEqual(['16', '17', '18*'])
  await ada.tasks.complete(id)
  await ada.tasks.update(id, { status: 'open' })
  expect(await shown()).toEqual(['16', '17', '18*'])
  await ada.tasks.stopRecurrence(id)
  expect(await shown()).toEqual(['16', '17'])
  const other = await ada.tasks.create({ ...daily, dueAt: at('20T08:00') })
  expect(await shown()).toEqual(['16', '17', '20', '21*', '22*'])
  await root.tasks.delete(other.id)
  expect(await shown()).toEqual(['16', '17'])
})

test('whoever may not see how a task recurs sees those that are there', async () => {
  const { system, as, ada } = await withPeople({
    roles: { blind: { tasks: { read: 'all', fields: { recurrence: 'none' } } } },
  })
  await system.users.sync([{ id: 'eve', name: 'Eve', roles: ['blind'] }])
  await ada.tasks.create({ title: 'Daily', dueAt: at('16T08:00'), recurrence: 'FREQ=DAILY' })
  expect(await as('eve').calendar.range({ ...march, users: ['ada'] })).toHaveLength(1)
})

test('tasks to come count among the 10,000, and a rule that cannot be counted is refused', async () => {
  const { ada } = await withPeople()
  const often = { title: 'Often', dueAt: at('01T00:00') }
  await ada.tasks.create({ ...often, recurrence: 'FREQ=MINUTELY;INTERVAL=15' })
  expect(await ada.calendar.range(march)).toHaveLength(31 * 96)
  const half = { from: march.from, to: '2026-07-01T00:00:00Z' }
  expect(await refusalOf(() => ada.calendar.range(half))).toBe('VALIDATION to too-many-entries')
  expect(
    await refusalOf(() => ada.tasks.create({ ...often, recurrence: 'FREQ=MINUTELY;INTERVAL=15;COUNT=9000' })),
  ).toBe('VALIDATION recurrence too-long')
})

test('takes two statements, whatever there is and whoever is asked', async () => {
  const { ada, mia, storage } = await withPeople()
  for (let day = 10; day < 20; day++) {
    const { id } = await ada.meetings.create({ title: 'X', startAt: at(`${day}T09:00`), recurrence: 'FREQ=DAILY' })
    await ada.meetings.invite(id, [{ user: 'bob' }])
    await ada.tasks.create({ title: 'Y', dueAt: at(`${day}T09:00`), recurrence: 'FREQ=DAILY' })
  }
  await mia.calendar.range(march)
  const count = async (work: () => Promise<unknown>) => withoutGuards(await storage.record(work)).length
  expect(await count(() => ada.calendar.range(march))).toBe(2)
  expect(await count(() => mia.calendar.range({ ...march, users: ['ada', 'bob', 'cyd', 'mia'] }))).toBe(2)
})

/** What the wall clock of a zone shows, from the runtime's own calendar. */
function clockOf(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(instant)
  return parts
}

test('nine o’clock stays nine o’clock over a year, in four zones', async () => {
  const { ada } = await withPeople()
  for (const [zone, startAt] of [
    ['Europe/Berlin', '2026-01-05T08:00:00Z'],
    ['America/New_York', '2026-01-05T14:00:00Z'],
    ['Australia/Lord_Howe', '2026-01-04T22:00:00Z'],
    ['Asia/Kathmandu', '2026-01-05T03:15:00Z'],
  ] as const) {
    const { id } = await ada.meetings.create({ title: zone, startAt, zone, recurrence: 'FREQ=WEEKLY;BYDAY=MO' })
    const year = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }
    const found = (await ada.calendar.range(year)).filter((one) => one.id === id)
    expect(found, zone).toHaveLength(52)
    for (const { from } of found) expect(clockOf(from, zone)).toMatch(/, 09:00$/)
  }
})

test('gives what a walk through every meeting gives', async () => {
  const time = fc.integer({ min: 0, max: 60 * 24 * 4 }).map((quarter) => quarter * 15)
  const meeting = fc.record({
    start: time,
    length: fc.constantFrom(15, 60, 24 * 60, 26 * 60, 5 * 24 * 60),
    every: fc.constantFrom(0, 0, 1, 3),
    count: fc.integer({ min: 1, max: 12 }),
    whose: fc.constantFrom('ada', 'bob'),
    invited: fc.boolean(),
  })
  const begin = Date.UTC(2026, 0, 10)
  await fc.assert(
    fc.asyncProperty(
      fc.array(meeting, { maxLength: 12 }),
      time,
      fc.integer({ min: 1, max: 4000 }),
      async (all, first, length) => {
        const { ada, bob, crm } = await withPeople()
        const [from, to] = [begin + first * 60_000, begin + (first + length) * 60_000]
        const expected: string[] = []
        for (const [index, one] of all.entries()) {
          const start = begin + one.start * 60_000
          const owner = one.whose === 'ada' ? ada : bob
          const { id } = await owner.meetings.create({
            title: `${index}`,
            startAt: new Date(start),
            endAt: new Date(start + one.length * 60_000),
            ...(one.every > 0 && { recurrence: `FREQ=DAILY;INTERVAL=${one.every};COUNT=${one.count}` }),
          })
          if (one.invited) await owner.meetings.invite(id, [{ user: 'ada' }])
          if (one.whose === 'bob' && !one.invited) continue
          for (let time = 0; time < (one.every > 0 ? one.count : 1); time++) {
            const at = start + time * one.every * 86_400_000
            if (at < to && at + one.length * 60_000 > from) expected.push(`${index} ${new Date(at).toISOString()}`)
          }
        }
        const found = await ada.calendar.range({ from: new Date(from), to: new Date(to) })
        expect(found.map(({ title, from }) => `${title} ${from.toISOString()}`).sort()).toEqual(expected.sort())
        await crm.close()
      },
    ),
    runs(25),
  )
})
