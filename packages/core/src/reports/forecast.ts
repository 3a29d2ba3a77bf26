import type { DealWhere } from '../deals/definition'
import type { Money } from '../kernel/money'
import type { Caller } from '../records/caller'
import { sql } from '../storage/sql'
import { seriesOf } from './chart'
import { closedDeals } from './closed-deals'
import { type ReportContext, requireFields } from './context'
import { emptyForecast, type ForecastSums, forecastSums } from './forecast-sums'
import { groupsOf, type TimeGroup } from './groups'
import { inOrder, labelsFor, type RowKeys } from './labels'
import { openDeals } from './open-deals'
import { addParts, type Parts, scaled } from './parts'
import { type Figures, type Report, ratio, runReport } from './report'
import { type ReportRequest, TIME_GROUPS } from './request'
import { moneyFigures, type Subtotals } from './value'

export type ForecastGroup = 'owner' | 'team' | 'pipeline' | 'source' | TimeGroup

export interface ForecastFigures extends Subtotals {
  wonDeals: number
  /** Won, by the date of closing. */
  won: Money | null
  openDeals: number
  /** Open, by the expected date. */
  open: Money | null
  /** Open × probability. */
  weighted: Money | null
  /** `won` + `weighted`. */
  forecast: Money | null
  /** Won + open deals in commit. */
  commit: Money | null
  /** Commit + open deals in best case. */
  bestCase: Money | null
  /** Open deals in pipeline, best case or commit. */
  openPipeline: Money | null
  quota: Money | null
  /** Won ÷ quota. */
  attainment: number | null
  /** Open ÷ (quota − won). Null once the quota is reached. */
  coverage: number | null
}

export interface ForecastRow extends RowKeys, ForecastFigures {}

export interface ForecastTotals extends ForecastFigures {
  /** Open deals without an expected date: in no month, and in none of the sums. */
  undatedDeals: number
  undated: Money | null
}

export type ForecastReport = Report<ForecastRow, ForecastTotals>
export interface ForecastRequest extends ReportRequest<DealWhere, ForecastGroup> {}

const GROUPS: readonly ForecastGroup[] = ['owner', 'team', 'pipeline', 'source', ...TIME_GROUPS]

/**
 * Weighted forecast: Σ amount × probability × rate of the open deals by month of `expectedCloseDate`, plus what was
 * won by month of `closedAt`; lost deals are worth nothing. Open deals at today's rates, won ones at that of their
 * close date. Forecast categories are cumulative as in Salesforce: commit = closed + commit, best case = that + best
 * case, and the open pipeline is everything open that is not omitted. Against quota: attainment = won ÷ quota,
 * coverage = open ÷ (quota − won). Quotas are those of the users counted, or the teams' own when grouped by team;
 * filters other than `owner` do not change them. By month unless told otherwise.
 *
 * @throws FORBIDDEN without `reports` or `deals`; VALIDATION for a bad period, filter, group, zone or currency
 * @example
 * const { rows } = await me.reports.forecast({ period: { this: 'quarter' } })   // a row a month
 */
export const forecast = (caller: Caller, request: ForecastRequest): Promise<ForecastReport> =>
  runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, (ctx) => {
    requireFields(ctx, 'deals', 'stage', 'status', 'closedAt', 'expectedCloseDate')
    return forecastIn(ctx, ctx.request.groupBy === undefined ? ['month'] : groupsOf(ctx, 'deals', 'closedAt', GROUPS))
  })

export async function forecastIn(
  ctx: ReportContext,
  groups: readonly string[],
  closed?: Awaited<ReturnType<typeof closedDeals>>,
): Promise<Figures<ForecastRow, ForecastTotals>> {
  const sums = await forecastSums(ctx, groups, closed ?? (await closedDeals(ctx, groups, false)))
  const undated = await openDeals(ctx, [], sql`r.expected_close_date is null`)
  const labels = await labelsFor(ctx, groups)
  const ordered = inOrder(ctx, groups, sums.groups, (keys) => emptyForecast(ctx, keys))
  const shown = ordered.map((of) => ({ of, shown: Object.assign(labels.of(of.keys), forecastFigures(ctx, of)) }))
  const { undated: value, subtotals } = moneyFigures(ctx, { undated: undated.total.value })
  const totals = forecastFigures(ctx, sums.total)
  return {
    rows: shown.map((row) => row.shown),
    totals: {
      ...totals,
      undatedDeals: undated.total.deals,
      undated: value,
      ...(subtotals && { subtotals: { ...totals.subtotals, ...subtotals } }),
    },
    series: seriesOf(ctx, groups, labels, shown, [
      ['forecast', 'Forecast'],
      ['won', 'Won'],
      ['weighted', 'Weighted open'],
      ['quota', 'Quota'],
    ]),
  }
}

function forecastFigures(
  ctx: ReportContext,
  { won, open, categories, quota, wonDeals }: ForecastSums,
): ForecastFigures {
  const sum = (...sums: (Parts | undefined)[]) =>
    sums.every((one) => one !== undefined) ? addParts(...(sums as Parts[])) : undefined
  const { commit, bestCase, pipeline } = categories ?? {}
  const figures = moneyFigures(
    ctx,
    {
      won,
      open: open.value,
      weighted: open.weighted,
      forecast: won && open.weighted && addParts(scaled(won, 100n), open.weighted),
      commit: sum(won, commit),
      bestCase: sum(won, commit, bestCase),
      openPipeline: sum(commit, bestCase, pipeline),
      quota,
    },
    ['weighted', 'forecast'],
  )
  const missing = figures.quota && figures.won ? figures.quota.amount - figures.won.amount : null
  return {
    wonDeals,
    openDeals: open.deals,
    ...figures,
    attainment: ratio(figures.won?.amount ?? null, figures.quota?.amount ?? null),
    coverage: missing !== null && missing > 0 ? ratio(figures.open?.amount ?? null, missing) : null,
  }
}
