import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, newCrm, type TestCrm } from './support/crm'

/** Each zone with a user who lives there; every border below is worked out by hand from the zone's rules for 2026. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland'] as const
type Zone = (typeof ZONES)[number]

let made: TestCrm
let tenants = 0
beforeAll(async () => {
  made = await newCrm({ keep: true })
  return () => made.crm.close()
})

/** A tenant of its own, with an administrator in each zone, and one who lives by UTC. */
async function world() {
  const { crm, clock } = made
  const tenant = `t${++tenants}`
  await crm
    .asSystem({ tenant, reason: 'test' })
    .users.sync([
      { id: 'root', name: 'Root', roles: ['admin'] },
      ...ZONES.map((zone) => ({ id: zone, name: zone, roles: ['admin'], timeZone: zone })),
    ])
  const as = (user: string) => crm.as({ tenant, user }) as Client
  return { clock, root: as('root'), of: (zone: Zone) => as(zone) }
}

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** Berlin +1, +2 from 29 March to 25 October; New York −5, −4 from 8 March to 1 November; Kathmandu +5:45; Auckland +13, +12 from 5 April to 27 September. */
const PERIODS: [Zone, Unit, from: string, to: string, says: string][] = [
  ['Europe/Berlin', 'month', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z', 'March, an hour short'],
  ['Europe/Berlin', 'month', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z', 'October, an hour long'],
  ['Europe/Berlin', 'month', '2027-12-31T23:00:00Z', '2028-01-31T23:00:00Z', 'January'],
  ['Europe/Berlin', 'month', '2028-01-31T23:00:00Z', '2028-02-29T23:00:00Z', 'February of a leap year'],
  ['Europe/Berlin', 'day', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'a day of 23 hours'],
  ['Europe/Berlin', 'day', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'a day of 25 hours'],
  ['Europe/Berlin', 'week', '2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z', 'Monday 23 to Sunday 29 March'],
  ['Europe/Berlin', 'quarter', '2025-12-31T23:00:00Z', '2026-03-31T22:00:00Z', 'the first quarter'],
  ['Europe/Berlin', 'year', '2025-12-31T23:00:00Z', '2026-12-31T23:00:00Z', 'the year'],
  ['America/New_York', 'month', '2026-03-01T05:00:00Z', '2026-04-01T04:00:00Z', 'March, an hour short'],
  ['America/New_York', 'month', '2026-11-01T04:00:00Z', '2026-12-01T05:00:00Z', 'November, an hour long'],
  ['America/New_York', 'day', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', 'a day of 23 hours'],
  ['America/New_York', 'day', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z', 'a day of 25 hours'],
  [
    'America/New_York',
    'week',
    '2026-10-26T04:00:00Z',
    '2026-11-02T05:00:00Z',
    'Monday 26 October to Sunday 1 November',
  ],
  ['Asia/Kathmandu', 'month', '2026-02-28T18:15:00Z', '2026-03-31T18:15:00Z', 'March'],
  ['Asia/Kathmandu', 'day', '2026-03-28T18:15:00Z', '2026-03-29T18:15:00Z', 'a day like any other'],
  ['Asia/Kathmandu', 'year', '2025-12-31T18:15:00Z', '2026-12-31T18:15:00Z', 'the year'],
  ['Pacific/Auckland', 'month', '2026-03-31T11:00:00Z', '2026-04-30T12:00:00Z', 'April, an hour long'],
  ['Pacific/Auckland', 'month', '2026-08-31T12:00:00Z', '2026-09-30T11:00:00Z', 'September, an hour short'],
  ['Pacific/Auckland', 'day', '2026-04-04T11:00:00Z', '2026-04-05T12:00:00Z', 'a day of 25 hours'],
  ['Pacific/Auckland', 'day', '2026-09-26T12:00:00Z', '2026-09-27T11:00:00Z', 'a day of 23 hours'],
  ['Pacific/Auckland', 'quarter', '2026-06-30T12:00:00Z', '2026-09-30T11:00:00Z', 'the third quarter'],
]

describe('a filter on a calendar unit', () => {
  test.each(PERIODS)('%s, this %s: %s to %s, %s', async (zone, unit, from, to) => {
    const { clock, of, root } = await world()
    const first = new Date(from).getTime()
    const end = new Date(to).getTime()
    for (const [name, at] of [
      ['before', first - 1],
      ['first', first],
      ['last', end - 1],
      ['after', end],
    ] as const) {
      clock.set(new Date(at))
      await root.leads.create({ name })
      await root.tasks.create({ title: name, dueAt: new Date(at) })
    }
    const leads = async (when: object) =>
      (await of(zone).leads.list({ where: { createdAt: when }, orderBy: { createdAt: 'asc' } })).items.map(
        ({ name }) => name,
      )
    const tasks = async (when: object) =>
      (await of(zone).tasks.list({ where: { dueAt: when }, orderBy: { dueAt: 'asc' } })).items.map(({ title }) => title)
    const ask = async (now: number, when: object) => {
      clock.set(new Date(now))
      expect(
        [await leads(when), await tasks(when)],
        `${JSON.stringify(when)} at ${new Date(now).toISOString()}`,
      ).toEqual([
        ['first', 'last'],
        ['first', 'last'],
      ])
    }
    for (const now of [first, first + 3_600_000, (first + end) / 2, end - 3_600_000, end - 1])
      await ask(now, { this: unit })
    await ask(end, { last: unit })
    await ask(first - 1, { next: unit })
    clock.set(new Date((first + end) / 2))
    expect((await of(zone).leads.list({ where: { not: { createdAt: { this: unit } } }, count: 'exact' })).count).toBe(2)
  })

  test.each<[Zone, string, object, string, string]>([
    ['Europe/Berlin', '2026-03-30T12:00:00Z', { last: '7d' }, '2026-03-23T23:00:00Z', '2026-03-30T22:00:00Z'],
    ['Europe/Berlin', '2026-03-28T12:00:00Z', { next: '2d' }, '2026-03-28T23:00:00Z', '2026-03-30T22:00:00Z'],
    ['America/New_York', '2026-11-02T04:59:00Z', { last: '1d' }, '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['Pacific/Auckland', '2026-04-05T11:59:00Z', { last: '2w' }, '2026-03-22T11:00:00Z', '2026-04-05T12:00:00Z'],
    ['Asia/Kathmandu', '2026-03-31T18:14:00Z', { last: '1m' }, '2026-02-28T18:15:00Z', '2026-03-31T18:15:00Z'],
  ])('%s at %s: %j is from %s to %s', async (zone, now, when, from, to) => {
    const { clock, of, root } = await world()
    const borders = [new Date(from).getTime(), new Date(to).getTime()] as const
    for (const [name, at] of [
      ['before', borders[0] - 1],
      ['first', borders[0]],
      ['last', borders[1] - 1],
      ['after', borders[1]],
    ] as const)
      await root.tasks.create({ title: name, dueAt: new Date(at) })
    clock.set(now)
    expect(
      (await of(zone).tasks.list({ where: { dueAt: when }, orderBy: { dueAt: 'asc' } })).items.map(
        ({ title }) => title,
      ),
    ).toEqual(['first', 'last'])
  })
})

describe('a due day is a day, wherever one is', () => {
  /** What people in each zone write on their calendar at that instant. */
  const TODAYS: [now: string, Record<Zone, string>][] = [
    [
      '2026-03-01T04:30:00Z',
      {
        'Europe/Berlin': '2026-03-01',
        'America/New_York': '2026-02-28',
        'Asia/Kathmandu': '2026-03-01',
        'Pacific/Auckland': '2026-03-01',
      },
    ],
    [
      '2026-03-31T10:59:59Z',
      {
        'Europe/Berlin': '2026-03-31',
        'America/New_York': '2026-03-31',
        'Asia/Kathmandu': '2026-03-31',
        'Pacific/Auckland': '2026-03-31',
      },
    ],
    [
      '2026-03-31T18:14:59Z',
      {
        'Europe/Berlin': '2026-03-31',
        'America/New_York': '2026-03-31',
        'Asia/Kathmandu': '2026-03-31',
        'Pacific/Auckland': '2026-04-01',
      },
    ],
    [
      '2026-03-31T18:15:00Z',
      {
        'Europe/Berlin': '2026-03-31',
        'America/New_York': '2026-03-31',
        'Asia/Kathmandu': '2026-04-01',
        'Pacific/Auckland': '2026-04-01',
      },
    ],
    [
      '2026-03-31T22:00:00Z',
      {
        'Europe/Berlin': '2026-04-01',
        'America/New_York': '2026-03-31',
        'Asia/Kathmandu': '2026-04-01',
        'Pacific/Auckland': '2026-04-01',
      },
    ],
    [
      '2026-04-01T03:59:59Z',
      {
        'Europe/Berlin': '2026-04-01',
        'America/New_York': '2026-03-31',
        'Asia/Kathmandu': '2026-04-01',
        'Pacific/Auckland': '2026-04-01',
      },
    ],
    [
      '2026-04-01T04:00:00Z',
      {
        'Europe/Berlin': '2026-04-01',
        'America/New_York': '2026-04-01',
        'Asia/Kathmandu': '2026-04-01',
        'Pacific/Auckland': '2026-04-01',
      },
    ],
    [
      '2026-10-25T22:59:59Z',
      {
        'Europe/Berlin': '2026-10-25',
        'America/New_York': '2026-10-25',
        'Asia/Kathmandu': '2026-10-26',
        'Pacific/Auckland': '2026-10-26',
      },
    ],
  ]

  test.each(TODAYS)('at %s', async (now, days) => {
    const { clock, of, root } = await world()
    for (const day of ['2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01', '2026-10-25', '2026-10-26']) {
      await root.tasks.create({ title: day, dueDate: day })
      await root.deals.create({ title: day, expectedCloseDate: day })
    }
    clock.set(now)
    for (const zone of ZONES) {
      const me = of(zone)
      expect(
        (await me.tasks.list({ where: { dueDate: { this: 'day' } } })).items.map(({ title }) => title),
        zone,
      ).toEqual([days[zone]])
      expect(
        (await me.deals.list({ where: { expectedCloseDate: { this: 'day' } } })).items.map(({ title }) => title),
        zone,
      ).toEqual([days[zone]])
      const month = days[zone].slice(0, 7)
      const inMonth = (
        await me.tasks.list({ where: { dueDate: { this: 'month' } }, orderBy: { dueDate: 'asc' } })
      ).items.map(({ title }) => title)
      expect(inMonth, zone).toEqual(
        ['2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01', '2026-10-25', '2026-10-26'].filter((day) =>
          day.startsWith(month),
        ),
      )
      const [{ dueDate } = {}] = (await me.tasks.list({ where: { dueDate: days[zone] } })).items
      expect(dueDate).toBe(days[zone])
    }
  })
})

describe('reports by month', () => {
  /** Instants beside the borders of months, and the month (of 2026) in which each zone lives then. */
  const MOMENTS: [at: string, berlin: number, newYork: number, kathmandu: number, auckland: number][] = [
    ['2026-02-28T18:30:00Z', 2, 2, 3, 3],
    ['2026-02-28T23:30:00Z', 3, 2, 3, 3],
    ['2026-03-01T04:59:59Z', 3, 2, 3, 3],
    ['2026-03-31T10:59:59Z', 3, 3, 3, 3],
    ['2026-03-31T11:00:00Z', 3, 3, 3, 4],
    ['2026-03-31T21:59:59Z', 3, 3, 4, 4],
    ['2026-03-31T22:00:00Z', 4, 3, 4, 4],
    ['2026-04-01T03:59:59Z', 4, 3, 4, 4],
    ['2026-04-01T04:00:00Z', 4, 4, 4, 4],
    ['2026-04-30T11:59:59Z', 4, 4, 4, 4],
    ['2026-04-30T12:00:00Z', 4, 4, 4, 5],
  ]
  /** The same, counted by hand: February, March, April, May. */
  const EXPECTED: Record<Zone, number[]> = {
    'Europe/Berlin': [1, 5, 5, 0],
    'America/New_York': [3, 5, 3, 0],
    'Asia/Kathmandu': [0, 5, 6, 0],
    'Pacific/Auckland': [0, 4, 6, 1],
  }
  const period = { from: '2026-02-01', to: '2026-06-01' } as const
  let sales: Awaited<ReturnType<typeof world>>

  beforeAll(async () => {
    sales = await world()
    const { root, clock } = sales
    for (const [index, [at]] of MOMENTS.entries()) {
      clock.set(at)
      const lead = await root.leads.create({ name: `Lead ${index}` })
      await root.activities.create({ kind: 'call', occurredAt: new Date(at), lead: lead.id })
      const task = await root.tasks.create({ title: `Task ${index}` })
      await root.tasks.complete(task.id)
      const deal = await root.deals.create({ title: `Deal ${index}`, amount: { amount: 100, currency: 'USD' } })
      await root.deals.win(deal.id)
      await root.leads.convert(lead.id, { contact: 'create' })
    }
    clock.set('2026-07-15T12:00:00Z')
  })

  const byMonth = (rows: readonly object[], name: string) => {
    const found = new Map(rows.map((row) => [(row as { month: string }).month, (row as Record<string, unknown>)[name]]))
    const value = (month: string) => {
      const figure = found.get(month) ?? 0
      return typeof figure === 'object' ? (figure as { amount: number }).amount / 100 : figure
    }
    return ['2026-02', '2026-03', '2026-04', '2026-05'].map(value)
  }

  test('the table and the counts above agree', () => {
    for (const [at, zone] of ZONES.entries())
      expect([2, 3, 4, 5].map((month) => MOMENTS.filter((row) => row[at + 1] === month).length)).toEqual(EXPECTED[zone])
  })

  test.each(ZONES)('%s: leads, conversions, wins, calls and tasks fall into the asker’s months', async (zone) => {
    const { reports } = sales.of(zone)
    const leads = await reports.leadConversion({ period, groupBy: 'month' })
    const wins = await reports.winRate({ period, groupBy: 'month' })
    const forecast = await reports.forecast({ period })
    const done = await reports.agentActivity({ period, groupBy: 'month' })
    const figures = {
      created: leads.rows,
      conversions: leads.rows,
      won: wins.rows,
      wonValue: wins.rows,
      wonDeals: forecast.rows,
      calls: done.rows,
      tasksDone: done.rows,
      leadsCreated: done.rows,
      dealsWon: done.rows,
    }
    for (const [name, rows] of Object.entries(figures)) expect(byMonth(rows, name), name).toEqual(EXPECTED[zone])
    expect(leads.rows.map((row) => row.month)).toEqual(['2026-02', '2026-03', '2026-04', '2026-05'])
    expect(wins.totals.won).toBe(11)
  })

  test.each(ZONES)('the zone may be named: %s for one who lives elsewhere', async (zone) => {
    const { rows, period: shown } = await sales.root.reports.winRate({ period, groupBy: 'month', zone })
    expect(byMonth(rows, 'won')).toEqual(EXPECTED[zone])
    expect(shown.zone).toBe(zone)
  })

  test.each<[Zone, string, string, number]>([
    ['Europe/Berlin', '2026-03-31T21:59:59Z', 'month', 5],
    ['Europe/Berlin', '2026-03-31T22:00:00Z', 'month', 5],
    ['America/New_York', '2026-04-01T03:59:59Z', 'month', 5],
    ['America/New_York', '2026-04-01T04:00:00Z', 'month', 3],
    ['Asia/Kathmandu', '2026-03-31T18:15:00Z', 'month', 6],
    ['Pacific/Auckland', '2026-03-31T11:00:00Z', 'month', 6],
    ['Pacific/Auckland', '2026-03-31T10:59:59Z', 'quarter', 4],
  ])('%s at %s: this %s has %i', async (zone, now, unit, won) => {
    sales.clock.set(now)
    const report = await sales.of(zone).reports.winRate({ period: { this: unit as 'month' } })
    expect(report.totals.won).toBe(won)
    sales.clock.set('2026-07-15T12:00:00Z')
  })

  test('compared with the month before, which is shorter by the hour that was skipped', async () => {
    sales.clock.set('2026-04-10T12:00:00Z')
    const report = await sales.of('Europe/Berlin').reports.winRate({ period: { this: 'month' }, compare: 'previous' })
    expect([report.totals.won, report.previous?.totals.won, report.delta?.won]).toEqual([5, 5, 0])
    expect(report.previous?.period).toEqual({
      from: new Date('2026-02-28T23:00:00Z'),
      to: new Date('2026-03-31T22:00:00Z'),
      zone: 'Europe/Berlin',
    })
    sales.clock.set('2026-07-15T12:00:00Z')
  })
})

test('calls of a day of 25 hours are all that day’s, and of a day of 23 hours as well', async () => {
  const { root, of } = await world()
  for (const at of [
    '2026-10-24T21:59:59Z',
    '2026-10-24T22:00:00Z',
    '2026-10-25T00:30:00Z',
    '2026-10-25T01:30:00Z',
    '2026-10-25T22:59:59Z',
    '2026-10-25T23:00:00Z',
  ])
    await root.activities.create({ kind: 'call', occurredAt: new Date(at) })
  for (const at of ['2026-09-26T11:59:59Z', '2026-09-26T12:00:00Z', '2026-09-27T10:59:59Z', '2026-09-27T11:00:00Z'])
    await root.activities.create({ kind: 'email', occurredAt: new Date(at) })
  const daily = async (zone: Zone, from: string, to: string, name: 'calls' | 'emails') =>
    (await of(zone).reports.agentActivity({ period: { from, to }, groupBy: 'day' })).rows.map((row) => [
      row.day,
      row[name],
    ])
  expect(await daily('Europe/Berlin', '2026-10-24', '2026-10-27', 'calls')).toEqual([
    ['2026-10-24', 1],
    ['2026-10-25', 4],
    ['2026-10-26', 1],
  ])
  expect(await daily('Pacific/Auckland', '2026-09-26', '2026-09-29', 'emails')).toEqual([
    ['2026-09-26', 1],
    ['2026-09-27', 2],
    ['2026-09-28', 1],
  ])
})

test('the pipeline as of a day is that of its last moment where one lives', async () => {
  const { root, of, clock } = await world()
  clock.set('2026-03-29T21:30:00Z')
  await root.deals.create({ title: 'Late on 29 March in Berlin', amount: { amount: 100, currency: 'USD' } })
  clock.set('2026-04-15T00:00:00Z')
  const deals = await Promise.all(
    ZONES.map(async (zone) => (await of(zone).reports.pipelineAsOf({ at: '2026-03-29' })).totals.deals),
  )
  expect(deals).toEqual([1, 1, 0, 0])
})
