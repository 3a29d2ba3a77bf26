import type { leadFields } from '../leads/definition'
import type { Caller } from '../records/caller'
import type { Where } from '../records/where'
import { seriesOf } from './chart'
import { type ReportContext, requireFields } from './context'
import { groupsOf, type LeadGroup } from './groups'
import { inOrder, labelsFor, type RowKeys } from './labels'
import { type LeadFigures, leadFigures, noLeads } from './lead-figures'
import { type Figures, type Report, ratio, runReport } from './report'
import { type ReportRequest, TIME_GROUPS } from './request'

export type LeadWhere = Where<typeof leadFields>

export interface LeadConversionFigures {
  /** Leads created in the period. */
  created: number
  /** Of those, ever converted. */
  converted: number
  /** Cohort: `converted` ÷ `created`. */
  cohortRate: number | null
  /** Leads converted in the period, whenever they were created. */
  conversions: number
  /** Activity: `conversions` ÷ `created`. Can exceed 1. */
  activityRate: number | null
}

export interface LeadConversionRow extends RowKeys, LeadConversionFigures {}
export type LeadConversionReport = Report<LeadConversionRow, LeadConversionFigures>
export interface LeadConversionRequest extends Omit<ReportRequest<LeadWhere, LeadGroup>, 'pipeline' | 'currency'> {}

const LEAD_GROUPS: readonly LeadGroup[] = ['source', 'owner', 'team', 'campaign', 'medium', ...TIME_GROUPS]

/**
 * Lead conversion, both ways: the cohort rate follows the leads created in the period for ever, the activity rate
 * sets what was converted in the period against what was created in it. By time, leads created count when they were
 * created and conversions when they happened.
 *
 * @throws FORBIDDEN without `reports` or `leads`; VALIDATION for a bad period, filter, group or zone
 * @example
 * const { rows } = await me.reports.leadConversion({ period: { this: 'quarter' }, groupBy: 'source' })
 */
export const leadConversion = (caller: Caller, request: LeadConversionRequest): Promise<LeadConversionReport> =>
  runReport(caller, request, { keys: ['groupBy'] }, (ctx) => {
    requireFields(ctx, 'leads', 'createdAt', 'convertedAt')
    return conversionBy(ctx, groupsOf(ctx, 'leads', 'createdAt', LEAD_GROUPS))
  })

export async function conversionBy(
  ctx: ReportContext,
  groups: readonly string[],
): Promise<Figures<LeadConversionRow, LeadConversionFigures>> {
  const leads = await leadFigures(ctx, groups)
  const labels = await labelsFor(ctx, groups)
  const shown = inOrder(ctx, groups, leads.groups, noLeads).map((of) => ({
    of,
    shown: Object.assign(labels.of(of.keys), conversionFigures(of)),
  }))
  return {
    rows: shown.map((row) => row.shown),
    totals: conversionFigures(leads.total),
    series: seriesOf(ctx, groups, labels, shown, [
      ['cohortRate', 'Cohort conversion'],
      ['activityRate', 'Activity conversion'],
      ['created', 'Created'],
      ['conversions', 'Conversions'],
    ]),
  }
}

const conversionFigures = ({ created, converted, conversions }: LeadFigures): LeadConversionFigures => ({
  created,
  converted,
  cohortRate: ratio(converted, created),
  conversions,
  activityRate: ratio(conversions, created),
})
