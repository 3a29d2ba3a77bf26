import { eur } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { type SalesWorld, salesWorld, sevenDeals, YEAR } from '../support/sales'

const JANUARY = { from: '2026-01-01', to: '2026-02-01' }

/** In January: three created, two of them ever converted; two converted, one of them created before. */
async function fourLeads({ prospect }: SalesWorld) {
  await prospect({
    owner: 'ada',
    source: 'website',
    campaign: 'spring',
    created: '2026-01-05',
    converted: '2026-01-20',
  })
  await prospect({ owner: 'ada', source: 'website', created: '2026-01-10' })
  await prospect({ owner: 'bob', source: 'referral', created: '2026-01-15', converted: '2026-02-10' })
  await prospect({
    owner: 'cleo',
    source: 'website',
    campaign: 'spring',
    created: '2025-12-20',
    converted: '2026-01-05',
  })
}

describe('lead conversion', () => {
  test('is given by cohort and by activity', async () => {
    const world = await salesWorld()
    await fourLeads(world)
    const { totals, rows } = await world.admin.reports.leadConversion({ period: JANUARY })
    expect(totals).toEqual({ created: 3, converted: 2, cohortRate: 2 / 3, conversions: 2, activityRate: 2 / 3 })
    expect(rows).toEqual([totals])
  })

  test('by source, owner and campaign', async () => {
    const world = await salesWorld()
    await fourLeads(world)
    const by = async (groupBy: 'source' | 'owner' | 'campaign') => {
      const { rows } = await world.admin.reports.leadConversion({ period: JANUARY, groupBy })
      return rows.map((row) => [row[groupBy], row.created, row.converted, row.conversions, row.cohortRate])
    }
    expect(await by('source')).toEqual([['referral', 1, 1, 0, 1], ['website', 2, 1, 2, 0.5]]) // biome-ignore format: rows
    expect(await by('owner')).toEqual([['ada', 2, 1, 1, 0.5], ['bob', 1, 1, 0, 1], ['cleo', 0, 0, 1, null]]) // biome-ignore format: rows
    expect(await by('campaign')).toEqual([['spring', 1, 1, 2, 1], [null, 2, 1, 0, 0.5]]) // biome-ignore format: rows
  })

  test('by month counts leads when created and conversions when they happened', async () => {
    const world = await salesWorld()
    await fourLeads(world)
    const { rows } = await world.admin.reports.leadConversion({
      period: { from: '2025-12-01', to: '2026-03-01' },
      groupBy: 'month',
    })
    expect(
      rows.map(({ month, created, converted, conversions, activityRate }) => [
        month,
        created,
        converted,
        conversions,
        activityRate,
      ]),
    ).toEqual([
      ['2025-12', 1, 1, 0, 0],
      ['2026-01', 3, 2, 2, 2 / 3],
      ['2026-02', 0, 0, 1, null],
    ])
  })

  test('does not count deleted leads', async () => {
    const world = await salesWorld()
    await fourLeads(world)
    const { items } = await world.admin.leads.list({ where: { source: 'referral' } })
    await world.admin.leads.delete(items[0]?.id as string)
    const { totals } = await world.admin.reports.leadConversion({ period: JANUARY })
    expect(totals).toMatchObject({ created: 2, converted: 1 })
  })
})

describe('lead sources', () => {
  test('go from leads to won revenue', async () => {
    const world = await salesWorld()
    await fourLeads(world)
    await sevenDeals(world)
    const { rows, totals } = await world.admin.reports.leadSources({ period: YEAR })
    // Deals 1 and 2 are of the website, 3 of a referral; the other four have no source.
    expect(rows).toEqual([
      { source: 'referral', leads: 1, converted: 1, conversionRate: 1, deals: 1, won: 1, wonValue: eur(2000) },
      { source: 'website', leads: 2, converted: 1, conversionRate: 0.5, deals: 2, won: 1, wonValue: eur(1000) },
      { source: null, leads: 0, converted: 0, conversionRate: null, deals: 4, won: 0, wonValue: eur(0) },
    ])
    expect(totals).toEqual({ leads: 3, converted: 2, conversionRate: 2 / 3, deals: 7, won: 2, wonValue: eur(3000) })
  })
})
