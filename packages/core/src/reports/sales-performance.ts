import type { DealWhere } from '../deals/definition'
import type { Money } from '../kernel/money'
import type { Caller } from '../records/caller'
import { and } from '../storage/sql'
import { seriesOf } from './chart'
import { type ClosedDeals, closedDeals, noClosedDeals } from './closed-deals'
import { type ReportContext, requireFields } from './context'
import { meanDays } from './days'
import { groupsOf, idOf } from './groups'
import { labelsFor } from './labels'
import { noOpenDeals, type OpenDeals, openDeals } from './open-deals'
import { type Figures, type Report, ratio, runReport } from './report'
import type { ReportRequest } from './request'
import { type Medians, medianDays } from './sales-cycle'
import { moneyFigures, type Subtotals } from './value'
import { share } from './velocity'

export interface PerformanceFigures extends Subtotals {
  /** Deals won in the period. */
  won: number
  wonValue: Money | null
  lost: number
  lostValue: Money | null
  /** Won ÷ (won + lost). */
  winRate: number | null
  /** Mean amount of a won deal. */
  meanDeal: Money | null
  /** Days from creation to winning. */
  meanCycleDays: number | null
  medianCycleDays: number | null
  /** Deals that are open now. */
  open: number
  openValue: Money | null
}

export interface PerformanceRow extends PerformanceFigures {
  /** 1 for the first; equal figures share a place. */
  rank: number
  owner?: string | null
  ownerName?: string | null
  team?: string | null
  teamName?: string | null
}

export type SalesPerformanceReport = Report<PerformanceRow, PerformanceFigures>
export interface SalesPerformanceRequest extends ReportRequest<DealWhere, 'owner' | 'team'> {}

/**
 * Leaderboard of owners, or of teams: what they won and lost in the period by `closedAt`, win rate, mean deal and
 * cycle, and what they have open now. Ordered by won value (by won deals for those who may not see amounts). Deals
 * without owner have a row of their own; a team has the deals of its own members, and a member of two counts in both.
 *
 * @throws FORBIDDEN without `reports` or `deals`; VALIDATION for a bad period, filter, group, zone or currency
 * @example
 * const { rows } = await me.reports.salesPerformance({ period: { this: 'quarter' }, groupBy: 'team' })
 */
export const salesPerformance = (caller: Caller, request: SalesPerformanceRequest): Promise<SalesPerformanceReport> =>
  runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, performanceIn)

async function performanceIn(ctx: ReportContext): Promise<Figures<PerformanceRow, PerformanceFigures>> {
  requireFields(ctx, 'deals', 'status', 'createdAt', 'closedAt', 'owner')
  const asked = groupsOf<'owner' | 'team'>(ctx, 'deals', 'closedAt', ['owner', 'team'])
  const groups = asked.length > 0 ? asked : ['owner']
  const closed = await closedDeals(ctx, groups, true)
  const open = await openDeals(ctx, groups, and())
  const labels = await labelsFor(ctx, groups)
  const middle = await medianDays(ctx, groups)
  const board = everyone(ctx, closed.groups, open.groups).map(({ was, is }) => ({
    of: was,
    shown: { rank: 0, ...labels.of(was.keys), ...performanceOf(ctx, was, is, middle) } as PerformanceRow,
  }))
  rankBoard(
    board.map(({ shown }) => shown),
    ctx.sees('deals', 'amount'),
  )
  board.sort(
    (one, other) =>
      one.shown.rank - other.shown.rank || (labels.text(one.of.keys) < labels.text(other.of.keys) ? -1 : 1),
  )
  return {
    rows: board.map(({ shown }) => shown),
    totals: performanceOf(ctx, closed.total, open.total, await medianDays(ctx, [])),
    series: seriesOf(ctx, groups, labels, board, [
      ['wonValue', 'Won value'],
      ['won', 'Won'],
      ['openValue', 'Open value'],
    ]),
  }
}

/** Everyone who closed something or has something open. */
function everyone(ctx: ReportContext, closed: readonly ClosedDeals[], open: readonly OpenDeals[]) {
  const openBy = new Map(open.map((row) => [idOf(row.keys), row]))
  const known = new Set(closed.map(({ keys }) => idOf(keys)))
  const idle = open.filter(({ keys }) => !known.has(idOf(keys))).map(({ keys }) => noClosedDeals(ctx, keys))
  return [...closed, ...idle].map((was) => ({ was, is: openBy.get(idOf(was.keys)) ?? noOpenDeals(ctx, was.keys) }))
}

function performanceOf(
  ctx: ReportContext,
  { keys, won, lost, wonValue, lostValue, wonTime }: ClosedDeals,
  open: OpenDeals,
  middle: Medians,
): PerformanceFigures {
  const values = moneyFigures(ctx, { wonValue, lostValue, openValue: open.value })
  return {
    won,
    lost,
    winRate: ratio(won, won + lost),
    meanDeal: values.wonValue && won > 0 ? share(values.wonValue, 1n, BigInt(won)) : null,
    meanCycleDays: meanDays(wonTime, won),
    medianCycleDays: middle(keys, 'won'),
    open: open.deals,
    ...values,
  }
}

function rankBoard(rows: readonly PerformanceRow[], byValue: boolean) {
  const score = (row: PerformanceRow): readonly [number, number] => [byValue ? (row.wonValue?.amount ?? 0) : 0, row.won]
  const better = (one: readonly [number, number], other: readonly [number, number]) =>
    one[0] > other[0] || (one[0] === other[0] && one[1] > other[1])
  for (const row of rows) row.rank = 1 + rows.filter((other) => better(score(other), score(row))).length
}
