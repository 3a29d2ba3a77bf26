import type { Money } from '../kernel/money'
import type { Caller } from '../records/caller'
import { and, raw, sql } from '../storage/sql'
import { seriesOf } from './chart'
import { type ClosedDeals, closedDeals, noClosedDeals } from './closed-deals'
import { type ReportContext, requireFields } from './context'
import { groupedRows } from './grouped'
import { groupColumn } from './groups'
import { inOrder, labelsFor } from './labels'
import { type LeadFigures, leadFigures, noLeads } from './lead-figures'
import { type Figures, type Report, ratio, runReport } from './report'
import type { ReportRequest } from './request'
import type { SharedWhere } from './shared-where'
import { moneyFigures, type Subtotals } from './value'

export interface LeadSourceFigures extends Subtotals {
  /** Leads created in the period. */
  leads: number
  /** Of those, ever converted. */
  converted: number
  conversionRate: number | null
  /** Deals of that source created in the period. Null for those who may not read deals, as what follows. */
  deals: number | null
  /** Deals of that source won in the period. */
  won: number | null
  wonValue: Money | null
}

export interface LeadSourceRow extends LeadSourceFigures {
  source: string | null
}

export type LeadSourcesReport = Report<LeadSourceRow, LeadSourceFigures>
export interface LeadSourcesRequest extends Omit<ReportRequest<SharedWhere>, 'groupBy' | 'pipeline'> {}

/**
 * From source to revenue: leads created in the period with how many of them were ever converted, deals created in the
 * period, and what was won in it by `closedAt`. A deal has the source of the lead it came from, or the one it was given.
 * Filters apply to leads and deals alike, so they are on what both have: owner, tags, creation.
 *
 * @throws FORBIDDEN without `reports` or `leads`; VALIDATION for a bad period, filter, zone or currency
 * @example
 * const { rows } = await me.reports.leadSources({ period: { last: '12m' } })
 */
export const leadSources = (caller: Caller, request: LeadSourcesRequest): Promise<LeadSourcesReport> =>
  runReport(caller, request, {}, leadSourcesIn)

async function leadSourcesIn(ctx: ReportContext): Promise<Figures<LeadSourceRow, LeadSourceFigures>> {
  requireFields(ctx, 'leads', 'source', 'createdAt', 'convertedAt')
  const groups = ['source']
  const leads = await leadFigures(ctx, groups)
  const deals = mayCountDeals(ctx) ? await dealsBySource(ctx) : undefined
  const labels = await labelsFor(ctx, groups)
  const bySource = new Map(leads.groups.map((row) => [row.keys.source ?? null, row]))
  const sources = new Set([...bySource.keys(), ...(deals?.created.keys() ?? []), ...(deals?.closed.keys() ?? [])])
  const found = [...sources].map((source) => ({ keys: { source }, leads: bySource.get(source) ?? noLeads({ source }) }))
  const shown = inOrder(ctx, groups, found, (keys) => ({
    keys: keys as { source: string | null },
    leads: noLeads(keys),
  })).map((of) => {
    const { source } = of.keys
    const closed = deals?.closed.get(source) ?? noClosedDeals(ctx, of.keys)
    const figures = sourceFigures(ctx, of.leads, deals && { created: deals.created.get(source) ?? 0, closed })
    return { of, shown: { source, ...figures } }
  })
  const total = deals && {
    created: [...deals.created.values()].reduce((sum, count) => sum + count, 0),
    closed: deals.total,
  }
  return {
    rows: shown.map((row) => row.shown),
    totals: sourceFigures(ctx, leads.total, total),
    series: seriesOf(ctx, groups, labels, shown, [
      ['wonValue', 'Won value'],
      ['leads', 'Leads'],
      ['converted', 'Converted'],
    ]),
  }
}

const mayCountDeals = ({ query, sees }: ReportContext): boolean =>
  query.actor.scope('deals', 'read').kind !== 'none' &&
  ['source', 'status', 'createdAt', 'closedAt'].every((field) => sees('deals', field))

async function dealsBySource(ctx: ReportContext) {
  const { sql: source, read } = groupColumn(ctx, 'source', 'created_at')
  const inPeriod = sql`r.created_at >= ${ctx.period.from.getTime()} and r.created_at < ${ctx.period.to.getTime()}`
  const rows = await groupedRows(ctx, {
    from: raw(`${ctx.table('deals').name} r`),
    where: and(inPeriod, ctx.rows('deals')),
    keys: [source],
    measures: [raw('count(*)')],
  })
  const closed = await closedDeals(ctx, ['source'], false)
  return {
    created: new Map(rows.map(({ keys, values }) => [read(keys[0]), Number(values[0])])),
    closed: new Map<string | null, ClosedDeals>(closed.groups.map((row) => [row.keys.source ?? null, row])),
    total: closed.total,
  }
}

function sourceFigures(
  ctx: ReportContext,
  { created, converted }: LeadFigures,
  deals: { created: number; closed: ClosedDeals } | undefined,
): LeadSourceFigures {
  return {
    leads: created,
    converted,
    conversionRate: ratio(converted, created),
    deals: deals ? deals.created : null,
    won: deals ? deals.closed.won : null,
    ...moneyFigures(ctx, { wonValue: deals?.closed.wonValue }),
  }
}
