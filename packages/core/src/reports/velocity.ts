import type { DealWhere } from '../deals/definition'
import { divideRounded } from '../kernel/decimal'
import type { Money } from '../kernel/money'
import type { Caller } from '../records/caller'
import { and } from '../storage/sql'
import { seriesOf } from './chart'
import { type ClosedDeals, closedDeals, noClosedDeals } from './closed-deals'
import { type ReportContext, requireFields } from './context'
import { DAY, meanDays } from './days'
import { groupsOf, idOf } from './groups'
import { inOrder, labelsFor, type RowKeys } from './labels'
import { openDeals } from './open-deals'
import { type Figures, type Report, ratio, runReport } from './report'
import type { ReportRequest } from './request'
import { moneyFigures, type Subtotals } from './value'

export type VelocityGroup = 'owner' | 'team' | 'source' | 'pipeline'

export interface VelocityFigures extends Subtotals {
  /** Deals that are open now. */
  openDeals: number
  /** Deals won in the period. */
  won: number
  winRate: number | null
  wonValue: Money | null
  /** Mean amount of a won deal. */
  meanWon: Money | null
  /** Mean days from creation to winning. */
  meanCycleDays: number | null
  /** Money a day. Null when one of its factors is undefined. */
  velocity: Money | null
}

export interface VelocityRow extends RowKeys, VelocityFigures {}
export type VelocityReport = Report<VelocityRow, VelocityFigures>
export interface VelocityRequest extends ReportRequest<DealWhere, VelocityGroup> {}

/**
 * Sales velocity = open deals × win rate × mean won amount ÷ mean cycle days: what the pipeline turns into won money
 * each day. Open deals are those open now; win rate, mean amount and cycle are of the deals closed in the period.
 * Null when nothing was closed or won in it, or when what was won took no time at all.
 *
 * @throws FORBIDDEN without `reports` or `deals`; VALIDATION for a bad period, filter, group, zone or currency
 * @example
 * const { totals } = await me.reports.velocity({ period: { last: '90d' } })
 */
export const velocity = (caller: Caller, request: VelocityRequest): Promise<VelocityReport> =>
  runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, velocityIn)

async function velocityIn(ctx: ReportContext): Promise<Figures<VelocityRow, VelocityFigures>> {
  requireFields(ctx, 'deals', 'status', 'createdAt', 'closedAt')
  const groups = groupsOf<VelocityGroup>(ctx, 'deals', 'closedAt', ['owner', 'team', 'source', 'pipeline'])
  const closed = await closedDeals(ctx, groups, true)
  const open = await openDeals(ctx, groups, and())
  const labels = await labelsFor(ctx, groups)
  const counts = new Map(open.groups.map(({ keys, deals }) => [idOf(keys), deals]))
  const known = new Set(closed.groups.map(({ keys }) => idOf(keys)))
  const all = [
    ...closed.groups,
    ...open.groups.filter(({ keys }) => !known.has(idOf(keys))).map(({ keys }) => noClosedDeals(ctx, keys)),
  ]
  const shown = inOrder(ctx, groups, all, (keys) => noClosedDeals(ctx, keys)).map((of) => {
    const openNow = groups.length === 0 ? open.total.deals : (counts.get(idOf(of.keys)) ?? 0)
    return { of, shown: Object.assign(labels.of(of.keys), velocityFigures(ctx, of, openNow)) }
  })
  return {
    rows: shown.map((row) => row.shown),
    totals: velocityFigures(ctx, closed.total, open.total.deals),
    series: seriesOf(ctx, groups, labels, shown, [['velocity', 'Velocity']]),
  }
}

function velocityFigures(ctx: ReportContext, closed: ClosedDeals, openDeals: number): VelocityFigures {
  const { won, lost, wonTime } = closed
  const { wonValue, ...more } = moneyFigures(ctx, { wonValue: closed.wonValue })
  return {
    openDeals,
    won,
    winRate: ratio(won, won + lost),
    wonValue,
    ...more,
    meanWon: wonValue && won > 0 ? share(wonValue, 1n, BigInt(won)) : null,
    meanCycleDays: meanDays(wonTime, won),
    // open × won/(won+lost) × value/won ÷ (time/won/day), with everything that cancels out left out
    velocity:
      wonValue && won > 0 && wonTime > 0n
        ? share(wonValue, BigInt(openDeals) * BigInt(won) * BigInt(DAY), BigInt(won + lost) * wonTime)
        : null,
  }
}

/** Money times a fraction, rounded once. */
export const share = ({ amount, currency }: Money, numerator: bigint, denominator: bigint): Money => ({
  amount: Number(divideRounded(BigInt(amount) * numerator, denominator)),
  currency,
})
