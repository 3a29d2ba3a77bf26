import { deepStrictEqual } from 'node:assert'
import { type Answers, END, type Figures, figuresFrom, figuresOf, monthOf, PERIOD } from '../dashboard-figures'
import { compare, type Line, race } from '../measure'
import { STAGES } from '../sales-world'
import { START } from '../world'
import { fillSales } from './sales-world'
import { createPostgresWorld, type PostgresWorld, prepared } from './world'

/** The dashboard over two years against SQL by hand that gives the same figures, on the same server. */
export async function benchPostgresDashboard(url: string, leads: number, rounds: number): Promise<Line[]> {
  const world = await createPostgresWorld(url, leads)
  await fillSales(world, Math.round(leads * 0.3), Math.round(leads * 0.5))
  const admin = world.crm.as({ user: 'admin' })
  const byHand = handWritten(world)
  deepStrictEqual(figuresOf(await admin.reports.dashboard({ period: PERIOD })), await byHand())
  const measured = await race(
    [
      { name: 'raw', run: byHand },
      { name: 'rapport', run: () => admin.reports.dashboard({ period: PERIOD }) },
    ],
    rounds,
    1,
  )
  await world.close()
  return [compare(`PostgreSQL: dashboard over ${leads} leads`, measured, 1.3)]
}

type Ask = (values: unknown[]) => Promise<unknown[][]>

/** Grouped as PostgreSQL likes it, hashed in one pass a statement; one statement after another, as Rapport's are, so that neither takes more of the server. */
function handWritten({ pool, schema }: PostgresWorld): () => Promise<Figures> {
  let statements = 0
  const statement = (text: string) => prepared(pool, `${schema}_dashboard_${statements++}`, text)
  const table = (name: string) => `"${schema}".${name}`
  const live = "r.tenant_id = 'default' and r.deleted_at is null"
  const during = (moment: string) => `${live} and r.${moment} >= ${START} and r.${moment} < ${END}`
  const place = `case i.stage_id ${STAGES.slice(0, 4)
    .map((id, index) => `when '${id}' then ${index}`)
    .join(' ')} end`
  const stages = STAGES.map((id) => `'${id}'`).join(', ')
  const worth = (status: string) => `(sum(r.amount) filter (where r.status = '${status}'))::float8`
  const count = (name: string, moment: string, by = 'owner', more = '') =>
    statement(`select r.${by}, count(*)::int from ${table(name)} r where ${during(moment)}${more} group by r.${by}`)

  const asked = {
    funnel: statement(
      `select furthest, count(*)::int from (
         select max(${place}) as furthest from ${table('deal')} r join ${table('stage_interval')} i on i.tenant_id = r.tenant_id and i.deal_id = r.id
         where r.stage in (${stages}) and ${during('created_at')} group by r.id) d group by furthest`,
    ),
    cohort: statement(
      `select r.source, count(*)::int, count(r.converted_at)::int from ${table('lead')} r where ${during('created_at')} group by r.source`,
    ),
    converted: count('lead', 'converted_at', 'source'),
    closed: statement(
      `select r.owner, ${monthOf().replaceAll('closed_at', 'r.closed_at')} as month, count(*)::int, (count(*) filter (where r.status = 'won'))::int, ${worth('won')}, ${worth('lost')}
       from ${table('deal')} r where ${during('closed_at')} group by 1, 2`,
    ),
    open: statement(
      `select substr(r.expected_close_date, 1, 7), r.stage, sum(r.amount)::float8, sum(r.amount * r.probability)::float8 from ${table('deal')} r
       where ${live} and r.closed_at is null and r.expected_close_date >= '${PERIOD.from}' and r.expected_close_date < '${PERIOD.to}' group by 1, 2`,
    ),
    kinds: statement(
      `select r.owner, r.kind, count(*)::int from ${table('activity')} r
       where r.kind in ('call', 'meeting', 'email', 'sms', 'note') and ${during('occurred_at')} group by 1, 2`,
    ),
    notes: count('note', 'created_at', 'created_by'),
  }
  const undated = statement(
    `select count(*)::int, sum(r.amount)::float8 from ${table('deal')} r where ${live} and r.closed_at is null and r.expected_close_date is null`,
  )
  const counts = [
    [4, count('task', 'done_at')],
    [5, count('task', 'due_at', 'owner', ` and r.status in ('open', 'in-progress') and r.due_at < ${Date.now()}`)],
    [6, count('lead', 'created_at')],
    [7, count('lead', 'converted_at')],
    [8, count('deal', 'created_at')],
    [9, count('deal', 'closed_at', 'owner', " and r.status = 'won'")],
  ] as const

  const named = [...Object.entries(asked), ['undated', undated] as const]
  const inTurn = async (asks: readonly (readonly [string | number, Ask])[]) => {
    const found: [string | number, unknown[][]][] = []
    for (const [name, ask] of asks) found.push([name, await ask([])])
    return found
  }
  return async () => {
    const rows = Object.fromEntries(await inTurn(named))
    return figuresFrom({ ...rows, counts: await inTurn(counts) } as unknown as Answers)
  }
}
