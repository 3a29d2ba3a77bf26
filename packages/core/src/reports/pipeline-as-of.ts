import type { DealWhere } from '../deals/definition'
import type { Stage } from '../deals/pipeline-types'
import { invalid } from '../kernel/errors'
import type { Money } from '../kernel/money'
import { addToDate, isCalendarDate, startOfDay, zonedDate } from '../kernel/zones'
import type { Caller } from '../records/caller'
import { FROM_REPLICA } from '../storage/port'
import { and, join, raw, sql } from '../storage/sql'
import { openReport, type ReportContext, requireFields } from './context'
import { exactSum, readExactSum } from './exact-sum'
import { atToday } from './open-deals'
import { addParts, NO_MONEY, type Parts, scaled } from './parts'
import { pipelinesOf } from './pipelines'
import { type MissingRate, missingRates, type Series } from './report'
import type { ReportRequest } from './request'
import { moneyFigures, type Subtotals } from './value'

export interface AsOfFigures extends Subtotals {
  /** Deals that were open. */
  deals: number
  value: Money | null
  /** Value × probability of the stage. */
  weighted: Money | null
}

export interface AsOfRow extends AsOfFigures {
  pipeline: string
  pipelineName: string
  stage: string
  stageName: string
}

export interface PipelineAsOfReport {
  rows: AsOfRow[]
  totals: AsOfFigures
  series: Series[]
  missingRates: MissingRate[]
  /** The moment it is as of, and the zone of its day. */
  at: Date
  zone: string
}

export interface PipelineAsOfRequest
  extends Pick<ReportRequest<DealWhere>, 'where' | 'pipeline' | 'currency' | 'zone'> {
  /** An instant (a Date, or ISO 8601 text with an offset), or a calendar date for its last moment in the asker's zone. */
  at: Date | string
}

/**
 * The open pipeline as it was at a past instant, by stage, rebuilt from the stays of deals in their stages. Amounts are
 * those on entry to the stage, at the exchange rates of that day; probabilities are the stages' own. Filters are on deals
 * as they are now, and deals that have been deleted since are not counted.
 *
 * @throws FORBIDDEN without `reports` or `deals`; VALIDATION for a bad or future moment, filter, zone or currency
 * @example
 * const { totals } = await me.reports.pipelineAsOf({ at: '2025-12-31' })
 */
export async function pipelineAsOf(caller: Caller, request: PipelineAsOfRequest): Promise<PipelineAsOfReport> {
  const ctx = await openReport(caller, request, { keys: ['at', 'pipeline'], period: false })
  requireFields(ctx, 'deals', 'stage', 'status', 'createdAt')
  const at = momentOf(ctx, request.at)
  const found = await stagesAt(ctx, at)
  const figures = (rows: readonly StageAt[]): AsOfFigures => ({
    deals: rows.reduce((sum, { deals }) => sum + deals, 0),
    ...valuesOf(ctx, rows),
  })
  const rows = found.map((row) => ({
    pipeline: row.stage.pipeline,
    pipelineName: row.pipelineName,
    stage: row.stage.id,
    stageName: row.stage.name,
    ...figures([row]),
  }))
  const series = pipelinesOf(ctx).map(({ id, name }) => ({
    key: id,
    label: name,
    points: rows.filter(({ pipeline }) => pipeline === id).map(({ stageName, deals }) => ({ x: stageName, y: deals })),
  }))
  return { rows, totals: figures(found), series, missingRates: missingRates(ctx), at, zone: ctx.zone }
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/

function momentOf({ zone, query }: ReportContext, at: unknown): Date {
  const moment = isCalendarDate(at)
    ? new Date(startOfDay(addToDate(at, { days: 1 }), zone).getTime() - 1)
    : at instanceof Date || (typeof at === 'string' && INSTANT.test(at))
      ? new Date(at)
      : undefined
  if (!moment || Number.isNaN(moment.getTime())) {
    throw invalid(
      'at',
      'invalid-date',
      'Give a date as YYYY-MM-DD, a Date, or an instant such as 2026-03-01T09:00:00Z.',
    )
  }
  if (moment <= query.now) return moment
  if (zonedDate(moment, zone) === zonedDate(query.now, zone)) return query.now
  throw invalid('at', 'in-the-future', 'Give today or a moment that has passed.')
}

interface StageAt {
  stage: Stage
  pipelineName: string
  deals: number
  value: Parts | undefined
}

/** Open stages with the deals that were in them. One index range for each stage. */
async function stagesAt(ctx: ReportContext, at: Date): Promise<StageAt[]> {
  const stages = pipelinesOf(ctx).flatMap(({ name, stages }) =>
    stages.filter((stage) => stage.class === 'open').map((stage) => ({ stage, pipelineName: name })),
  )
  if (stages.length === 0) return []
  const { storage, tenant } = ctx.caller
  const from = raw(
    `${storage.table('stage_interval')} i join ${ctx.table('deals').name} r on r.tenant_id = i.tenant_id and r.id = i.deal_id`,
  )
  const time = at.getTime()
  const branches = stages.map(({ stage }, index) => {
    const there = sql`i.tenant_id = ${tenant} and i.stage_id = ${stage.id} and i.entered_at <= ${time} and (i.left_at is null or i.left_at > ${time})`
    return sql`select ${raw(String(index))}, i.amount_currency, count(*), ${exactSum(raw('i.amount'))} from ${from} where ${and(there, ctx.rowsAnywhere('deals'))} group by i.amount_currency`
  })
  const statement = join(branches, ' union all ')
  const rows = await ctx.caller.storage.read(statement.text, statement.params, FROM_REPLICA)
  const amounts = ctx.sees('deals', 'amount')
  const day = zonedDate(at, ctx.query.engine.settings.timeZone)
  return stages.map((named, index) => {
    const mine = rows.filter((row) => Number(row[0]) === index)
    const sums = mine
      .filter((row) => row[1] != null)
      .map((row) => atToday(ctx, String(row[1]), readExactSum(row, 3), day))
    return {
      ...named,
      deals: mine.reduce((sum, row) => sum + Number(row[2]), 0),
      value: amounts ? addParts(NO_MONEY, ...sums) : undefined,
    }
  })
}

function valuesOf(ctx: ReportContext, rows: readonly StageAt[]) {
  const sums = rows.flatMap(({ value }) => value ?? [])
  const known = ctx.sees('deals', 'amount')
  const weighted = rows.flatMap(({ stage, value }) => (value ? scaled(value, BigInt(stage.probability)) : []))
  const value = known ? addParts(NO_MONEY, ...sums) : undefined
  return moneyFigures(
    ctx,
    { value, weighted: known && ctx.sees('deals', 'probability') ? addParts(NO_MONEY, ...weighted) : undefined },
    ['weighted'],
  )
}
