import type { DealWhere } from '../deals/definition'
import type { Money } from '../kernel/money'
import type { Caller } from '../records/caller'
import { seriesOf } from './chart'
import { type ClosedDeals, closedDeals, noClosedDeals } from './closed-deals'
import { type ReportContext, requireFields } from './context'
import { type DealGroup, groupsOf } from './groups'
import { inOrder, labelsFor, type RowKeys } from './labels'
import { type Figures, type Report, ratio, runReport } from './report'
import { type ReportRequest, TIME_GROUPS } from './request'
import { moneyFigures, type Subtotals } from './value'

export interface WinRateFigures extends Subtotals {
  won: number
  lost: number
  /** Won ÷ (won + lost), by count. Null when nothing was closed. */
  winRate: number | null
  wonValue: Money | null
  lostValue: Money | null
  /** The same by value. */
  winRateByValue: number | null
}

export interface WinRateRow extends RowKeys, WinRateFigures {}
export type WinRateReport = Report<WinRateRow, WinRateFigures>
export interface WinRateRequest extends ReportRequest<DealWhere, DealGroup> {}

export const CLOSED_GROUPS: readonly DealGroup[] = ['owner', 'team', 'source', 'pipeline', 'lostReason', ...TIME_GROUPS]

/**
 * Win rate: won ÷ (won + lost) of the deals whose `closedAt` lies in the period, by count and by value. Open deals do
 * not count, deals without an amount count with none. Values are converted at the rate of the close date.
 *
 * @throws FORBIDDEN without `reports` or `deals`; VALIDATION for a bad period, filter, group, zone or currency
 * @example
 * const { rows } = await me.reports.winRate({ period: { this: 'year' }, groupBy: ['owner', 'month'] })
 */
export const winRate = (caller: Caller, request: WinRateRequest): Promise<WinRateReport> =>
  runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, winRateIn)

export async function winRateIn(ctx: ReportContext): Promise<Figures<WinRateRow, WinRateFigures>> {
  requireFields(ctx, 'deals', 'status', 'closedAt')
  const groups = groupsOf(ctx, 'deals', 'closedAt', CLOSED_GROUPS)
  return winRateOf(ctx, groups, await closedDeals(ctx, groups, false))
}

export async function winRateOf(
  ctx: ReportContext,
  groups: readonly string[],
  closed: Awaited<ReturnType<typeof closedDeals>>,
) {
  const labels = await labelsFor(ctx, groups)
  const ordered = inOrder(ctx, groups, closed.groups, (keys) => noClosedDeals(ctx, keys))
  const shown = ordered.map((of) => ({ of, shown: Object.assign(labels.of(of.keys), winRateFigures(ctx, of)) }))
  return {
    rows: shown.map((row) => row.shown),
    totals: winRateFigures(ctx, closed.total),
    series: seriesOf(ctx, groups, labels, shown, [
      ['winRate', 'Win rate'],
      ['won', 'Won'],
      ['lost', 'Lost'],
      ['wonValue', 'Won value'],
    ]),
  }
}

function winRateFigures(ctx: ReportContext, { won, lost, wonValue, lostValue }: ClosedDeals): WinRateFigures {
  const values = moneyFigures(ctx, { wonValue, lostValue })
  const both = values.wonValue && values.lostValue && values.wonValue.amount + values.lostValue.amount
  return {
    won,
    lost,
    winRate: ratio(won, won + lost),
    ...values,
    winRateByValue: ratio(values.wonValue?.amount ?? null, both),
  }
}
