import { and, inList, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { splitBy } from './distinct'
import { exactSum, readExactSum } from './exact-sum'
import { foreignClosed } from './foreign-closed'
import { groupedRows } from './grouped'
import { columnsBesideSplit, groupColumn, type Keys, keysOf, merged } from './groups'
import { byTeam } from './labels'
import { foreignRows, inOwnCurrency } from './own-currency'
import { addTwo, NO_MONEY, ownMoney, type Parts } from './parts'

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

const plus = (one: Parts | undefined, other: Parts | undefined) => one && other && addTwo(one, other)

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
  const found = await countClosed(ctx, groups, withTimes)
  const total = { ...found.reduce(addClosed, noClosedDeals(ctx, {})), keys: {} }
  return { groups: merged(groups.includes('team') ? await byTeam(ctx, found) : found, addClosed), total }
}

async function countClosed(ctx: ReportContext, groups: readonly string[], withTimes: boolean): Promise<ClosedDeals[]> {
  const columns = groups.map((name) => groupColumn(ctx, name, 'closed_at'))
  const byOwner = groups.some((name) => name === 'owner' || name === 'team')
  const where = closedIn(ctx)
  const split = byOwner ? await splitBy(ctx, 'deals', 'owner', where) : undefined
  const own = columnsBesideSplit(columns, split)
  const amounts = ctx.sees('deals', 'amount')
  const from = raw(`${ctx.table('deals').name} r`)
  const keys = own.map((column) => column.sql)
  const took = (status: string) => exactSum(raw(`case when r.status = '${status}' then r.closed_at - r.created_at end`))
  const worth = (status: string) => exactSum(inOwnCurrency(ctx, 'r.amount', `r.status = '${status}'`))
  const rows = await groupedRows(ctx, {
    from,
    where,
    keys,
    measures: [
      raw(`count(*), count(case when r.status = 'won' then 1 end)`),
      ...(withTimes ? [took('won'), took('lost')] : [raw('0, 0, 0, 0')]),
      ...(amounts ? [worth('won'), worth('lost'), foreignRows(ctx)] : []),
    ],
    split,
  })
  const money = (values: readonly unknown[], at: number) => (amounts ? ownMoney(readExactSum(values, at)) : undefined)
  const found = rows
    .filter(({ values }) => Number(values[0]) > 0)
    .map((row): ClosedDeals => {
      const [all, won] = [Number(row.values[0]), Number(row.values[1])]
      return {
        keys: keysOf(columns, own, row),
        won,
        lost: all - won,
        wonTime: readExactSum(row.values, 2),
        lostTime: readExactSum(row.values, 4),
        wonValue: money(row.values, 6),
        lostValue: money(row.values, 8),
      }
    })
  if (!rows.some(({ values }) => Number(values[10] ?? 0) > 0)) return found
  const foreign = await foreignClosed(ctx, { from, where, keys, split })
  return [
    ...found,
    ...foreign.map(({ row, won, lost }) => ({
      ...noClosedDeals(ctx, keysOf(columns, own, row)),
      wonValue: won,
      lostValue: lost,
    })),
  ]
}

/** Deals closed in the period that the asker may count. */
export const closedIn = (ctx: ReportContext): Sql =>
  and(
    sql`r.closed_at >= ${ctx.period.from.getTime()} and r.closed_at < ${ctx.period.to.getTime()}`,
    ctx.pipelines ? inList(raw('r.pipeline'), ctx.pipelines) : and(),
    ctx.rowsAnywhere('deals'),
  )
