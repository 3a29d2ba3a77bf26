import { and, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { splitBy } from './distinct'
import { exactSum, readExactSum } from './exact-sum'
import { type GroupRow, groupedRows } from './grouped'
import { groupColumn, type Keys, merged } from './groups'
import { byTeam } from './labels'
import { addParts, NO_MONEY, type Part, type Parts } from './parts'
import { type Stretch, stretchesOf } from './rates'
import { pieceOf } from './time-buckets'

/** Deals that were won or lost in the period, by `closedAt`, for one combination of groups. */
export interface ClosedDeals {
  readonly keys: Keys
  readonly won: number
  readonly lost: number
  /** Undefined for those who may not see amounts. */
  readonly wonValue: Parts | undefined
  readonly lostValue: Parts | undefined
  /** Milliseconds from creation to closing, added up. */
  readonly wonTime: bigint
  readonly lostTime: bigint
}

export const noClosedDeals = (ctx: ReportContext, keys: Keys): ClosedDeals => {
  const value = ctx.sees('deals', 'amount') ? NO_MONEY : undefined
  return { keys, won: 0, lost: 0, wonValue: value, lostValue: value, wonTime: 0n, lostTime: 0n }
}

const plus = (one: Parts | undefined, other: Parts | undefined) => one && other && addParts(one, other)

export const addClosed = (one: ClosedDeals, other: ClosedDeals): ClosedDeals => ({
  keys: one.keys,
  won: one.won + other.won,
  lost: one.lost + other.lost,
  wonValue: plus(one.wonValue, other.wonValue),
  lostValue: plus(one.lostValue, other.lostValue),
  wonTime: one.wonTime + other.wonTime,
  lostTime: one.lostTime + other.lostTime,
})

/** What was closed in the period, by group and in total. A total counts a deal once, also where teams overlap. */
export async function closedDeals(ctx: ReportContext, groups: readonly string[], withTimes: boolean) {
  const columns = groups.map((name) => groupColumn(ctx, name, 'closed_at'))
  const split = groups.some((name) => name === 'owner' || name === 'team')
    ? await splitBy(ctx, 'deals', 'owner', ctx.rows('deals'))
    : undefined
  const own = columns.filter(({ name }) => !split || (name !== 'owner' && name !== 'team'))
  const amounts = ctx.sees('deals', 'amount')
  const stretches = stretchesOf(ctx.rates, ctx.period, ctx.query.engine.settings.timeZone)
  const rows = await groupedRows(ctx, {
    from: raw(`${ctx.table('deals').name} r`),
    where: closedIn(ctx),
    keys: [...own.map(({ sql }) => sql), ...(amounts ? [raw('r.amount_currency'), rateKey(ctx, stretches)] : [])],
    measures: [
      raw('count(*)'),
      raw(`count(case when r.status = 'won' then 1 end)`),
      ...(amounts
        ? [
            exactSum(raw(`case when r.status = 'won' then r.amount end`)),
            exactSum(raw(`case when r.status = 'lost' then r.amount end`)),
          ]
        : []),
      ...(withTimes
        ? [
            exactSum(raw(`case when r.status = 'won' then r.closed_at - r.created_at end`)),
            exactSum(raw(`case when r.status = 'lost' then r.closed_at - r.created_at end`)),
          ]
        : []),
    ],
    split,
  })
  const read = (row: GroupRow): ClosedDeals => {
    const keys: Record<string, string | null> = {}
    for (const { name } of columns) keys[name] = row.split
    own.forEach((column, index) => {
      keys[column.name] = column.read(row.keys[index])
    })
    const [all, won] = [Number(row.values[0]), Number(row.values[1])]
    const part = amounts ? partOf(ctx, stretches, row.keys.slice(own.length)) : undefined
    const sum = (at: number): Parts | undefined =>
      amounts ? singlePart(part, readExactSum(row.values, at)) : undefined
    const times = amounts ? 6 : 2
    return {
      keys,
      won,
      lost: all - won,
      wonValue: sum(2),
      lostValue: sum(4),
      wonTime: withTimes ? readExactSum(row.values, times) : 0n,
      lostTime: withTimes ? readExactSum(row.values, times + 2) : 0n,
    }
  }
  const found = rows.filter(({ values }) => Number(values[0]) > 0).map(read)
  const total = found.reduce(addClosed, noClosedDeals(ctx, {}))
  return {
    groups: merged(groups.includes('team') ? await byTeam(ctx, found) : found, addClosed),
    total: { ...total, keys: {} },
  }
}

/** Deals closed in the period that the asker may count. */
export const closedIn = (ctx: ReportContext): Sql =>
  and(sql`r.closed_at >= ${ctx.period.from.getTime()} and r.closed_at < ${ctx.period.to.getTime()}`, ctx.rows('deals'))

/**
 * Which rate a closed deal is converted at: none for the reporting currency, the one stored with the deal where that
 * leads to the reporting currency, and else that of the stretch of days it was closed in.
 */
function rateKey({ currency }: ReportContext, stretches: readonly Stretch[]): Sql {
  const ends = stretches.map(({ to }) => to)
  const stretch = pieceOf(
    raw('r.closed_at'),
    stretches.map(({ to }) => to),
    (index) => `'#${index}'`,
  )
  return sql`case when r.amount_currency = ${currency} then '=' when r.closed_rate_currency = ${currency} then r.closed_rate else ${stretch} end`
}

function partOf(
  { currency, rates }: ReportContext,
  stretches: readonly Stretch[],
  [from, key]: readonly unknown[],
): Omit<Part, 'units'> | undefined {
  if (from == null) return undefined
  const of = String(from)
  const text = String(key)
  if (!text.startsWith('#')) return { currency: of, rate: of === currency ? '1' : text, day: '' }
  const { day } = stretches[Number(text.slice(1))] as Stretch
  return { currency: of, rate: rates.rateOn(of, day), day }
}

const singlePart = (part: Omit<Part, 'units'> | undefined, units: bigint): Parts =>
  part ? new Map([['', { ...part, units }]]) : NO_MONEY
