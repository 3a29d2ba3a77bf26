import { deepStrictEqual } from 'node:assert'
import type { Dashboard } from '@rapport/core'
import type Database from 'better-sqlite3'
import { compare, type Line, race } from './measure'
import { fillSales, STAGES } from './sales-world'
import { createWorld, START } from './world'

const END = Date.UTC(2026, 0, 1)
const PERIOD = { from: '2024-01-01', to: '2026-01-01' }

/** The dashboard over two years against SQL by hand that gives the same figures, on the same file. */
export async function benchDashboard(leads: number, rounds: number): Promise<Line[]> {
  const world = await createWorld(leads)
  fillSales(world.raw, Math.round(leads * 0.3), Math.round(leads * 0.5))
  const admin = world.crm.as({ user: 'admin' })
  const byHand = handWritten(world.raw)
  deepStrictEqual(figuresOf(await admin.reports.dashboard({ period: PERIOD })), byHand())
  const measured = await race(
    [
      { name: 'raw', run: byHand },
      { name: 'rapport', run: () => admin.reports.dashboard({ period: PERIOD }) },
    ],
    rounds,
    1,
  )
  await world.close()
  return [compare(`dashboard over ${leads} leads`, measured, 1.2)]
}

interface Figures {
  funnel: number[]
  conversion: Record<string, [created: number, converted: number, conversions: number]>
  winRate: Record<string, [won: number, lost: number, value: number, lostValue: number]>
  forecast: Record<string, [won: number, open: number, weighted: number]>
  activity: Record<string, number[]>
}

/** What the hand-written SQL gives as well, out of the dashboard. */
function figuresOf({ funnel, conversionBySource, winRate, forecast, activity }: Dashboard): Figures {
  const cents = (money: { amount: number } | null | undefined) => money?.amount ?? 0
  return {
    funnel: funnel?.rows.map(({ reached }) => reached) ?? [],
    conversion: Object.fromEntries(
      conversionBySource?.rows.map((row) => [row.source, [row.created, row.converted, row.conversions]]) ?? [],
    ),
    winRate: Object.fromEntries(
      winRate?.rows.map((row) => [
        `${row.owner} ${row.month}`,
        [row.won, row.lost, cents(row.wonValue), cents(row.lostValue)],
      ]) ?? [],
    ),
    forecast: Object.fromEntries(
      forecast?.rows.map((row) => [row.month, [cents(row.won), cents(row.open), cents(row.weighted)]]) ?? [],
    ),
    activity: Object.fromEntries(
      activity?.rows.map((row) => [
        row.owner,
        [
          row.calls,
          row.meetings,
          row.emails,
          row.notes,
          row.tasksDone,
          row.tasksOverdue,
          row.leadsCreated,
          row.leadsConverted,
          row.dealsCreated,
          row.dealsWon,
        ].map(Number),
      ]) ?? [],
    ),
  }
}

const months = Array.from({ length: 24 }, (_, index) => ({
  key: `${2024 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
  end: Date.UTC(2024, index + 1, 1),
}))

const monthOf = (low = 0, high = months.length - 1): string => {
  if (low === high) return String(low)
  const middle = (low + high) >> 1
  return `case when closed_at < ${months[middle]?.end} then ${monthOf(low, middle)} else ${monthOf(middle + 1, high)} end`
}

/** One index range for each value of the leading column, as one statement: the fastest plan SQLite has for these. */
const each = (values: readonly string[], select: (value: string) => string) =>
  values.map((value) => select(`'${value}'`)).join(' union all ')

function handWritten(raw: Database.Database): () => Figures {
  const column = (text: string) => (raw.prepare(text).raw(true).all() as unknown[][]).map(([value]) => String(value))
  const owners = column("select distinct owner from crm_deal where tenant_id = 'default' and deleted_at is null")
  const sources = column("select distinct source from crm_lead where tenant_id = 'default' and deleted_at is null")
  const live = "tenant_id = 'default' and deleted_at is null"
  const during = (moment: string) => `${live} and ${moment} >= ${START} and ${moment} < ${END}`
  const now = Date.now()
  const statement = (text: string) => raw.prepare(text).raw(true)
  const place = `case stage_id ${STAGES.slice(0, 4)
    .map((id, index) => `when '${id}' then ${index}`)
    .join(' ')} end`
  const furthest = `(select max(${place}) from crm_stage_interval i where i.tenant_id = r.tenant_id and i.deal_id = r.id)`
  const funnel = statement(
    STAGES.map((stage, index) =>
      index === 3
        ? `select 3, count(*) from crm_deal where stage = '${stage}' and ${during('created_at')}`
        : `select f, count(*) from (select ${furthest} as f from crm_deal r where stage = '${stage}' and ${during('created_at')}) group by f`,
    ).join(' union all '),
  )
  const cohort = statement(
    each(
      sources,
      (source) =>
        `select ${source}, count(*), count(converted_at) from crm_lead where source = ${source} and ${during('created_at')}`,
    ),
  )
  const converted = statement(
    each(
      sources,
      (source) => `select ${source}, count(*) from crm_lead where source = ${source} and ${during('converted_at')}`,
    ),
  )
  const closed = statement(
    each(
      owners,
      (
        owner,
      ) => `select ${owner}, ${monthOf()}, count(*), count(case when status = 'won' then 1 end), sum(case when status = 'won' then amount end), sum(case when status = 'lost' then amount end)
        from crm_deal where owner = ${owner} and ${during('closed_at')} group by 2`,
    ),
  )
  const open = statement(
    `select substr(expected_close_date, 1, 7), stage, sum(amount), sum(amount * probability) from crm_deal
     where ${live} and closed_at is null and expected_close_date >= '2024-01-01' and expected_close_date < '2026-01-01' group by 1, 2`,
  )
  const undated = statement(
    `select count(*), sum(amount) from crm_deal where ${live} and closed_at is null and expected_close_date is null`,
  )
  const kinds = statement(
    each(
      owners,
      (owner) =>
        `select ${owner}, kind, count(*) from crm_activity where owner = ${owner} and kind in ('call', 'meeting', 'email', 'sms', 'note') and ${during('occurred_at')} group by 2`,
    ),
  )
  const notes = statement(`select created_by, count(*) from crm_note where ${during('created_at')} group by 1`)
  const count = (table: string, moment: string, more = '') =>
    statement(
      each(
        owners,
        (owner) => `select ${owner}, count(*) from ${table} where owner = ${owner} and ${during(moment)}${more}`,
      ),
    )
  const counts: [number, Database.Statement][] = [
    [4, count('crm_task', 'done_at')],
    [5, count('crm_task', 'due_at', ` and status in ('open', 'in-progress') and due_at < ${now}`)],
    [6, count('crm_lead', 'created_at')],
    [
      7,
      statement(
        each(
          sources,
          (source) =>
            `select owner, count(*) from crm_lead where source = ${source} and ${during('converted_at')} group by 1`,
        ),
      ),
    ],
    [8, count('crm_deal', 'created_at')],
    [9, count('crm_deal', 'closed_at', " and status = 'won'")],
  ]

  return () => {
    const reached = [0, 0, 0, 0]
    for (const [step, deals] of funnel.all() as [number, number][])
      for (let at = 0; at <= step; at++) reached[at] = (reached[at] ?? 0) + deals
    const conversion: Figures['conversion'] = {}
    for (const [source, created, ever] of cohort.all() as [string, number, number][])
      conversion[source] = [created, ever, 0]
    for (const [source, conversions] of converted.all() as [string, number][])
      (conversion[source] as number[])[2] = conversions
    const winRate: Figures['winRate'] = {}
    const forecast: Figures['forecast'] = Object.fromEntries(months.map(({ key }) => [key, [0, 0, 0]]))
    for (const [owner, month, all, won, wonValue, lostValue] of closed.all() as [
      string,
      number,
      number,
      number,
      number,
      number,
    ][]) {
      const { key } = months[month] as { key: string }
      winRate[`${owner} ${key}`] = [won, all - won, wonValue ?? 0, lostValue ?? 0]
      ;(forecast[key] as number[])[0] = ((forecast[key] as number[])[0] as number) + (wonValue ?? 0)
    }
    for (const [month, , amount, weighted] of open.all() as [string, string, number, number][]) {
      const row = forecast[month] as number[]
      row[1] = (row[1] as number) + amount
      row[2] = (row[2] as number) + weighted
    }
    for (const row of Object.values(forecast)) row[2] = Math.round(row[2] / 100)
    undated.all()
    const activity: Figures['activity'] = {}
    const rowOf = (owner: string) => (activity[owner] ??= Array(10).fill(0))
    const places = ['call', 'meeting', 'email', 'note']
    for (const [owner, kind, n] of kinds.all() as [string, string, number][]) rowOf(owner)[places.indexOf(kind)] = n
    for (const [owner, n] of notes.all() as [string, number][]) rowOf(owner)[3] = (rowOf(owner)[3] as number) + n
    for (const [index, counting] of counts)
      for (const [owner, n] of counting.all() as [string, number][])
        rowOf(owner)[index] = (rowOf(owner)[index] as number) + n
    return { funnel: reached, conversion, winRate, forecast, activity }
  }
}
