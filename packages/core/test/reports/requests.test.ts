import { eur, toCsv, usd } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { salesWorld, sevenDeals, YEAR } from '../support/sales'

describe('a bad request', () => {
  test.each<[request: object, field: string, rule: string]>([
    [{}, 'period', 'required'],
    [{ period: YEAR, perod: 1 }, 'perod', 'unknown-key'],
    [{ period: 'someday' }, 'period', 'invalid-period'],
    [{ period: { from: '2026-02-01', to: '2026-01-01' } }, 'period.to', 'not-after-from'],
    [{ period: YEAR, compare: 'next' }, 'compare', 'invalid-option'],
    [{ period: YEAR, groupBy: 'colour' }, 'groupBy', 'unknown-group'],
    [{ period: YEAR, groupBy: ['owner', 'owner'] }, 'groupBy', 'too-many-groups'],
    [{ period: YEAR, groupBy: ['owner', 'team', 'month'] }, 'groupBy', 'too-many-groups'],
    [{ period: YEAR, currency: 'Euro' }, 'currency', 'invalid-currency'],
    [{ period: YEAR, zone: 'Mars/Olympus' }, 'zone', 'invalid-zone'],
    [{ period: YEAR, pipeline: 'Nowhere' }, 'pipeline', 'unknown-pipeline'],
    [{ period: YEAR, pipeline: 7 }, 'pipeline', 'wrong-type'],
    [{ period: YEAR, where: { colour: 1 } }, 'where.colour', 'unknown-field'],
    [{ period: YEAR, where: 'all' }, 'where', 'invalid-filter'],
    [{ period: { from: '2000-01-01', to: '2026-01-01' }, groupBy: 'day' }, 'period', 'too-many-buckets'],
    [[], 'request', 'wrong-type'],
  ])('%j is refused at %s: %s', async (request, field, rule) => {
    const world = await salesWorld()
    await sevenDeals(world)
    const refused = world.admin.reports.winRate(request as never)
    await expect(refused).rejects.toMatchObject({
      code: 'VALIDATION',
      field,
      rule,
      remedy: expect.stringMatching(/\.$/),
    })
  })

  test('says what a report takes, each its own', async () => {
    const { admin } = await salesWorld()
    await expect(admin.reports.salesFunnel({ period: YEAR, groupBy: 'owner' } as never)).rejects.toMatchObject({
      field: 'groupBy',
      rule: 'unknown-key',
    })
    await expect(admin.reports.salesFunnel({ period: YEAR, medians: 1 } as never)).rejects.toMatchObject({
      field: 'medians',
      rule: 'wrong-type',
    })
    await expect(admin.reports.pipelineAsOf({ at: 'yesterday' })).rejects.toMatchObject({
      field: 'at',
      rule: 'invalid-date',
    })
    await expect(admin.reports.pipelineAsOf({ at: '2026-02-01', period: YEAR } as never)).rejects.toMatchObject({
      field: 'period',
      rule: 'unknown-key',
    })
    await expect(admin.reports.leadSources({ period: YEAR, where: { email: 'x' } } as never)).rejects.toMatchObject({
      field: 'where.email',
    })
  })
})

test('reports of an empty company have figures, not errors', async () => {
  const { admin } = await salesWorld()
  const { funnel, winRate, forecast, activity } = await admin.reports.dashboard({ period: YEAR, compare: 'previous' })
  expect(funnel?.rows.map(({ stageName, reached }) => [stageName, reached])).toEqual([['Qualification', 0], ['Proposal Sent', 0], ['Negotiation', 0], ['Closed Won', 0]]) // biome-ignore format: rows
  expect(winRate).toMatchObject({
    rows: [],
    totals: { won: 0, winRate: null, wonValue: eur(0) },
    delta: { won: null, winRate: null },
  })
  expect(forecast?.rows).toHaveLength(12)
  expect(activity?.rows).toEqual([])
  expect((await admin.reports.velocity({ period: YEAR })).totals.velocity).toBeNull()
})

describe('CSV', () => {
  test('has plain decimals with the currency in the header', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    expect(toCsv(await world.admin.reports.salesPerformance({ period: YEAR }))).toBe(
      [
        'rank,owner,ownerName,won,lost,winRate,meanDeal (EUR),meanCycleDays,medianCycleDays,open,wonValue (EUR),lostValue (EUR),openValue (EUR)',
        '1,bob,Bob,1,0,1,2000.00,50,50,1,2000.00,0.00,300.00',
        '2,ada,Ada,1,1,0.5,1000.00,30,30,1,1000.00,500.00,0.00',
        '3,cleo,Cleo,0,1,0,,,,1,0.00,700.00,4000.00',
        '',
      ].join('\r\n'),
    )
  })

  test('starts no formula and keeps its columns, whatever people are called', async () => {
    const world = await salesWorld()
    await world.crm
      .asSystem({ reason: 'names' })
      .users.sync([{ id: 'ada', name: '=HYPERLINK("http://x","y")', roles: ['sales'] }])
    await world.sale({ owner: 'ada', source: '@sum, of', euro: 1, path: [['Qualification', '2026-01-02'], ['Closed Won', '2026-01-03']] }) // biome-ignore format: a path
    const csv = toCsv(await world.admin.reports.winRate({ period: YEAR, groupBy: ['owner', 'source'] }))
    expect(csv.split('\r\n')[1]).toMatch(/^ada,"'=HYPERLINK\(""http:\/\/x"",""y""\)","'@sum, of",/)
  })

  test('lists what could not be converted', async () => {
    const world = await salesWorld()
    await world.sale({ amount: usd(3), path: [['Qualification', '2026-01-02'], ['Closed Won', '2026-01-03']] }) // biome-ignore format: a path
    const csv = toCsv(await world.admin.reports.winRate({ period: YEAR }))
    expect(csv).toBe(
      'won,lost,winRate,wonValue,lostValue (EUR),winRateByValue,subtotals\r\n1,0,1,,0.00,,wonValue: 3.00 USD\r\n',
    )
  })
})
