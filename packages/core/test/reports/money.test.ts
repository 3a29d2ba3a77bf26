import { eur, gbp, type Money, money, usd } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { type SalesWorld, salesWorld, YEAR } from '../support/sales'

const won = ({ sale }: SalesWorld, amount: Money, day: string, owner = 'ada') =>
  sale({ owner, amount, path: [['Qualification', '2026-01-02'], ['Closed Won', day]] }) // biome-ignore format: a path

describe('currencies', () => {
  test('closed deals are converted at the rate of their close date, later rates do not change them', async () => {
    const world = await salesWorld()
    await world.admin.rates.set([
      { from: 'USD', to: 'EUR', day: '2026-01-01', rate: '0.80' },
      { from: 'USD', to: 'EUR', day: '2026-02-01', rate: '0.90' },
    ])
    await won(world, usd(100), '2026-01-31T23:59:59Z')
    await won(world, usd(100), '2026-02-01')
    await won(world, eur(1), '2026-02-01')
    await world.admin.rates.set([{ from: 'USD', to: 'EUR', day: '2026-01-15', rate: '0.50' }])
    const { totals, missingRates } = await world.admin.reports.winRate({ period: YEAR })
    expect(totals.wonValue).toEqual(eur(171)) // 80 + 90 + 1
    expect(totals.subtotals).toEqual({ wonValue: [eur(1), usd(200)] })
    expect(missingRates).toEqual([])
  })

  test('another reporting currency takes the rates of the close dates', async () => {
    const world = await salesWorld()
    await world.admin.rates.set([
      { from: 'EUR', to: 'USD', day: '2026-01-01', rate: '1.10' },
      { from: 'EUR', to: 'USD', day: '2026-02-01', rate: '1.20' },
      { from: 'JPY', to: 'USD', day: '2026-01-01', rate: '0.0065' },
    ])
    await won(world, eur(100), '2026-01-31T23:59:59Z')
    await won(world, eur(100), '2026-02-01')
    await won(world, money(1000, 'JPY'), '2026-02-01')
    const { totals, rows } = await world.admin.reports.winRate({
      period: YEAR,
      currency: 'USD',
      groupBy: ['owner', 'month'],
    })
    expect(totals.wonValue).toEqual(usd('236.5')) // 110 + 120 + 6.50
    expect(rows.map(({ month, wonValue }) => [month, wonValue])).toEqual([['2026-01', usd(110)], ['2026-02', usd('126.5')]]) // biome-ignore format: rows
  })

  test('a rate that is known the other way round is turned', async () => {
    const world = await salesWorld()
    await world.admin.rates.set([{ from: 'EUR', to: 'USD', day: '2026-01-01', rate: '1.25' }])
    await won(world, usd(100), '2026-02-01')
    await world.sale({ amount: usd(10), path: [['Qualification', '2026-01-02']] })
    const { totals } = await world.admin.reports.salesPerformance({ period: YEAR })
    expect(totals).toMatchObject({ wonValue: eur(80), openValue: eur(8) })
  })

  test('open deals are worth what today’s rate makes of them', async () => {
    const world = await salesWorld()
    await world.admin.rates.set([
      { from: 'USD', to: 'EUR', day: '2026-01-01', rate: '0.80' },
      { from: 'USD', to: 'EUR', day: '2026-03-15', rate: '0.95' },
      { from: 'USD', to: 'EUR', day: '2026-03-16', rate: '2' },
    ])
    await world.sale({ amount: usd(200), path: [['Qualification', '2026-01-02']], expectedCloseDate: '2026-05-01' })
    const { totals } = await world.admin.reports.forecast({ period: YEAR })
    expect(totals).toMatchObject({ open: eur(190), weighted: eur(19), forecast: eur(19) })
    expect(totals.subtotals).toMatchObject({ open: [usd(200)], weighted: [usd(20)] })
  })

  test('a past pipeline is worth what the rates of that day made of it', async () => {
    const world = await salesWorld()
    await world.admin.rates.set([
      { from: 'USD', to: 'EUR', day: '2026-01-01', rate: '0.80' },
      { from: 'USD', to: 'EUR', day: '2026-03-01', rate: '0.95' },
    ])
    await world.sale({ amount: usd(200), path: [['Qualification', '2026-01-02']] })
    expect((await world.admin.reports.pipelineAsOf({ at: '2026-02-28' })).totals.value).toEqual(eur(160))
    expect((await world.admin.reports.pipelineAsOf({ at: '2026-03-01' })).totals.value).toEqual(eur(190))
  })

  test('without a rate there is no converted figure: the report says which is missing and what there is', async () => {
    const world = await salesWorld()
    await won(world, gbp(100), '2026-02-15')
    await won(world, eur(50), '2026-02-15', 'bob')
    const { rows, totals, missingRates } = await world.admin.reports.winRate({ period: YEAR, groupBy: 'owner' })
    expect(totals).toMatchObject({
      won: 2,
      winRate: 1,
      wonValue: null,
      winRateByValue: null,
      subtotals: { wonValue: [eur(50), gbp(100)] },
    })
    expect(rows.map(({ owner, wonValue }) => [owner, wonValue])).toEqual([['ada', null], ['bob', eur(50)]]) // biome-ignore format: rows
    expect(missingRates).toEqual([{ from: 'GBP', to: 'EUR', day: '2026-01-01' }])
    const missing = missingRates[0] as { from: string; to: string; day: string }
    await world.admin.rates.set([{ ...missing, rate: '1.2' }])
    const after = await world.admin.reports.winRate({ period: YEAR })
    expect(after.totals.wonValue).toEqual(eur(170))
    expect(after.missingRates).toEqual([])
  })

  test('open deals name today, and nothing is missing for deals without a value', async () => {
    const world = await salesWorld()
    await world.sale({ amount: gbp(0), path: [['Qualification', '2026-01-02']], expectedCloseDate: '2026-05-01' })
    const nothing = await world.admin.reports.forecast({ period: YEAR })
    expect(nothing.totals.open).toEqual(eur(0))
    expect(nothing.missingRates).toEqual([])
    await world.sale({ amount: gbp(1), path: [['Qualification', '2026-01-02']], expectedCloseDate: '2026-05-01' })
    const { totals, missingRates } = await world.admin.reports.forecast({ period: YEAR })
    expect(totals).toMatchObject({ open: null, weighted: null, forecast: null, won: eur(0) })
    expect(missingRates).toEqual([{ from: 'GBP', to: 'EUR', day: '2026-03-15' }])
  })

  test('a sum is rounded once, not deal by deal', async () => {
    const world = await salesWorld()
    await world.admin.rates.set([{ from: 'USD', to: 'EUR', day: '2026-01-01', rate: '0.5' }])
    for (let i = 0; i < 3; i++) await won(world, usd('0.01'), '2026-02-01')
    const { totals } = await world.admin.reports.winRate({ period: YEAR })
    expect(totals.wonValue).toEqual(eur('0.02')) // 0.015, where three times 0.005 would be 0.03
  })

  test('sums are exact up to the last minor unit, and refused beyond', async () => {
    const world = await salesWorld()
    const big = (amount: number) => won(world, { amount, currency: 'EUR' }, '2026-02-01')
    await big(4_503_599_627_370_497)
    await big(4_503_599_627_370_493)
    const { totals } = await world.admin.reports.winRate({ period: YEAR })
    expect(totals.wonValue?.amount).toBe(9_007_199_254_740_990)
    await world.sale({
      amount: { amount: 9_007_199_254_740_991, currency: 'EUR' },
      path: [['Negotiation', '2026-01-02']],
      expectedCloseDate: '2026-05-01',
    })
    const { rows } = await world.admin.reports.forecast({ period: { from: '2026-05-01', to: '2026-06-01' } })
    expect(rows[0]?.weighted?.amount).toBe(6_305_039_478_318_694) // 70 % of …991 is …693.7
    await big(9_007_199_254_740_991)
    await expect(world.admin.reports.winRate({ period: YEAR })).rejects.toMatchObject({
      code: 'VALIDATION',
      rule: 'total-too-large',
    })
  })
})
