import { defineRole, eur, type ScopedClient } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { type SalesWorld, salesWorld, sevenDeals, YEAR } from '../support/sales'

const roles = {
  ownOnly: defineRole({
    deals: { read: 'all' },
    leads: { read: 'all' },
    reports: { read: 'own' },
    users: { read: 'all' },
  }),
  noAmounts: defineRole({
    deals: { read: 'all', fields: { amount: 'none' } },
    reports: { read: 'all' },
    users: { read: 'all' },
  }),
  noOwners: defineRole({ deals: { read: 'all', fields: { owner: 'none' } }, reports: { read: 'all' } }),
  noStages: defineRole({ deals: { read: 'all', fields: { stage: 'none' } }, reports: { read: 'all' } }),
  noReports: defineRole({ deals: { read: 'all' } }),
  noDeals: defineRole({ leads: { read: 'all' }, reports: { read: 'all' } }),
}

async function world(): Promise<SalesWorld> {
  const made = await salesWorld({ roles })
  await sevenDeals(made)
  await made.prospect({ owner: 'ada', source: 'website', created: '2026-01-05', converted: '2026-01-20' })
  await made.prospect({ owner: 'cleo', source: 'event', created: '2026-01-06' })
  await made.at('2026-02-02').activities.create({ kind: 'call', owner: 'bob', occurredAt: '2026-02-02T10:00:00Z' })
  await made.at('2026-02-02').activities.create({ kind: 'call', owner: 'cleo', occurredAt: '2026-02-02T10:00:00Z' })
  await made.crm
    .asSystem({ reason: 'roles' })
    .users.sync(Object.keys(roles).map((role) => ({ id: role, name: role, roles: [role] })))
  return made
}

const REPORTS: Record<string, (me: ScopedClient, where?: { owner: { in: string[] } }) => Promise<unknown>> = {
  salesFunnel: (me, where) => me.reports.salesFunnel({ period: YEAR, where }),
  leadConversion: (me, where) => me.reports.leadConversion({ period: YEAR, where, groupBy: 'source' }),
  winRate: (me, where) => me.reports.winRate({ period: YEAR, where, groupBy: ['owner', 'month'] }),
  salesCycle: (me, where) => me.reports.salesCycle({ period: YEAR, where, groupBy: 'team' }),
  velocity: (me, where) => me.reports.velocity({ period: YEAR, where, compare: 'previous' }),
  forecast: (me, where) => me.reports.forecast({ period: YEAR, where }),
  salesPerformance: (me, where) => me.reports.salesPerformance({ period: YEAR, where }),
  agentActivity: (me, where) => me.reports.agentActivity({ period: YEAR, where }),
  leadSources: (me, where) => me.reports.leadSources({ period: YEAR, where }),
  pipelineAsOf: (me, where) => me.reports.pipelineAsOf({ at: '2026-02-12', where }),
  pipelineMovement: (me, where) => me.reports.pipelineMovement({ period: YEAR, where }),
  dashboard: (me, where) => me.reports.dashboard({ period: YEAR, where }),
}

describe('what a report counts', () => {
  test.each(Object.keys(REPORTS))('%s of a rep is that of an admin on the owners the rep may see', async (name) => {
    const { as, admin } = await world()
    const run = REPORTS[name] as (typeof REPORTS)[string]
    expect(await run(as('ada'))).toEqual(await run(admin, { owner: { in: ['ada', 'bob'] } }))
    expect(await run(as('cleo'))).toEqual(await run(admin, { owner: { in: ['cleo'] } }))
  })

  test('goes no further than the level of reports, whatever records may be read', async () => {
    const { crm, as, admin } = await world()
    await crm.asSystem({ reason: 'hand over' }).deals.list({ where: { owner: 'ada' } })
    expect((await as('ownOnly').reports.winRate({ period: YEAR })).totals).toMatchObject({ won: 0, lost: 0 })
    await crm
      .asSystem({ reason: 'role' })
      .users.sync([{ id: 'ada', name: 'Ada', roles: ['ownOnly'], teams: ['north'] }])
    const mine = await as('ada').reports.winRate({ period: YEAR, groupBy: 'owner' })
    expect(mine).toEqual(await admin.reports.winRate({ period: YEAR, groupBy: 'owner', where: { owner: 'ada' } }))
  })

  test('includes what is shared', async () => {
    const { as, admin } = await world()
    const { items } = await admin.deals.list({ where: { owner: 'cleo', status: 'lost' } })
    expect((await as('ada').reports.winRate({ period: YEAR })).totals.lost).toBe(1)
    await admin.deals.share(items[0]?.id as string, { with: { user: 'ada' }, level: 'read' })
    expect((await as('ada').reports.winRate({ period: YEAR })).totals).toMatchObject({
      won: 2,
      lost: 2,
      lostValue: eur(1200),
    })
  })

  test('needs a role that reads reports, and the records', async () => {
    const { as } = await world()
    await expect(as('noReports').reports.winRate({ period: YEAR })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      field: 'reports',
    })
    await expect(as('nobody').reports.dashboard({ period: YEAR })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(as('noDeals').reports.winRate({ period: YEAR })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      field: 'deals',
    })
  })

  test('leaves out the parts of the dashboard, and the columns, that may not be read', async () => {
    const { as } = await world()
    const { funnel, winRate, forecast, conversionBySource, activity } = await as('noDeals').reports.dashboard({
      period: YEAR,
    })
    expect([funnel, winRate, forecast]).toEqual([null, null, null])
    expect(conversionBySource?.totals.created).toBe(2)
    expect(activity?.totals).toMatchObject({ leadsCreated: 2, calls: null, dealsWon: null, tasksDone: null })
    const { totals } = await as('noDeals').reports.leadSources({ period: YEAR })
    expect(totals).toMatchObject({ leads: 2, deals: null, won: null, wonValue: null })
  })
})

describe('hidden fields', () => {
  test('leave counts and take values away', async () => {
    const { as } = await world()
    const me = as('noAmounts')
    const won = await me.reports.winRate({ period: YEAR })
    expect(won.totals).toEqual({ won: 2, lost: 2, winRate: 0.5, wonValue: null, lostValue: null, winRateByValue: null })
    const board = await me.reports.salesPerformance({ period: YEAR })
    expect(board.rows.every((row) => row.wonValue === null && row.openValue === null && row.meanDeal === null)).toBe(
      true,
    )
    const { totals } = await me.reports.forecast({ period: YEAR })
    expect(totals).toMatchObject({
      openDeals: 2,
      open: null,
      weighted: null,
      forecast: null,
      commit: null,
      quota: null,
      attainment: null,
      undated: null,
    })
    expect((await me.reports.velocity({ period: YEAR })).totals).toMatchObject({
      winRate: 0.5,
      velocity: null,
      meanWon: null,
    })
    expect((await me.reports.pipelineAsOf({ at: '2026-02-12' })).totals).toEqual({
      deals: 3,
      value: null,
      weighted: null,
    })
    expect((await me.reports.pipelineMovement({ period: YEAR })).rows.every(({ value }) => value === null)).toBe(true)
  })

  test('do not change any report with what is in them', async () => {
    const { as, admin } = await world()
    const all = () =>
      Promise.all(
        [
          'salesFunnel',
          'winRate',
          'salesCycle',
          'velocity',
          'forecast',
          'salesPerformance',
          'pipelineAsOf',
          'pipelineMovement',
        ].map((name) => REPORTS[name]?.(as('noAmounts'))),
      )
    const before = await all()
    const { items } = await admin.deals.list({})
    for (const [index, { id }] of items.entries())
      await admin.deals.update(id, { amount: { amount: 777 * index, currency: 'USD' } })
    await admin.quotas.set([{ user: 'ada', month: '2026-03', amount: eur(1) }])
    expect(await all()).toEqual(before)
  })

  test('are refused in filters and groups as fields that do not exist', async () => {
    const { as } = await world()
    const refusal = (me: ScopedClient, request: object) =>
      me.reports
        .winRate({ period: YEAR, ...request })
        .then(String, ({ code, rule, remedy }) => ({ code, rule, remedy }))
    expect(await refusal(as('noAmounts'), { where: { amount: { gt: eur(1) } } })).toEqual(
      await refusal(as('noAmounts'), { where: { nonsense: 1 } }),
    )
    expect(await refusal(as('noOwners'), { groupBy: 'owner' })).toEqual(
      await refusal(as('noOwners'), { groupBy: 'nonsense' }),
    )
    expect(await refusal(as('noOwners'), { groupBy: 'team' })).toMatchObject({
      code: 'VALIDATION',
      rule: 'unknown-group',
    })
    await expect(as('noOwners').reports.salesPerformance({ period: YEAR })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('refuse a report that is nothing without them', async () => {
    const { as } = await world()
    await expect(as('noStages').reports.salesFunnel({ period: YEAR })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      rule: 'rests-on-hidden-fields',
    })
    await expect(as('noStages').reports.forecast({ period: YEAR })).rejects.toMatchObject({
      rule: 'rests-on-hidden-fields',
    })
  })
})
