import type { DealWhere } from '../deals/definition'
import type { Caller } from '../records/caller'
import { raw } from '../storage/sql'
import { seriesOf } from './chart'
import { type ClosedDeals, closedDeals, closedIn, noClosedDeals } from './closed-deals'
import { type ReportContext, requireFields } from './context'
import { DAY, meanDays } from './days'
import { type DealGroup, groupsOf, type Keys } from './groups'
import { inOrder, labelsFor, type RowKeys } from './labels'
import { dealsGrouped, medians } from './medians'
import { type Figures, type Report, runReport } from './report'
import type { ReportRequest } from './request'
import { CLOSED_GROUPS } from './win-rate'

export interface SalesCycleFigures {
  won: number
  /** Mean days from creation to winning. Null when nothing was won. */
  meanDays: number | null
  medianDays: number | null
  lost: number
  /** The same for lost deals. */
  lostMeanDays: number | null
  lostMedianDays: number | null
}

export interface SalesCycleRow extends RowKeys, SalesCycleFigures {}
export type SalesCycleReport = Report<SalesCycleRow, SalesCycleFigures>
export interface SalesCycleRequest extends ReportRequest<DealWhere, DealGroup> {}

/**
 * Sales cycle: mean and median days from `createdAt` to `closedAt` of the deals won in the period, by `closedAt`; and
 * of those lost. Days of 24 hours, with fractions; the median of an even number is the mean of the middle two.
 *
 * @throws FORBIDDEN without `reports` or `deals`; VALIDATION for a bad period, filter, group or zone
 * @example
 * const { totals } = await me.reports.salesCycle({ period: { last: 'quarter' } })   // totals.medianDays: 57
 */
export const salesCycle = (caller: Caller, request: SalesCycleRequest): Promise<SalesCycleReport> =>
  runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, salesCycleIn)

async function salesCycleIn(ctx: ReportContext): Promise<Figures<SalesCycleRow, SalesCycleFigures>> {
  requireFields(ctx, 'deals', 'status', 'createdAt', 'closedAt')
  const groups = groupsOf(ctx, 'deals', 'closedAt', CLOSED_GROUPS)
  const closed = await closedDeals(ctx, groups, true)
  const middle = await medianDays(ctx, groups)
  const middleOfAll = groups.length === 0 ? middle : await medianDays(ctx, [])
  const labels = await labelsFor(ctx, groups)
  const ordered = inOrder(ctx, groups, closed.groups, (keys) => noClosedDeals(ctx, keys))
  const shown = ordered.map((of) => ({ of, shown: Object.assign(labels.of(of.keys), cycleFigures(of, middle)) }))
  return {
    rows: shown.map((row) => row.shown),
    totals: cycleFigures(closed.total, middleOfAll),
    series: seriesOf(ctx, groups, labels, shown, [
      ['medianDays', 'Median days'],
      ['meanDays', 'Mean days'],
    ]),
  }
}

function cycleFigures({ keys, won, lost, wonTime, lostTime }: ClosedDeals, middle: Medians): SalesCycleFigures {
  return {
    won,
    meanDays: meanDays(wonTime, won),
    medianDays: middle(keys, 'won'),
    lost,
    lostMeanDays: meanDays(lostTime, lost),
    lostMedianDays: middle(keys, 'lost'),
  }
}

export type Medians = (keys: Keys, status: 'won' | 'lost') => number | null

/** Median days from creation to closing, by group and outcome. */
export async function medianDays(ctx: ReportContext, groups: readonly string[]): Promise<Medians> {
  const { from, keys, read } = dealsGrouped(ctx, groups, 'closed_at')
  const rows = await medians(ctx, {
    from,
    where: closedIn(ctx),
    keys: [...keys, raw('r.status')],
    value: raw('r.closed_at - r.created_at'),
  })
  const found = new Map(rows.map((row) => [nameOf(read(row), row[keys.length]), Number(row[keys.length + 1]) / DAY]))
  return (of, status) => found.get(nameOf(of, status)) ?? null
}

const nameOf = (keys: Keys, status: unknown) => JSON.stringify([...Object.values(keys), status])
