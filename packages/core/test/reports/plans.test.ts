import type { ScopedClient } from '@rapport/core'
import { watchStorage } from '@rapport/core/testing'
import { expect, test } from 'vitest'
import { newStorage, onSqlite, sqliteOnly } from '../support/databases'
import { multiply } from '../support/multiply'
import { readPlan } from '../support/plans'
import { salesWorld, sevenDeals } from '../support/sales'

const QUARTER = { from: '2026-01-01', to: '2026-04-01' }

/** Whole tables that a plan line reads: a scan, or a search that knows the tenant and nothing else. */
const readsAll = (line: string) => /^SCAN (r|d|i|e|b)\b/.test(line) || /^SEARCH \w+ .*\(tenant_id=\?\)/.test(line)

/** Where every open deal, or every value of a column, is what was asked for. */
const meantToReadAll = (sql: string, line: string) =>
  line.includes('crm_deal_open') ||
  sql.startsWith('with recursive') ||
  /crm_(user|team|team_member|stage|pipeline|exchange_rate|quota)\b/.test(sql)

// How SQLite tells its plans, without statistics: even of a handful of rows.
sqliteOnly('no report reads whole tables where an index can serve', async () => {
  const storage = watchStorage(await newStorage())
  const world = await salesWorld({ storage })
  await sevenDeals(world)
  for (const user of ['admin', 'ada']) {
    const { reports } = world.as(user)
    const statements = await storage.record(() => everyFigure(reports))
    const bad: string[] = []
    for (const { sql, params } of [...statements]) {
      for (const row of await storage.read(`explain query plan ${sql}`, params)) {
        const line = String(row[3])
        if (readsAll(line) && !meantToReadAll(sql, line)) bad.push(`${line}: ${sql.slice(0, 160)}`)
      }
    }
    expect([...new Set(bad)]).toEqual([])
  }
})

test.runIf(readPlan && !onSqlite)('no report reads whole tables, nor a row of another tenant', async () => {
  const storage = watchStorage(await newStorage())
  const world = await salesWorld({ storage })
  await sevenDeals(world)
  await multiply(storage, ['ada', 'bob', 'cleo'])
  for (const user of ['admin', 'ada']) {
    const { reports } = world.as(user)
    await everyFigure(reports)
    const statements = [...(await storage.record(() => everyFigure(reports)))]
    const plan = await (readPlan as NonNullable<typeof readPlan>)(storage, statements)
    expect(plan.wholeScans, plan.text).toEqual([])
  }
})

async function everyFigure(reports: ScopedClient['reports']) {
  await reports.dashboard({ period: QUARTER })
  await reports.salesFunnel({ period: QUARTER, pipeline: 'Sales' })
  await reports.winRate({ period: QUARTER, groupBy: 'month' })
  await reports.winRate({ period: QUARTER, groupBy: ['owner', 'month'], pipeline: 'Sales' })
  await reports.salesCycle({ period: QUARTER, groupBy: 'owner' })
  await reports.salesPerformance({ period: QUARTER })
  await reports.leadConversion({ period: QUARTER, groupBy: 'month' })
  await reports.leadSources({ period: QUARTER })
  await reports.agentActivity({ period: QUARTER, groupBy: ['owner', 'day'] })
  await reports.velocity({ period: QUARTER })
  await reports.pipelineAsOf({ at: '2026-02-01' })
  await reports.pipelineMovement({ period: QUARTER })
}

// Servers go by what is in memory, and PostgreSQL by what has been vacuumed.
sqliteOnly('what the dashboard adds up comes from indexes alone', async () => {
  const storage = watchStorage(await newStorage())
  const world = await salesWorld({ storage })
  await sevenDeals(world)
  const statements = await storage.record(() => world.admin.reports.dashboard({ period: QUARTER }))
  const beside: string[] = []
  for (const { sql, params } of statements.filter(({ sql }) =>
    /crm_(deal|lead|activity|stage_interval) r\b/.test(sql),
  )) {
    for (const row of await storage.read(`explain query plan ${sql}`, params)) {
      const line = String(row[3])
      if (/^SEARCH (r|i)\b/.test(line) && !line.includes('COVERING INDEX')) beside.push(`${line}: ${sql.slice(0, 160)}`)
    }
  }
  expect(beside).toEqual([])
})

test('a report takes the same number of statements however much there is', async () => {
  const storage = watchStorage(await newStorage())
  const world = await salesWorld({ storage })
  const count = async () => (await storage.record(() => world.admin.reports.dashboard({ period: QUARTER }))).length
  await sevenDeals(world)
  await count() // the first call also reads who asks
  const few = await count()
  await sevenDeals(world)
  await sevenDeals(world)
  expect(await count()).toBe(few)
})
