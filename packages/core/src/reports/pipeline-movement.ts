import type { DealWhere } from '../deals/definition'
import type { Stage } from '../deals/pipeline-types'
import type { Money } from '../kernel/money'
import { zonedDate } from '../kernel/zones'
import type { Caller } from '../records/caller'
import { FROM_REPLICA } from '../storage/port'
import { and, join, raw, type Sql, sql } from '../storage/sql'
import { type ReportContext, requireFields } from './context'
import { exactSum, readExactSum } from './exact-sum'
import { named } from './grouped'
import { atToday } from './open-deals'
import { addParts, NO_MONEY, type Parts } from './parts'
import { type Figures, type Report, runReport } from './report'
import type { ReportRequest } from './request'
import { slippedDeals } from './slipped-deals'
import { moneyFigures, type Subtotals } from './value'

export const MOVEMENTS = ['opening', 'new', 'reopened', 'won', 'lost', 'moved', 'left', 'slipped', 'closing'] as const
export type MovementKind = (typeof MOVEMENTS)[number]

export interface MovementRow extends Subtotals {
  kind: MovementKind
  /** For `moved`: from which stage to which. */
  fromStage?: string
  toStage?: string
  deals: number
  value: Money | null
}

/** Deals by kind: opening + new + reopened − won − lost − left = closing. Null for slipped without sight of expected dates. */
export type MovementTotals = Record<MovementKind, number | null>
export type PipelineMovementReport = Report<MovementRow, MovementTotals>
export interface PipelineMovementRequest extends Omit<ReportRequest<DealWhere>, 'groupBy'> {}

/**
 * What happened to the pipeline between two instants, from the stays of deals in their stages: what was open before,
 * what came new or was reopened, what was won and lost, what moved to another stage and is still open, and what is open
 * after. Slipped: open at both ends, with the expected close date put off in between, from the event log. Amounts are
 * those on entry to the stage the deal is in at the end (for `opening`, at the beginning), at that end's rates. Deals
 * that came and were closed in between are both new and won or lost. With one pipeline asked for, a deal that came to
 * it from another is new, and one that went to another has left.
 *
 * @throws FORBIDDEN without `reports` or `deals`; VALIDATION for a bad period, filter, pipeline, zone or currency
 * @example
 * const { totals } = await me.reports.pipelineMovement({ period: { last: 'month' } })
 */
export const pipelineMovement = (caller: Caller, request: PipelineMovementRequest): Promise<PipelineMovementReport> =>
  runReport(caller, request, { keys: ['pipeline'] }, movementIn)

async function movementIn(ctx: ReportContext): Promise<Figures<MovementRow, MovementTotals>> {
  requireFields(ctx, 'deals', 'stage', 'status', 'createdAt', 'closedAt')
  const transitions = await transitionsIn(ctx)
  const found = transitions.flatMap((transition) => kindsOf(transition).map((kind) => ({ kind, ...transition })))
  const slipped = await slippedDeals(ctx)
  const rows = MOVEMENTS.flatMap((kind): MovementRow[] => {
    if (kind === 'slipped')
      return [{ kind, deals: slipped?.deals ?? 0, ...moneyFigures(ctx, { value: slipped?.value }) }]
    const ofKind = found.filter((row) => row.kind === kind)
    if (kind === 'moved') return movedRows(ctx, ofKind)
    return [{ kind, ...figuresOf(ctx, kind, ofKind) }]
  })
  const totals = Object.fromEntries(
    MOVEMENTS.map((kind) => [
      kind,
      found.filter((row) => row.kind === kind).reduce((sum, { deals }) => sum + deals, 0),
    ]),
  ) as MovementTotals
  totals.slipped = slipped ? slipped.deals : null
  const points = (value: (row: MovementRow) => number | null) => rows.map((row) => ({ x: labelOf(row), y: value(row) }))
  return { rows, totals, series: [{ key: 'deals', label: 'Deals', points: points(({ deals }) => deals) }] }
}

const labelOf = ({ kind, fromStage, toStage }: MovementRow) => (fromStage ? `${kind}: ${fromStage} → ${toStage}` : kind)

/** So many deals that were in one stage at the beginning and in another at the end; undefined for none of those counted. */
interface Transition {
  before: Stage | undefined
  after: Stage | undefined
  deals: number
  /** At the beginning and at the end. Undefined for those who may not see amounts. */
  opening: Parts | undefined
  closing: Parts | undefined
}

function kindsOf({ before, after }: Transition): MovementKind[] {
  const kinds: MovementKind[] = []
  if (before?.class === 'open') kinds.push('opening')
  if (!after) return before?.class === 'open' ? [...kinds, 'left'] : []
  if (!before) kinds.push('new')
  else if (before.class !== 'open' && after.class !== before.class) kinds.push('reopened')
  if (after.class !== 'open' && after.class !== before?.class) kinds.push(after.class)
  if (before?.class === 'open' && after.class === 'open' && before.id !== after.id) kinds.push('moved')
  if (after.class === 'open') kinds.push('closing')
  return kinds
}

function figuresOf(ctx: ReportContext, kind: MovementKind, rows: readonly Transition[]) {
  const sums = rows.map((row) => (kind === 'opening' ? row.opening : row.closing))
  const value = ctx.sees('deals', 'amount') ? addParts(NO_MONEY, ...(sums as Parts[])) : undefined
  return { deals: rows.reduce((sum, { deals }) => sum + deals, 0), ...moneyFigures(ctx, { value }) }
}

function movedRows(ctx: ReportContext, rows: readonly Transition[]): MovementRow[] {
  const pairs = new Map<string, Transition[]>()
  for (const row of rows) {
    const pair = `${row.before?.id} ${row.after?.id}`
    pairs.set(pair, [...(pairs.get(pair) ?? []), row])
  }
  return [...pairs.values()].map((same) => {
    const { before, after } = same[0] as Transition
    return {
      kind: 'moved' as const,
      fromStage: before?.name ?? '',
      toStage: after?.name ?? '',
      ...figuresOf(ctx, 'moved', same),
    }
  })
}

/** The deals that were open at some time of the period, by the stages they were in just before it and at its end. */
async function transitionsIn(ctx: ReportContext): Promise<Transition[]> {
  const { caller, period, book, query, pipelines } = ctx
  const stays = caller.storage.table('stage_interval')
  const [start, end] = [period.from.getTime(), period.to.getTime()]
  const there = (alias: string, moment: number) =>
    sql`${raw(`${alias}.tenant_id = r.tenant_id and ${alias}.deal_id = r.id and ${alias}.entered_at <`)} ${moment} and (${raw(alias)}.left_at is null or ${raw(alias)}.left_at >= ${moment})`
  // A cross join keeps SQLite from starting with everybody's history.
  const from = sql`${raw(`${ctx.table('deals').name} r cross join ${stays} e left join ${stays} b`)} on ${there('b', start)}`
  const select = (
    still: Sql,
  ) => sql`select b.stage_id as stage_before, e.stage_id as stage_after, b.amount_currency as currency_before,
    e.amount_currency as currency_after, count(*) as deals, ${named(join([exactSum(raw('b.amount')), exactSum(raw('e.amount'))], ', '))}
    from ${from} where ${and(still, there('e', end), ctx.rowsAnywhere('deals'))} group by b.stage_id, e.stage_id, b.amount_currency, e.amount_currency`
  const statement = join([select(raw('r.closed_at is null')), select(sql`r.closed_at >= ${start}`)], ' union all ')
  const rows = await caller.storage.read(statement.text, statement.params, FROM_REPLICA)
  const amounts = ctx.sees('deals', 'amount')
  const days = [period.from, period.to].map((moment) => zonedDate(moment, query.engine.settings.timeZone))
  const sum = (row: readonly unknown[], currency: unknown, at: number, day: string | undefined) => {
    if (!amounts) return undefined
    return currency == null ? NO_MONEY : atToday(ctx, String(currency), readExactSum(row, at), day)
  }
  const counted = (id: unknown) => {
    const stage = id == null ? undefined : book.stages.get(String(id))
    return stage && (!pipelines || pipelines.includes(stage.pipeline)) ? stage : undefined
  }
  return rows.map((row) => ({
    before: counted(row[0]),
    after: counted(row[1]),
    deals: Number(row[4]),
    opening: sum(row, row[2], 5, days[0]),
    closing: sum(row, row[3], 7, days[1]),
  }))
}
