import type { Pipeline, Stage } from '../deals/pipeline-types'
import { FROM_REPLICA } from '../storage/port'
import { and, inList, join, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { DAY } from './days'
import { medians } from './medians'

/** How many deals are in a stage now, by the furthest step of the funnel their history reached. */
export type FurthestStages = readonly { stage: Stage; furthest: number | null; deals: number }[]

/** Deals of the pipeline created in the period. One statement. */
export async function furthestStages(
  ctx: ReportContext,
  pipeline: Pipeline,
  steps: readonly Stage[],
): Promise<FurthestStages> {
  const { storage } = ctx.caller
  const statement = (storage.dialect.groupsByHash ? inOnePass : stageByStage)(ctx, pipeline, steps)
  const rows = await storage.read(statement.text, statement.params, FROM_REPLICA)
  return rows.map(([stage, furthest, count]) => ({
    stage: pipeline.stages.find(({ id }) => id === stage) as Stage,
    furthest: furthest == null ? null : Number(furthest),
    deals: Number(count),
  }))
}

/** One index range for each stage deals are in now. Those at the last step have nowhere further to be. */
function stageByStage(ctx: ReportContext, { stages }: Pipeline, steps: readonly Stage[]): Sql {
  const deals = raw(`${ctx.table('deals').name} r`)
  const created = createdIn(ctx)
  const branches = stages.map(({ id }) => {
    const here = and(sql`r.stage = ${id}`, created)
    if (id === steps.at(-1)?.id)
      return sql`select ${id} as stage, ${raw(String(steps.length - 1))} as furthest, count(*) from ${deals} where ${here}`
    const furthest = sql`(select max(${stepOf(steps)}) from ${historyOf(ctx)} i where ${OF_DEAL})`
    const reached = sql`select ${furthest} as furthest from ${deals} where ${here}`
    return sql`select ${id} as stage, furthest, count(*) from (${reached}) d group by furthest`
  })
  return join(branches, ' union all ')
}

/** All of them joined to their history at once, which a database that hashes does in one pass. */
function inOnePass(ctx: ReportContext, { stages }: Pipeline, steps: readonly Stage[]): Sql {
  const ids = stages.map(({ id }) => id)
  const here = and(inList(raw('r.stage'), ids), createdIn(ctx))
  const joined = sql`${raw(ctx.table('deals').name)} r left join ${historyOf(ctx)} i on ${OF_DEAL}`
  const reached = sql`select r.stage, max(${stepOf(steps)}) as furthest from ${joined} where ${here} group by r.id, r.stage`
  return sql`select stage, furthest, count(*) from (${reached}) d group by stage, furthest`
}

const OF_DEAL = raw('i.tenant_id = r.tenant_id and i.deal_id = r.id')
const historyOf = ({ caller }: ReportContext) => raw(caller.storage.table('stage_interval'))

const stepOf = (steps: readonly Stage[]): Sql =>
  sql`case i.stage_id ${join(
    steps.map(({ id }, step) => sql`when ${id} then ${raw(String(step))}`),
    ' ',
  )} end`

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
