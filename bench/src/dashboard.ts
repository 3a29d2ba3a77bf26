import { deepStrictEqual } from 'node:assert'
import type Database from 'better-sqlite3'
import { END, type Figures, figuresFrom, figuresOf, monthOf, PERIOD } from './dashboard-figures'
import { compare, type Line, race } from './measure'
import { fillSales, STAGES } from './sales-world'
import { createWorld, START } from './world'

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

  const rows = <Row>(found: Database.Statement) => found.all() as Row[]
  return () => {
    undated.all()
    return figuresFrom({
      funnel: rows(funnel),
      cohort: rows(cohort),
      converted: rows(converted),
      closed: rows(closed),
      open: rows(open),
      kinds: rows(kinds),
      notes: rows(notes),
      counts: counts.map(([place, counting]) => [place, rows(counting)]),
    })
  }
}
