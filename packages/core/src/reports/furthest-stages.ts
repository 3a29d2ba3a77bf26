import type { Pipeline, Stage } from '../deals/pipeline-types'
import { FROM_REPLICA } from '../storage/port'
import { and, inList, join, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { DAY } from './days'
import { medians } from './medians'

/** How many deals are in a stage now, by the furthest step of the funnel their history reached. */
export type FurthestStages = readonly { stage: Stage; furthest: number | null; deals: number }[]

/** Deals of the pipeline created in the period. One index range for each stage they are in now. */
export async function furthestStages(
  ctx: ReportContext,
  pipeline: Pipeline,
  steps: readonly Stage[],
): Promise<FurthestStages> {
  const { caller } = ctx
  const deals = raw(`${ctx.table('deals').name} r`)
  const created = createdIn(ctx)
  const branches = pipeline.stages.map((stage, index) => {
    const here = and(sql`r.stage = ${stage.id}`, created)
    if (stage.id === steps.at(-1)?.id)
      return sql`select ${raw(`${index} as stage, ${steps.length - 1} as furthest`)}, count(*) from ${deals} where ${here}`
    const reached = sql`select ${furthestOf(ctx, steps)} as furthest from ${deals} where ${here}`
    return sql`select ${raw(`${index} as stage`)}, furthest, count(*) from (${reached}) d group by furthest`
  })
  const statement = join(branches, ' union all ')
  const rows = await caller.storage.read(statement.text, statement.params, FROM_REPLICA)
  return rows.map(([stage, furthest, count]) => ({
    stage: pipeline.stages[Number(stage)] as Stage,
    furthest: furthest == null ? null : Number(furthest),
    deals: Number(count),
  }))
}

/** The furthest step in a deal's history. Not asked of deals at the last step: they have nowhere further to be. */
function furthestOf({ caller }: ReportContext, steps: readonly Stage[]): Sql {
  const places = join(
    steps.map(({ id }, step) => sql`when ${id} then ${raw(String(step))}`),
    ' ',
  )
  const history = raw(caller.storage.table('stage_interval'))
  return sql`(select max(case i.stage_id ${places} end) from ${history} i where i.tenant_id = r.tenant_id and i.deal_id = r.id)`
}

const createdIn = (ctx: ReportContext): Sql =>
  and(
    sql`r.created_at >= ${ctx.period.from.getTime()} and r.created_at < ${ctx.period.to.getTime()}`,
    ctx.rowsAnywhere('deals'),
  )

/** Median days of the ended stays in each stage of the pipeline, of the deals created in the period. */
export async function medianStays(ctx: ReportContext, pipeline: Pipeline): Promise<ReadonlyMap<string, number>> {
  const stages = pipeline.stages.map(({ id }) => id)
  const deals = ctx.table('deals').name
  const history = ctx.caller.storage.table('stage_interval')
  const rows = await medians(ctx, {
    // A cross join keeps SQLite from starting with everybody's history.
    from: raw(`${deals} r cross join ${history} i`),
    where: and(
      raw('i.tenant_id = r.tenant_id and i.deal_id = r.id and i.left_at is not null'),
      inList(raw('r.stage'), stages),
      inList(raw('i.stage_id'), stages),
      createdIn(ctx),
    ),
    keys: [raw('i.stage_id')],
    value: raw('i.left_at - i.entered_at'),
  })
  return new Map(rows.map(([stage, middle]) => [String(stage), Number(middle) / DAY]))
}
