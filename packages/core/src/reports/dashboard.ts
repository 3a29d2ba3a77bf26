import { isCrmError } from '../kernel/errors'
import { previousPeriod } from '../kernel/periods'
import type { Caller } from '../records/caller'
import { type ActivityFigures, type ActivityRow, activityBy } from './agent-activity'
import { addClosed, closedDeals } from './closed-deals'
import { during, openReport, type ReportContext, requireFields } from './context'
import { type ForecastRow, type ForecastTotals, forecastIn } from './forecast'
import { merged } from './groups'
import { conversionBy, type LeadConversionFigures, type LeadConversionRow } from './lead-conversion'
import {
  type Delta,
  deltaOf,
  type Figures,
  type MissingRate,
  missingRates,
  type ReportPeriod,
  shownPeriod,
} from './report'
import type { ReportRequest } from './request'
import { type FunnelRow, type FunnelTotals, funnelIn } from './sales-funnel'
import type { SharedWhere } from './shared-where'
import { type WinRateFigures, type WinRateRow, winRateOf } from './win-rate'

/** One report of the dashboard; with `compare`, also its totals before and the change. */
export interface Section<Row, Totals> extends Figures<Row, Totals> {
  previous?: Totals
  delta?: Delta<Totals>
}

/** A section is null for those who may not read what it is made of. */
export interface Dashboard {
  /** Without median days. */
  funnel: Section<FunnelRow, FunnelTotals> | null
  conversionBySource: Section<LeadConversionRow, LeadConversionFigures> | null
  /** By owner and month. */
  winRate: Section<WinRateRow, WinRateFigures> | null
  /** By month. */
  forecast: Section<ForecastRow, ForecastTotals> | null
  /** By owner. */
  activity: Section<ActivityRow, ActivityFigures> | null
  missingRates: MissingRate[]
  period: ReportPeriod
  /** With `compare: 'previous'`. */
  previousPeriod?: ReportPeriod
}

export interface DashboardRequest extends Omit<ReportRequest<SharedWhere>, 'groupBy'> {}

type Sections = Pick<Dashboard, 'funnel' | 'conversionBySource' | 'winRate' | 'forecast' | 'activity'>

/**
 * Sales funnel, lead conversion by source, win rate by owner and month, forecast and activity in one call, each as its
 * own report defines it. Filters are on what leads, deals, activities and tasks all have.
 *
 * @throws FORBIDDEN without `reports`; VALIDATION for a bad period, filter, pipeline, zone or currency
 * @example
 * const { funnel, forecast } = await me.reports.dashboard({ period: { this: 'quarter' }, compare: 'previous' })
 */
export async function dashboard(caller: Caller, request: DashboardRequest): Promise<Dashboard> {
  const ctx = await openReport(caller, request, { keys: ['pipeline'] })
  const sections = await sectionsIn(ctx)
  if (request.compare !== 'previous')
    return { ...sections, missingRates: missingRates(ctx), period: shownPeriod(ctx.period) }
  const before = during(ctx, previousPeriod(ctx.period))
  const earlier = await sectionsIn(before)
  for (const [name, section] of Object.entries(sections) as [keyof Sections, Section<object, object> | null][]) {
    const past = earlier[name]?.totals
    if (section && past) Object.assign(section, { previous: past, delta: deltaOf(section.totals, past) })
  }
  return {
    ...sections,
    missingRates: missingRates(ctx),
    period: shownPeriod(ctx.period),
    previousPeriod: shownPeriod(before.period),
  }
}

async function sectionsIn(ctx: ReportContext): Promise<Sections> {
  const groups = ctx.sees('deals', 'owner') ? ['owner', 'month'] : ['month']
  const closed = await orNull(async () => {
    requireFields(ctx, 'deals', 'status', 'closedAt')
    return closedDeals(ctx, groups, false)
  })
  return {
    funnel: await orNull(() => funnelIn(ctx, false)),
    conversionBySource: await orNull(async () => {
      requireFields(ctx, 'leads', 'source', 'createdAt', 'convertedAt')
      return conversionBy(ctx, ['source'])
    }),
    winRate: closed && (await winRateOf(ctx, groups, closed)),
    forecast:
      closed &&
      (await orNull(async () => {
        requireFields(ctx, 'deals', 'stage', 'expectedCloseDate')
        const byMonth = closed.groups.map((row) => ({ ...row, keys: { month: row.keys.month ?? null } }))
        return forecastIn(ctx, ['month'], { groups: merged(byMonth, addClosed), total: closed.total })
      })),
    activity: await orNull(() => activityBy(ctx, ['owner'])),
  }
}

/** Null for what the asker may not read. Other errors are the request's, and stay errors. */
async function orNull<T>(section: () => Promise<T>): Promise<T | null> {
  try {
    return await section()
  } catch (error) {
    if (isCrmError(error, 'FORBIDDEN')) return null
    throw error
  }
}
