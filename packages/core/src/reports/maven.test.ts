import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Crm, createCrm, field, type ScopedClient, usd } from '@rapport/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newStorage } from '../../test/support/databases'

const corpus = process.env.RAPPORT_CORPUS
const reason = corpus ? '' : ' (skipped: no corpus)'

type Line = Record<string, string>

function linesOf(name: string): Line[] {
  const [header = '', ...rows] = readFileSync(join(corpus ?? '', 'maven-crm', name), 'utf8')
    .trim()
    .split(/\r?\n/)
  const names = header.split(',')
  return rows.map((row) => Object.fromEntries(row.split(',').map((value, index) => [names[index], value])))
}

const midnight = (date: string) => new Date(`${date}T00:00:00Z`)

/** The last day of the file: deals in Prospecting have no engage date, so they count as created when it was written. */
const SNAPSHOT = '2017-12-31'
const PRODUCT_NAMES: Record<string, string> = { GTXPro: 'GTX Pro' }
const ALL_YEARS = { from: '2016-01-01', to: '2018-01-01' }

const fields = { deals: { product: field.link('products') } }
const pipeline = {
  name: 'Maven',
  stages: [
    { name: 'Prospecting', probability: 10 },
    { name: 'Engaging', probability: 50 },
    { name: 'Won', class: 'won' as const },
    { name: 'Lost', class: 'lost' as const },
  ],
}

describe.skipIf(!corpus)(`the Maven pipeline${reason}`, () => {
  let crm: Crm<typeof fields>
  let admin: ScopedClient<typeof fields>
  const agentIds = new Map<string, string>()

  beforeAll(async () => {
    const clock = { now: () => new Date('2018-01-01T12:00:00Z') }
    crm = createCrm({ storage: await newStorage(), clock, fields, pipelines: [pipeline] })
    await crm.migrate()
    const system = crm.asSystem({ reason: 'load' })
    const teams = linesOf('sales_teams.csv')
    await system.users.syncTeams(
      [...new Set(teams.map((line) => line.regional_office as string))].map((id) => ({ id, name: id })),
    )
    await system.users.sync([
      { id: 'admin', name: 'Admin', roles: ['admin'] },
      ...teams.map(({ sales_agent: name = '', regional_office: office = '' }, index) => {
        agentIds.set(name, `agent-${index}`)
        return { id: `agent-${index}`, name, roles: ['sales'], teams: [office] }
      }),
    ])
    admin = crm.as({ user: 'admin' })
    await loadDeals(await companiesByName(), await productsByName())
  }, 120_000)

  afterAll(() => crm?.close())

  const system = (date: string, by: string | null = null) =>
    crm.asSystem({ reason: 'load', history: { at: midnight(date), by } })

  async function companiesByName() {
    const made = await Promise.all(
      linesOf('accounts.csv').map(({ account = '' }) => system(SNAPSHOT).companies.create({ name: account })),
    )
    return new Map(made.map(({ name, id }) => [name, id]))
  }

  async function productsByName() {
    const lines = linesOf('products.csv')
    const made = await Promise.all(
      lines.map(({ product = '', sales_price = '0' }) =>
        system(SNAPSHOT).products.create({ name: product, price: usd(sales_price) }),
      ),
    )
    return new Map(made.map(({ name, id }) => [name, id]))
  }

  async function loadDeals(companies: Map<string, string>, products: Map<string, string>) {
    for (const line of linesOf('sales_pipeline.csv')) {
      const {
        opportunity_id: title = '',
        product = '',
        account = '',
        deal_stage: stage,
        engage_date: engaged,
        close_date: closed = '',
      } = line
      const owner = agentIds.get(line.sales_agent as string) as string
      const deal = await system(engaged || SNAPSHOT, owner).deals.create({
        title,
        owner,
        stage: engaged ? 'Engaging' : 'Prospecting',
        amount: line.close_value ? usd(line.close_value) : null,
        company: account ? (companies.get(account) ?? null) : null,
        custom: { product: products.get(PRODUCT_NAMES[product] ?? product) as string },
      })
      if (stage === 'Won') await system(closed, owner).deals.win(deal.id)
      if (stage === 'Lost') await system(closed, owner).deals.lose(deal.id, { reason: 'unknown' })
    }
  }

  test('has 8,800 deals: 4,238 won, 2,473 lost, 1,589 in Engaging, 500 in Prospecting', async () => {
    const { rows, totals } = await admin.reports.salesFunnel({ period: ALL_YEARS })
    expect(totals).toEqual({ deals: 8800, open: 2089, won: 4238, lost: 2473, conversion: 4238 / 8800 })
    expect(rows.map(({ stageName, current }) => [stageName, current])).toEqual([
      ['Prospecting', 500],
      ['Engaging', 1589],
      ['Won', 4238],
    ])
    // Everybody who skipped Prospecting has passed it: 8,800; all but the 500 still there reached Engaging.
    expect(rows.map(({ reached }) => reached)).toEqual([8800, 8300, 4238])
    expect(rows.map(({ conversion }) => conversion)).toEqual([8300 / 8800, 4238 / 8300, null])
    expect(rows[1]?.lost).toBe(2473)
  })

  test('won 10,005,534 dollars, 63.15 % of the closed deals', async () => {
    const { totals } = await admin.reports.winRate({ period: ALL_YEARS })
    expect(totals).toMatchObject({ won: 4238, lost: 2473, wonValue: usd(10_005_534) })
    expect(totals.winRate).toBe(4238 / 6711)
    expect(((totals.winRate as number) * 100).toFixed(2)).toBe('63.15')
  })

  test('won by quarter', async () => {
    const { rows } = await admin.reports.winRate({
      period: { from: '2017-01-01', to: '2018-01-01' },
      groupBy: 'quarter',
    })
    expect(rows.map(({ quarter, won, wonValue }) => [quarter, won, wonValue])).toEqual([
      ['2017-Q1', 531, usd(1_134_672)],
      ['2017-Q2', 1254, usd(3_086_111)],
      ['2017-Q3', 1257, usd(2_982_255)],
      ['2017-Q4', 1196, usd(2_802_496)],
    ])
  })

  test('won by office', async () => {
    const { rows } = await admin.reports.salesPerformance({ period: ALL_YEARS, groupBy: 'team' })
    expect(rows.map(({ rank, teamName, wonValue }) => [rank, teamName, wonValue])).toEqual([
      [1, 'West', usd(3_568_647)],
      [2, 'Central', usd(3_346_293)],
      [3, 'East', usd(3_090_594)],
    ])
  })

  test('has 30 agents with deals, Darcel Schlecht first with 349 of 553 closed', async () => {
    const { rows, totals } = await admin.reports.salesPerformance({ period: ALL_YEARS })
    expect(rows).toHaveLength(30)
    expect(rows[0]).toMatchObject({
      rank: 1,
      ownerName: 'Darcel Schlecht',
      won: 349,
      lost: 553 - 349,
      wonValue: usd(1_153_214),
    })
    expect(totals).toMatchObject({ won: 4238, open: 2089, wonValue: usd(10_005_534) })
  })

  test('took 51.78 days to win in the mean, 57 in the middle; 41.48 and 14 to lose', async () => {
    const { totals } = await admin.reports.salesCycle({ period: ALL_YEARS })
    expect(totals.meanDays?.toFixed(2)).toBe('51.78')
    expect(totals.medianDays).toBe(57)
    expect(totals.lostMeanDays?.toFixed(2)).toBe('41.48')
    expect(totals.lostMedianDays).toBe(14)
  })

  test('keeps 1,425 open deals without account, and maps GTXPro to GTX Pro', async () => {
    const blank = await admin.deals.list({
      where: { company: null, stage: { class: 'open' } },
      limit: 1,
      count: 'exact',
    })
    expect(blank.count).toBe(1425)
    const pro = await admin.products.list({ where: { name: 'GTX Pro' } })
    const sold = await admin.deals.list({
      where: { custom: { product: pro.items[0]?.id as string } },
      limit: 1,
      count: 'exact',
    })
    expect(sold.count).toBe(1480)
  })

  test('an office sees its own figures and no others', async () => {
    const darcel = crm.as({ user: agentIds.get('Darcel Schlecht') as string })
    const { totals } = await darcel.reports.winRate({ period: ALL_YEARS })
    expect(totals.wonValue).toEqual(usd(3_346_293))
  })
})
