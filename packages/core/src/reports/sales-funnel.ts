import type { DealWhere } from '../deals/definition'
import type { Pipeline, Stage } from '../deals/pipeline-types'
import type { Caller } from '../records/caller'
import { type ReportContext, requireFields } from './context'
import { type FurthestStages, furthestStages, medianStays } from './furthest-stages'
import { pipelinesOf } from './pipelines'
import { type Figures, type Report, ratio, runReport } from './report'
import { type ReportRequest, readFlag } from './request'

export interface FunnelRow {
  pipeline: string
  pipelineName: string
  stage: string
  stageName: string
  /** 1 for the first step. */
  step: number
  /** Deals that reached this stage or a later one. */
  reached: number
  /** Reached the next stage ÷ reached this one. Null at the last step, and where nothing got this far. */
  conversion: number | null
  /** Reached this stage ÷ reached the first one. */
  share: number | null
  /** Deals that are in this stage now. */
  current: number
  /** Lost deals that got this far and no further. */
  lost: number
  /** Median days of the stays in this stage that have ended. */
  medianDays: number | null
}

export interface FunnelTotals {
  /** Deals created in the period. */
  deals: number
  open: number
  won: number
  lost: number
  /** Won ÷ all deals created in the period. */
  conversion: number | null
}

export type SalesFunnelReport = Report<FunnelRow, FunnelTotals>

export interface SalesFunnelRequest extends Omit<ReportRequest<DealWhere>, 'groupBy' | 'currency'> {
  /** False leaves out the median days, the slowest part. Default true. */
  medians?: boolean
}

/**
 * Sales funnel of the deals created in the period, one row for each open or won stage of each pipeline. A deal counts
 * at stage i when its history reached stage i or a later one: one that skipped a stage, was moved back or was lost has
 * still reached what came before. Conversion = reached i+1 ÷ reached i. A deal belongs to the pipeline it is in now;
 * lost stages are no steps, and a deal that was never in any other stage reached none.
 *
 * @throws FORBIDDEN without `reports` or `deals`; VALIDATION for a bad period, filter, pipeline or zone
 * @example
 * const { rows } = await me.reports.salesFunnel({ pipeline: 'Sales', period: { this: 'quarter' }, compare: 'previous' })
 */
export const salesFunnel = (caller: Caller, request: SalesFunnelRequest): Promise<SalesFunnelReport> =>
  runReport(caller, request, { keys: ['pipeline', 'medians'] }, (ctx) =>
    funnelIn(ctx, readFlag(ctx.request, 'medians', true)),
  )

export async function funnelIn(ctx: ReportContext, withMedians: boolean): Promise<Figures<FunnelRow, FunnelTotals>> {
  requireFields(ctx, 'deals', 'stage', 'status', 'createdAt')
  const pipelines = pipelinesOf(ctx)
  const rows: FunnelRow[] = []
  const totals: FunnelTotals = { deals: 0, open: 0, won: 0, lost: 0, conversion: null }
  for (const pipeline of pipelines) {
    const steps = stepsOf(pipeline)
    const furthest = await furthestStages(ctx, pipeline, steps)
    const stays = withMedians ? await medianStays(ctx, pipeline) : new Map<string, number>()
    rows.push(...funnelRows(pipeline, steps, furthest, stays))
    for (const { stage, deals } of furthest) {
      totals.deals += deals
      totals[stage.class] += deals
    }
  }
  totals.conversion = ratio(totals.won, totals.deals)
  return { rows, totals, series: funnelSeries(pipelines, rows) }
}

/** Stages that deals go through on the way to being won. */
export const stepsOf = ({ stages }: Pipeline): Stage[] => stages.filter((stage) => stage.class !== 'lost')

function funnelRows(
  pipeline: Pipeline,
  steps: readonly Stage[],
  found: FurthestStages,
  stays: ReadonlyMap<string, number>,
): FunnelRow[] {
  const count = (matches: (row: FurthestStages[number]) => boolean) =>
    found.filter(matches).reduce((sum, { deals }) => sum + deals, 0)
  const reached = steps.map((_, step) => count(({ furthest }) => furthest !== null && furthest >= step))
  return steps.map((stage, step) => ({
    pipeline: pipeline.id,
    pipelineName: pipeline.name,
    stage: stage.id,
    stageName: stage.name,
    step: step + 1,
    reached: reached[step] as number,
    conversion: ratio(reached[step + 1] ?? null, reached[step] as number),
    share: ratio(reached[step] as number, reached[0] as number),
    current: count((row) => row.stage.id === stage.id),
    lost: count((row) => row.stage.class === 'lost' && row.furthest === step),
    medianDays: stays.get(stage.id) ?? null,
  }))
}

const funnelSeries = (pipelines: readonly Pipeline[], rows: readonly FunnelRow[]) =>
  pipelines.map(({ id, name }) => ({
    key: id,
    label: name,
    points: rows
      .filter(({ pipeline }) => pipeline === id)
      .map(({ stageName, reached }) => ({ x: stageName, y: reached })),
  }))
