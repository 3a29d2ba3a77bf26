import { eur } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { salesWorld, sevenDeals } from '../support/sales'

const HALF = { from: '2026-01-01', to: '2026-07-01' }

// Worked out by hand from the table at `sevenDeals`: won 1,000 in February and 2,000 in March; open 300 at 10 % expected
// in March (category pipeline), 4,000 at 70 % expected in April (commit), and one without amount and date.
describe('forecast', () => {
  test('adds what was won to amount × probability of what is open, by month', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows, totals } = await world.admin.reports.forecast({ period: HALF })
    expect(rows.map(({ month, won, open, weighted, forecast }) => [month, won, open, weighted, forecast])).toEqual([
      ['2026-01', eur(0), eur(0), eur(0), eur(0)],
      ['2026-02', eur(1000), eur(0), eur(0), eur(1000)],
      ['2026-03', eur(2000), eur(300), eur(30), eur(2030)],
      ['2026-04', eur(0), eur(4000), eur(2800), eur(2800)],
      ['2026-05', eur(0), eur(0), eur(0), eur(0)],
      ['2026-06', eur(0), eur(0), eur(0), eur(0)],
    ])
    expect(totals).toMatchObject({
      wonDeals: 2,
      won: eur(3000),
      openDeals: 2,
      open: eur(4300),
      weighted: eur(2830),
      forecast: eur(5830),
    })
  })

  test('says how many open deals have no expected date', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    await world.sale({ owner: 'ada', euro: 50, path: [['Qualification', '2026-03-02']] })
    const { totals } = await world.admin.reports.forecast({ period: HALF })
    expect(totals).toMatchObject({ undatedDeals: 2, undated: eur(50), open: eur(4300) })
  })

  test('cumulates forecast categories: commit has what is closed, best case has commit', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    await world.sale({
      owner: 'ada',
      euro: 600,
      path: [['Proposal Sent', '2026-03-02']],
      expectedCloseDate: '2026-03-20',
    })
    const { rows } = await world.admin.reports.forecast({ period: HALF, groupBy: 'quarter' })
    // Q1: won 3,000; open 300 pipeline, 600 best case. Q2: open 4,000 commit.
    expect(
      rows.map(({ quarter, commit, bestCase, openPipeline }) => [quarter, commit, bestCase, openPipeline]),
    ).toEqual([
      ['2026-Q1', eur(3000), eur(3600), eur(900)],
      ['2026-Q2', eur(4000), eur(4000), eur(4000)],
    ])
  })

  test('takes the probability that was given to the deal over that of its stage', async () => {
    const world = await salesWorld()
    await world.sale({
      euro: 1000,
      probability: 25,
      path: [['Negotiation', '2026-03-02']],
      expectedCloseDate: '2026-03-20',
    })
    const { totals } = await world.admin.reports.forecast({ period: HALF })
    expect(totals.weighted).toEqual(eur(250))
  })

  test('leaves out what is expected outside of the period, and lost deals', async () => {
    const world = await salesWorld()
    await world.sale({ euro: 1, path: [['Qualification', '2026-01-02']], expectedCloseDate: '2025-12-31' })
    await world.sale({ euro: 2, path: [['Qualification', '2026-01-02']], expectedCloseDate: '2026-01-01' })
    await world.sale({ euro: 4, path: [['Qualification', '2026-01-02']], expectedCloseDate: '2026-06-30' })
    await world.sale({ euro: 8, path: [['Qualification', '2026-01-02']], expectedCloseDate: '2026-07-01' })
    await world.sale({ euro: 16, path: [['Qualification', '2026-01-02'], ['Closed Lost', '2026-01-03']], expectedCloseDate: '2026-02-01' }) // biome-ignore format: a path
    const { totals } = await world.admin.reports.forecast({ period: HALF })
    expect(totals.open).toEqual(eur(6))
  })

  test('measures against the quotas of the users counted', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    await world.admin.quotas.set([
      { user: 'ada', month: '2026-03', amount: eur(1500) },
      { user: 'bob', month: '2026-03', amount: eur(2500) },
      { user: 'cleo', month: '2026-04', amount: eur(1000) },
      { team: 'north', month: '2026-03', amount: eur(5000) },
    ])
    const all = await world.admin.reports.forecast({ period: HALF })
    // March: 2,000 of 4,000; open 300 for the 2,000 that are missing. All: 3,000 of 5,000; open 4,300 for 2,000.
    expect(all.rows[2]).toMatchObject({ month: '2026-03', quota: eur(4000), attainment: 0.5, coverage: 0.15 })
    expect(all.rows[0]).toMatchObject({ quota: null, attainment: null, coverage: null })
    expect(all.totals).toMatchObject({ quota: eur(5000), attainment: 0.6, coverage: 2.15 })

    const byOwner = await world.admin.reports.forecast({ period: HALF, groupBy: 'owner' })
    expect(byOwner.rows.map(({ owner, quota, attainment }) => [owner, quota, attainment])).toEqual([
      ['ada', eur(1500), 1000 / 1500],
      ['bob', eur(2500), 0.8],
      ['cleo', eur(1000), 0],
    ])
    const ofNorth = await world.admin.reports.forecast({ period: HALF, where: { owner: { team: 'north' } } })
    expect(ofNorth.totals.quota).toEqual(eur(4000))
    const teams = await world.admin.reports.forecast({ period: HALF, groupBy: 'team' })
    expect(teams.rows.map(({ team, quota }) => [team, quota])).toEqual([['north', eur(5000)], ['south', null]]) // biome-ignore format: rows
    const rep = await world.as('ada').reports.forecast({ period: HALF })
    expect(rep.totals.quota).toEqual(eur(4000))
  })

  test('has no coverage to give once the quota is reached', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    await world.admin.quotas.set([{ user: 'bob', month: '2026-03', amount: eur(2000) }])
    const { totals } = await world.admin.reports.forecast({ period: { from: '2026-03-01', to: '2026-04-01' } })
    expect(totals).toMatchObject({ attainment: 1, coverage: null })
  })

  test('names fiscal quarters by the year they end in', async () => {
    const world = await salesWorld({ settings: { currency: 'EUR', fiscalYearStart: 4 } })
    await sevenDeals(world)
    const { rows } = await world.admin.reports.forecast({ period: HALF, groupBy: 'fiscal-quarter' })
    expect(rows.map((row) => [row['fiscal-quarter'], row.won, row.open])).toEqual([
      ['FY2026-Q4', eur(3000), eur(300)],
      ['FY2027-Q1', eur(0), eur(4000)],
    ])
  })
})
