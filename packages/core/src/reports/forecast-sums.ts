import type { ForecastCategory } from '../deals/pipeline-types'
import { startOfUnit, unitKey } from '../kernel/period-units'
import { isPeriodUnit, type PeriodUnit } from '../kernel/periods'
import { raw, type Sql, sql } from '../storage/sql'
import type { ClosedDeals } from './closed-deals'
import type { ReportContext } from './context'
import { type Keys, merged } from './groups'
import { addOpen, noOpenDeals, type OpenDeals, openDeals } from './open-deals'
import { addParts, NO_MONEY, type Parts } from './parts'
import { quotaSums } from './quota-sums'

type Categories = Readonly<Record<'commit' | 'bestCase' | 'pipeline', Parts>>

/** What a forecast is made of, for one combination of groups. */
export interface ForecastSums {
  readonly keys: Keys
  readonly wonDeals: number
  readonly won: Parts | undefined
  readonly open: OpenDeals
  /** Open value by category, each on its own. Undefined for those who may not see amounts. */
  readonly categories: Categories | undefined
  /** Undefined where there is no quota. */
  readonly quota: Parts | undefined
}

const CATEGORY: Readonly<Record<ForecastCategory, keyof Categories | undefined>> = {
  closed: 'commit',
  commit: 'commit',
  'best-case': 'bestCase',
  pipeline: 'pipeline',
  omitted: undefined,
}

const NONE: Categories = { commit: NO_MONEY, bestCase: NO_MONEY, pipeline: NO_MONEY }

export function emptyForecast(ctx: ReportContext, keys: Keys): ForecastSums {
  const open = noOpenDeals(ctx, keys)
  return {
    keys,
    wonDeals: 0,
    won: open.value,
    open,
    categories: open.value && NONE,
    quota: undefined,
  }
}

function addSums(one: ForecastSums, other: ForecastSums): ForecastSums {
  const plus = (left: Parts | undefined, right: Parts | undefined) =>
    left && right ? addParts(left, right) : (left ?? right)
  return {
    keys: one.keys,
    wonDeals: one.wonDeals + other.wonDeals,
    won: plus(one.won, other.won),
    open: addOpen(one.open, other.open),
    categories: one.categories && other.categories && addCategories(one.categories, other.categories),
    quota: plus(one.quota, other.quota),
  }
}

const addCategories = (one: Categories, other: Categories): Categories => ({
  commit: addParts(one.commit, other.commit),
  bestCase: addParts(one.bestCase, other.bestCase),
  pipeline: addParts(one.pipeline, other.pipeline),
})

/** Won, open and quota by group and in total. */
export async function forecastSums(
  ctx: ReportContext,
  groups: readonly string[],
  closed: { groups: readonly ClosedDeals[]; total: ClosedDeals },
) {
  const open = await openByStage(ctx, groups)
  const quotas = await quotaSums(ctx, groups)
  const allQuotas = groups.includes('team') ? await quotaSums(ctx, []) : quotas
  const none = (keys: Keys) => emptyForecast(ctx, keys)
  const rows: ForecastSums[] = [
    ...closed.groups
      .filter(({ won }) => won > 0)
      .map(({ keys, won, wonValue }) => ({ ...none(keys), wonDeals: won, won: wonValue })),
    ...open.groups,
    ...quotas.map(({ keys, quota }) => ({ ...none(keys), quota })),
  ]
  const total = {
    ...open.total,
    wonDeals: closed.total.won,
    won: closed.total.wonValue,
    quota: allQuotas.length > 0 ? addParts(...allQuotas.map(({ quota }) => quota)) : undefined,
  }
  return { groups: merged(rows, addSums), total }
}

/** Open deals expected in the period, by group and category. */
async function openByStage(ctx: ReportContext, groups: readonly string[]) {
  const { fromDate, toDate } = ctx.period
  const expected = sql`r.expected_close_date >= ${fromDate} and r.expected_close_date < ${toDate}`
  const times = groups.filter(isPeriodUnit).map((unit) => [unit, expectedIn(ctx, unit)] as const)
  const open = await openDeals(ctx, [...groups, 'stage'], expected, Object.fromEntries(times))
  const asSums = (row: OpenDeals): ForecastSums => {
    const { stage, ...keys } = row.keys
    const category = CATEGORY[ctx.book.stages.get(stage as string)?.forecastCategory ?? 'pipeline']
    const categories = row.value && { ...NONE, ...(category && { [category]: row.value }) }
    return { ...emptyForecast(ctx, keys), open: { ...row, keys }, categories }
  }
  const total = open.once.map(asSums).reduce(addSums, emptyForecast(ctx, {}))
  return { groups: open.groups.map(asSums), total: { ...total, keys: {} } }
}

/** The unit that the expected date lies in. Calendar dates need no zone. */
function expectedIn({ query }: ReportContext, unit: PeriodUnit): { sql: Sql; read: (value: unknown) => string | null } {
  const { settings } = query.engine
  const fine = unit === 'day' || unit === 'week'
  return {
    sql: raw(fine ? 'r.expected_close_date' : 'substr(r.expected_close_date, 1, 7)'),
    read: (value) => {
      const date = fine ? String(value) : `${String(value)}-01`
      return unitKey(startOfUnit(date, unit, settings), unit, settings)
    },
  }
}
