import { eur } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { salesWorld, sevenDeals, YEAR } from '../support/sales'

// Every figure is worked out by hand from the table at `sevenDeals`.
describe('sales funnel', () => {
  test('counts deals that reached a stage or a later one, lost and skipped ones included', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows, totals, series } = await world.admin.reports.salesFunnel({ period: YEAR, pipeline: 'Sales' })
    // Proposal or later: 1, 3 (by Negotiation), 4, 5 (by Negotiation), 6. Negotiation or later: 1, 3, 5.
    expect(
      rows.map(({ stageName, step, reached, current, lost }) => [stageName, step, reached, current, lost]),
    ).toEqual([
      ['Qualification', 1, 7, 2, 1],
      ['Proposal Sent', 2, 5, 0, 1],
      ['Negotiation', 3, 3, 1, 0],
      ['Closed Won', 4, 2, 2, 0],
    ])
    expect(rows.map(({ conversion }) => conversion)).toEqual([5 / 7, 3 / 5, 2 / 3, null])
    expect(rows.map(({ share }) => share)).toEqual([1, 5 / 7, 3 / 7, 2 / 7])
    expect(totals).toEqual({ deals: 7, open: 3, won: 2, lost: 2, conversion: 2 / 7 })
    expect(series[0]?.points[1]).toEqual({ x: 'Proposal Sent', y: 5 })
  })

  test('gives the median days of the stays that ended', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows } = await world.admin.reports.salesFunnel({ period: YEAR })
    // Qualification 5, 10, 10, 10; Proposal 4, 10, 10; Negotiation 15, 40: the mean of the two.
    expect(rows.map(({ medianDays }) => medianDays)).toEqual([10, 10, 27.5, null])
    const without = await world.admin.reports.salesFunnel({ period: YEAR, medians: false })
    expect(without.rows.map(({ medianDays }) => medianDays)).toEqual([null, null, null, null])
  })

  test('is of the deals created in the period', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { totals } = await world.admin.reports.salesFunnel({ period: { from: '2026-01-01', to: '2026-02-01' } })
    expect(totals).toMatchObject({ deals: 3, won: 2, lost: 1 })
  })

  test('a deal that was never anywhere but lost reached no step', async () => {
    const world = await salesWorld()
    await world.sale({ path: [['Closed Lost', '2026-01-05']] })
    const { rows, totals } = await world.admin.reports.salesFunnel({ period: YEAR })
    expect(totals).toMatchObject({ deals: 1, lost: 1 })
    expect(rows.map(({ reached }) => reached)).toEqual([0, 0, 0, 0])
    expect(rows.every(({ conversion }) => conversion === null)).toBe(true)
  })

  test('keeps pipelines apart, and a deal is in the one it is in now', async () => {
    const world = await salesWorld({
      pipelines: ['One', 'Two'].map((name) => ({
        name,
        stages: [
          { name: `${name} first`, probability: 20 },
          { name: `${name} won`, class: 'won' as const },
          { name: `${name} lost`, class: 'lost' as const },
        ],
      })),
    })
    await world.sale({ path: [['One first', '2026-01-05'], ['Two first', '2026-01-10']] }) // biome-ignore format: a path
    await world.sale({ path: [['One first', '2026-01-05']] })
    const { rows } = await world.admin.reports.salesFunnel({ period: YEAR })
    expect(rows.filter(({ step }) => step === 1).map(({ pipelineName, reached }) => [pipelineName, reached])).toEqual([['One', 1], ['Two', 1]]) // biome-ignore format: rows
    const two = await world.admin.reports.salesFunnel({ period: YEAR, pipeline: 'two' })
    expect(two.rows.map(({ stageName }) => stageName)).toEqual(['Two first', 'Two won'])
  })
})

describe('win rate', () => {
  test('is won ÷ (won + lost) by count and by value', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { totals, missingRates } = await world.admin.reports.winRate({ period: YEAR })
    expect(totals).toEqual({
      won: 2,
      lost: 2,
      winRate: 0.5,
      wonValue: eur(3000),
      lostValue: eur(1200),
      winRateByValue: 3000 / 4200,
    })
    expect(missingRates).toEqual([])
  })

  test('by owner, with names', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows } = await world.admin.reports.winRate({ period: YEAR, groupBy: 'owner' })
    expect(rows.map(({ owner, ownerName, won, lost, wonValue }) => [owner, ownerName, won, lost, wonValue])).toEqual([
      ['ada', 'Ada', 1, 1, eur(1000)],
      ['bob', 'Bob', 1, 0, eur(2000)],
      ['cleo', 'Cleo', 0, 1, eur(0)],
    ])
  })

  test('by month of closing, with empty months', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows, series } = await world.admin.reports.winRate({
      period: { from: '2026-01-01', to: '2026-05-01' },
      groupBy: 'month',
    })
    expect(rows.map(({ month, won, lost, winRate }) => [month, won, lost, winRate])).toEqual([
      ['2026-01', 0, 1, 0],
      ['2026-02', 1, 0, 1],
      ['2026-03', 1, 1, 0.5],
      ['2026-04', 0, 0, null],
    ])
    expect(series.find(({ key }) => key === 'wonValue')?.points[1]).toEqual({ x: '2026-02', y: 1000 })
  })

  test('by owner and month gives a line for each owner', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows, series } = await world.admin.reports.winRate({
      period: { from: '2026-01-01', to: '2026-04-01' },
      groupBy: ['owner', 'month'],
    })
    expect(rows.map(({ owner, month, winRate }) => [owner, month, winRate])).toEqual([
      ['ada', '2026-01', 0],
      ['ada', '2026-02', 1],
      ['bob', '2026-03', 1],
      ['cleo', '2026-03', 0],
    ])
    expect(series.map(({ label, points }) => [label, points.map(({ y }) => y)])).toEqual([
      ['Ada', [0, 1, null]],
      ['Bob', [null, null, 1]],
      ['Cleo', [null, null, 0]],
    ])
  })

  test('counts a member of two teams in both, and once in the total', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    await world.crm
      .asSystem({ reason: 'both' })
      .users.sync([{ id: 'bob', name: 'Bob', roles: ['sales'], teams: ['north', 'south'] }])
    const { rows, totals } = await world.admin.reports.winRate({ period: YEAR, groupBy: 'team' })
    expect(rows.map(({ teamName, won, lost, wonValue }) => [teamName, won, lost, wonValue])).toEqual([
      ['North', 2, 1, eur(3000)],
      ['South', 1, 1, eur(2000)],
    ])
    expect(totals).toMatchObject({ won: 2, lost: 2, wonValue: eur(3000) })
  })

  test('takes the filter of lists', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { totals } = await world.admin.reports.winRate({
      period: YEAR,
      where: { owner: { team: 'north' }, amount: { gt: eur(600) } },
    })
    expect(totals).toMatchObject({ won: 2, lost: 0 })
  })

  test('compares with the period before; the change is null when that had none', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { previous, delta } = await world.admin.reports.winRate({ period: { this: 'month' }, compare: 'previous' })
    // March: bob's 2,000 won, cleo's 700 lost. February: ada's 1,000 won, nothing lost.
    expect(previous?.totals).toMatchObject({ won: 1, lost: 0, winRate: 1, wonValue: eur(1000) })
    expect(previous?.period).toEqual({ from: new Date('2026-02-01'), to: new Date('2026-03-01'), zone: 'UTC' })
    expect(delta).toEqual({
      won: 0,
      lost: null,
      winRate: -0.5,
      wonValue: 1,
      lostValue: null,
      winRateByValue: 2000 / 2700 - 1,
    })
  })
})

describe('sales cycle', () => {
  test('is the mean and median days from creation to closing', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { totals, rows } = await world.admin.reports.salesCycle({ period: YEAR, groupBy: 'owner' })
    expect(totals).toEqual({ won: 2, meanDays: 40, medianDays: 40, lost: 2, lostMeanDays: 10, lostMedianDays: 10 })
    expect(rows.map(({ owner, medianDays, lostMedianDays }) => [owner, medianDays, lostMedianDays])).toEqual([
      ['ada', 30, 10],
      ['bob', 50, null],
      ['cleo', null, 10],
    ])
  })

  test('takes the middle of an odd number, and the mean of the middle two of an even one', async () => {
    const world = await salesWorld()
    for (const closed of ['2026-01-02', '2026-01-04', '2026-01-09']) await world.sale({ owner: 'ada', path: [['Qualification', '2026-01-01'], ['Closed Won', closed]] }) // biome-ignore format: a path
    const odd = await world.admin.reports.salesCycle({ period: YEAR })
    expect(odd.totals).toMatchObject({ medianDays: 3, meanDays: 4 })
    await world.sale({ owner: 'bob', path: [['Qualification', '2026-01-01'], ['Closed Won', '2026-01-05T12:00:00Z']] }) // biome-ignore format: a path
    const even = await world.admin.reports.salesCycle({ period: YEAR })
    expect(even.totals.medianDays).toBe(3.75)
  })

  test('by team counts a deal in each team of its owner', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows } = await world.admin.reports.salesCycle({ period: YEAR, groupBy: 'team' })
    expect(rows.map(({ team, medianDays }) => [team, medianDays])).toEqual([
      ['north', 40],
      ['south', null],
    ])
  })
})

describe('velocity', () => {
  test('is open deals × win rate × mean won ÷ mean cycle days', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { totals } = await world.admin.reports.velocity({ period: YEAR })
    // 3 × 0.5 × 1,500 ÷ 40 = 56.25 euro a day
    expect(totals).toEqual({
      openDeals: 3,
      won: 2,
      winRate: 0.5,
      wonValue: eur(3000),
      meanWon: eur(1500),
      meanCycleDays: 40,
      velocity: eur('56.25'),
    })
  })

  test('is null where a factor is undefined', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows } = await world.admin.reports.velocity({ period: YEAR, groupBy: 'owner' })
    expect(rows.map(({ owner, openDeals, velocity }) => [owner, openDeals, velocity])).toEqual([
      ['ada', 1, eur('16.67')], // 1 × 0.5 × 1,000 ÷ 30 = 16.666…
      ['bob', 1, eur(40)], // 1 × 1 × 2,000 ÷ 50
      ['cleo', 1, null],
    ])
  })
})

describe('sales performance', () => {
  test('ranks owners by what they won', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows, totals } = await world.admin.reports.salesPerformance({ period: YEAR })
    expect(
      rows.map(({ rank, owner, won, wonValue, open, openValue }) => [rank, owner, won, wonValue, open, openValue]),
    ).toEqual([
      [1, 'bob', 1, eur(2000), 1, eur(300)],
      [2, 'ada', 1, eur(1000), 1, eur(0)],
      [3, 'cleo', 0, eur(0), 1, eur(4000)],
    ])
    expect(rows[0]).toMatchObject({ meanDeal: eur(2000), winRate: 1, meanCycleDays: 50, medianCycleDays: 50 })
    expect(totals).toMatchObject({
      won: 2,
      lost: 2,
      open: 3,
      openValue: eur(4300),
      meanDeal: eur(1500),
      medianCycleDays: 40,
    })
  })

  test('gives equal figures the same place', async () => {
    const world = await salesWorld()
    for (const owner of ['ada', 'bob']) await world.sale({ owner, euro: 10, path: [['Qualification', '2026-01-01'], ['Closed Won', '2026-01-02']] }) // biome-ignore format: a path
    await world.sale({ owner: 'cleo', euro: 5, path: [['Qualification', '2026-01-01'], ['Closed Won', '2026-01-02']] }) // biome-ignore format: a path
    const { rows } = await world.admin.reports.salesPerformance({ period: YEAR })
    expect(rows.map(({ rank, owner }) => [rank, owner])).toEqual([[1, 'ada'], [1, 'bob'], [3, 'cleo']]) // biome-ignore format: rows
  })
})
