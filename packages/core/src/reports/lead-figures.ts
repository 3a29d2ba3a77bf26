import { and, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { splitBy } from './distinct'
import { groupedRows } from './grouped'
import { columnsBesideSplit, groupColumn, type Keys, keysOf, merged } from './groups'
import { byTeam } from './labels'

/** Leads of the period, for one combination of groups. */
export interface LeadFigures {
  readonly keys: Keys
  /** Created in the period. */
  readonly created: number
  /** Of those, ever converted. */
  readonly converted: number
  /** Converted in the period, whenever they were created. */
  readonly conversions: number
}

export const noLeads = (keys: Keys): LeadFigures => ({ keys, created: 0, converted: 0, conversions: 0 })

export const addLeads = (one: LeadFigures, other: LeadFigures): LeadFigures => ({
  keys: one.keys,
  created: one.created + other.created,
  converted: one.converted + other.converted,
  conversions: one.conversions + other.conversions,
})

/** Leads created and converted in the period, by group and in total. */
export async function leadFigures(ctx: ReportContext, groups: readonly string[]) {
  const cohort = await leadsBy(ctx, groups, 'created_at', [raw('count(*)'), raw('count(r.converted_at)')])
  const activity = await leadsBy(ctx, groups, 'converted_at', [raw('count(*)')])
  const found = [
    ...cohort.map(
      ({ keys, values }): LeadFigures => ({
        keys,
        created: Number(values[0]),
        converted: Number(values[1]),
        conversions: 0,
      }),
    ),
    ...activity.map(({ keys, values }): LeadFigures => ({ ...noLeads(keys), conversions: Number(values[0]) })),
  ].filter(({ created, conversions }) => created > 0 || conversions > 0)
  const total = { ...found.reduce(addLeads, noLeads({})), keys: {} }
  return { groups: merged(groups.includes('team') ? await byTeam(ctx, found) : found, addLeads), total }
}

/** Leads whose `moment` lies in the period. Counted source by source: that is how their indexes are ordered. */
async function leadsBy(ctx: ReportContext, groups: readonly string[], moment: string, measures: Sql[]) {
  const columns = groups.map((name) => groupColumn(ctx, name, moment))
  const inPeriod = sql`r.${raw(moment)} >= ${ctx.period.from.getTime()} and r.${raw(moment)} < ${ctx.period.to.getTime()}`
  const where = and(inPeriod, ctx.rows('leads'))
  const split = await splitBy(ctx, 'leads', 'source', where)
  const own = columnsBesideSplit(columns, split)
  const rows = await groupedRows(ctx, {
    from: raw(`${ctx.table('leads').name} r`),
    where,
    keys: own.map(({ sql }) => sql),
    measures,
    split,
  })
  return rows.map((row) => ({ keys: keysOf(columns, own, row), values: row.values }))
}
