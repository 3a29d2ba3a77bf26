import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Client, runs, withPeople } from '../../test/support/crm'
import { withoutGuards } from '../../test/support/databases'
import { refusalOf } from '../../test/support/outcome'

const at = (time: string) => new Date(`2026-03-${time}:00Z`)
const day = (date: string) => ({ from: at(`${date}T00:00`), to: at(`${Number(date) + 1}T00:00`) })
const starts = async (client: Client, query: object) =>
  (await client.calendar.slots({ users: ['ada'], duration: 60, step: 60, ...query } as never)).map(({ from }) =>
    from.toISOString().slice(5, 16),
  )

test('are whole lengths within working hours, on the grid of the clock', async () => {
  const { ada } = await withPeople()
  expect(await starts(ada, { between: day('16') })).toEqual(
    [9, 10, 11, 12, 13, 14, 15, 16].map((hour) => `03-16T${String(hour).padStart(2, '0')}:00`),
  )
  expect(await starts(ada, { between: day('15') })).toEqual([])
  expect(await starts(ada, { duration: 480, step: 30, between: day('16') })).toEqual(['03-16T09:00'])
  expect(await starts(ada, { duration: 481, between: day('16') })).toEqual([])
})

test('leave out what takes up anybody’s time, with buffers around it', async () => {
  const { ada, bob } = await withPeople()
  await ada.meetings.create({ title: 'X', startAt: at('16T10:00'), recurrence: 'FREQ=DAILY' })
  const lunch = await bob.meetings.create({ title: 'Y', startAt: at('16T12:30'), endAt: at('16T13:00') })
  await bob.meetings.create({ title: 'Free', startAt: at('16T14:00'), busy: false })
  await bob.meetings.create({ title: 'Off', startAt: at('16T14:00'), status: 'cancelled' })
  const both = { users: ['ada', 'bob'], between: day('16') }
  expect(await starts(ada, both)).toEqual(['09', '11', '13', '14', '15', '16'].map((hour) => `03-16T${hour}:00`))
  expect(await starts(ada, { ...both, bufferBefore: 15 })).toEqual(
    ['09', '14', '15', '16'].map((hour) => `03-16T${hour}:00`),
  )
  expect(await starts(ada, { ...both, bufferAfter: 45 })).toEqual(
    ['13', '14', '15', '16'].map((hour) => `03-16T${hour}:00`),
  )
  await bob.meetings.invite(lunch.id, [{ user: 'ada' }])
  expect(await starts(ada, { between: day('16') })).not.toContain('03-16T12:00')
  await ada.meetings.answer(lunch.id, 'declined')
  expect(await starts(ada, { between: day('16') })).toContain('03-16T12:00')
})

test('keep to hours of one’s own, days off and the notice asked for', async () => {
  const { ada, bob, root } = await withPeople()
  await ada.calendar.setWorkingHours('ada', {
    monday: [
      { from: '08:00', to: '10:00' },
      { from: '22:00', to: '24:00' },
    ],
    sunday: [{ from: '00:00', to: '01:00' }],
  })
  const week = { from: at('15T00:00'), to: at('22T00:00') }
  expect(await starts(bob, { between: week })).toEqual(
    ['15T00', '16T08', '16T09', '16T22', '16T23'].map((hour) => `03-${hour}:00`),
  )
  expect(await bob.calendar.workingHours('ada')).toHaveProperty('sunday')
  await root.calendar.setDaysOff({
    from: '2026-03-01',
    to: '2026-03-31',
    days: [{ day: '2026-03-16', name: 'Holiday' }],
  })
  expect(await starts(bob, { between: week })).toEqual(['03-15T00:00'])
  await ada.calendar.setDaysOff({ user: 'ada', from: '2026-03-01', to: '2026-03-31', days: [{ day: '2026-03-15' }] })
  expect(await starts(bob, { between: week })).toEqual([])
  expect(await bob.calendar.daysOff({ user: 'ada', from: '2026-03-10', to: '2026-03-20' })).toEqual([
    { user: 'ada', day: '2026-03-15', name: null },
    { user: null, day: '2026-03-16', name: 'Holiday' },
  ])
  await ada.calendar.setWorkingHours('ada', null)
  // It is noon of Tuesday, 10 March.
  expect(await starts(bob, { between: day('10') })).toEqual(
    ['12', '13', '14', '15', '16'].map((hour) => `03-10T${hour}:00`),
  )
  expect(await starts(bob, { between: day('10'), notice: 181 })).toEqual(['03-10T16:00'])
})

test('only oneself, or who administers users, sets somebody’s time; everybody’s needs settings', async () => {
  const { ada, bob, mia, root } = await withPeople()
  const year = { from: '2026-01-01', to: '2026-12-31', days: [] }
  for (const client of [bob, mia]) {
    expect(await refusalOf(() => client.calendar.setWorkingHours('ada', {}))).toMatch(/^FORBIDDEN/)
    expect(await refusalOf(() => client.calendar.setDaysOff({ ...year, user: 'ada' }))).toMatch(/^FORBIDDEN/)
    expect(await refusalOf(() => client.calendar.setDaysOff(year))).toMatch(/^FORBIDDEN/)
  }
  await root.calendar.setWorkingHours('ada', {})
  expect(await ada.calendar.workingHours()).toEqual({})
})

test.each([
  [{ monday: [{ from: '9:00', to: '17:00' }] }, 'hours.monday.0.from invalid-time'],
  [{ monday: [{ from: '09:00', to: '09:00' }] }, 'hours.monday.0.to ends-before-start'],
  [
    {
      monday: [
        { from: '09:00', to: '12:00' },
        { from: '11:00', to: '13:00' },
      ],
    },
    'hours.monday.1.from overlaps',
  ],
  [{ Monday: [] }, 'hours.Monday unknown-key'],
])('working hours %j are refused', async (hours, refusal) => {
  const { ada } = await withPeople()
  expect(await refusalOf(() => ada.calendar.setWorkingHours('ada', hours as never))).toBe(`VALIDATION ${refusal}`)
})

test('free/busy tells when, and nothing else', async () => {
  const { ada, cyd } = await withPeople()
  await ada.meetings.create({ title: 'Secret', startAt: at('16T09:00'), location: 'Hidden' })
  await ada.meetings.create({ title: 'Next', startAt: at('16T10:00'), endAt: at('16T10:30') })
  await ada.meetings.create({ title: 'Days', startDate: '2026-03-17', endDate: '2026-03-19' })
  const asked = { users: ['ada', 'cyd'], from: at('16T09:30'), to: at('18T12:00') }
  expect(await cyd.calendar.freeBusy(asked)).toEqual([
    {
      user: 'ada',
      busy: [
        { from: at('16T09:30'), to: at('16T10:30') },
        { from: at('17T00:00'), to: at('18T12:00') },
      ],
    },
    { user: 'cyd', busy: [] },
  ])
  expect(await refusalOf(() => cyd.calendar.freeBusy({ ...asked, users: ['nobody'] }))).toBe(
    'VALIDATION users.0 unknown-user',
  )
})

test('takes four statements, whatever the number of users', async () => {
  const { ada, storage } = await withPeople()
  await ada.meetings.create({ title: 'X', startAt: at('16T10:00'), recurrence: 'FREQ=DAILY' })
  for (const users of [['ada'], ['ada', 'bob', 'cyd', 'mia']]) {
    const asking = () => ada.calendar.slots({ users, duration: 60, between: day('16') })
    expect(withoutGuards(await storage.record(asking))).toHaveLength(4)
  }
})

/** Minutes since midnight and the weekday that the clocks of a zone show, from the runtime's own calendar. */
function shown(instant: number, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  return { day: String(parts.weekday).toLowerCase(), minute: Number(parts.hour) * 60 + Number(parts.minute) }
}

const CHANGES = [
  ['Europe/Berlin', '2026-03-29', '2026-10-25'],
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'],
  ['America/Santiago', '2026-04-05', '2026-09-06'],
] as const

test('on days when the clocks change, every slot lies within the hours that the clocks show, and none is missing', async () => {
  const minute = 60_000
  const hours = [
    { from: '00:30', to: '05:00' },
    { from: '21:00', to: '24:00' },
  ]
  const everyDay = Object.fromEntries(
    ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((name) => [name, hours]),
  )
  const works = (instant: number, zone: string) => {
    const { minute } = shown(instant, zone)
    return (minute >= 30 && minute < 300) || minute >= 1260
  }
  const { system, as, clock } = await withPeople()
  clock.set('2026-01-01T00:00:00Z')
  for (const [zone, ...days] of CHANGES) {
    await system.users.sync([{ id: 'kim', name: 'Kim', roles: ['sales'], timeZone: zone }])
    await as('kim').calendar.setWorkingHours('kim', everyDay)
    for (const date of days) {
      const [from, to] = [Date.parse(date) - 86_400_000, Date.parse(date) + 2 * 86_400_000]
      const between = { from: new Date(from), to: new Date(to) }
      const slots = await as('kim').calendar.slots({ users: ['kim'], duration: 30, step: 30, between })
      const found = slots.map((slot) => slot.from.getTime())
      const expected: number[] = []
      const faces = new Set<string>()
      for (let start = from; start + 30 * minute <= to; start += 30 * minute) {
        // The second of two times that look alike is not offered.
        const face = `${new Date(start).getUTCDate() > 0 && new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(start)}`
        const whole = Array.from({ length: 30 }, (_, index) => start + index * minute).every((one) => works(one, zone))
        if (whole && shown(start, zone).minute % 30 === 0 && !faces.has(face)) expected.push(start)
        faces.add(face)
      }
      expect(found, `${zone} ${date}`).toEqual(expected)
    }
  }
})

test('are exactly the times at which nobody is busy, and everybody works', async () => {
  const meeting = fc.record({
    start: fc.integer({ min: 0, max: 24 * 4 * 3 }),
    length: fc.integer({ min: 1, max: 20 }),
    whose: fc.constantFrom('ada', 'bob'),
    daily: fc.boolean(),
  })
  const rules = fc.record({
    duration: fc.constantFrom(15, 30, 45, 90),
    bufferBefore: fc.constantFrom(0, 15, 30),
    bufferAfter: fc.constantFrom(0, 15, 60),
  })
  const quarter = 15 * 60_000
  await fc.assert(
    fc.asyncProperty(fc.array(meeting, { maxLength: 8 }), rules, async (meetings, rules) => {
      const { ada, bob, crm } = await withPeople()
      const begin = Date.UTC(2026, 2, 16)
      const busy: [number, number][] = []
      for (const { start, length, whose, daily } of meetings) {
        const from = begin + start * quarter
        await (whose === 'ada' ? ada : bob).meetings.create({
          title: 'X',
          startAt: new Date(from),
          endAt: new Date(from + length * quarter),
          ...(daily && { recurrence: 'FREQ=DAILY;COUNT=3' }),
        })
        for (let day = 0; day < (daily ? 3 : 1); day++)
          busy.push([from + day * 96 * quarter, from + day * 96 * quarter + length * quarter])
      }
      const expected: string[] = []
      for (let at = begin; at < begin + 3 * 96 * quarter; at += quarter) {
        const end = at + rules.duration * 60_000
        const day = begin + Math.floor((at - begin) / (96 * quarter)) * 96 * quarter
        const works = at >= day + 36 * quarter && end <= day + 68 * quarter
        const [low, high] = [at - rules.bufferBefore * 60_000, end + rules.bufferAfter * 60_000]
        if (works && !busy.some(([from, to]) => from < high && to > low)) expected.push(new Date(at).toISOString())
      }
      const between = { from: new Date(begin), to: new Date(begin + 3 * 96 * quarter) }
      const slots = await ada.calendar.slots({ users: ['ada', 'bob'], step: 15, between, ...rules })
      expect(slots.map(({ from }) => from.toISOString())).toEqual(expected)
      await crm.close()
    }),
    runs(25),
  )
})
