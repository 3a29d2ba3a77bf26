import { and, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { exactSum, readExactSum } from './exact-sum'
import { type Grouping, groupedRows } from './grouped'
import { type GroupColumn, groupColumn, type Keys, keysOf, merged } from './groups'
import { byTeam } from './labels'
import { foreignRows, inOwnCurrency, isForeign } from './own-currency'
import { addTwo, NO_MONEY, otherMoney, ownMoney, type Parts } from './parts'

/** Deals that are open now, for one combination of groups. */
export interface OpenDeals {
  readonly keys: Keys
  readonly deals: number
  /** Undefined for those who may not see amounts. */
  readonly value: Parts | undefined
  /** Amount × probability, in hundredths of minor units. Undefined without sight of amounts and probabilities. */
  readonly weighted: Parts | undefined
}

export const noOpenDeals = (ctx: ReportContext, keys: Keys): OpenDeals => {
  const value = ctx.sees('deals', 'amount') ? NO_MONEY : undefined
  return { keys, deals: 0, value, weighted: ctx.sees('deals', 'probability') ? value : undefined }
}

const plus = (one: Parts | undefined, other: Parts | undefined) => one && other && addTwo(one, other)

export const addOpen = (one: OpenDeals, other: OpenDeals): OpenDeals => ({
  keys: one.keys,
  deals: one.deals + other.deals,
  value: plus(one.value, other.value),
  weighted: plus(one.weighted, other.weighted),
})

/** What stands in for a column that is not one of the record's. */
export type ExtraColumns = Readonly<Record<string, { sql: Sql; read?: (value: unknown) => string | null }>>

/** Open deals that meet a further condition, by group and in total, at today's rates. `once` has no deal twice. */
export async function openDeals(
  ctx: ReportContext,
  groups: readonly string[],
  condition: Sql,
  extra: ExtraColumns = {},
) {
  const columns = groups.map((name) => {
    const own = extra[name]
    if (own) return { name, sql: own.sql, read: own.read ?? asKey }
    const column = groupColumn(ctx, name, 'created_at')
    // A bare column would make SQLite read all deals in its order, rather than the open ones and sort.
    return { ...column, sql: sql`coalesce(${column.sql}, null)` }
  })
  const amounts = ctx.sees('deals', 'amount')
  const weights = amounts && ctx.sees('deals', 'probability')
  const grouping = {
    from: raw(`${ctx.table('deals').name} r`),
    where: and(sql`r.closed_at is null`, condition, ctx.rows('deals')),
    keys: columns.map((column) => column.sql),
  }
  const worth = (value: string) => exactSum(inOwnCurrency(ctx, value))
  const rows = await groupedRows(ctx, {
    ...grouping,
    measures: [
      raw('count(*)'),
      ...(amounts ? [foreignRows(ctx), worth('r.amount'), worth('r.amount * r.probability')] : []),
    ],
  })
  const found = rows
    .filter(({ values }) => Number(values[0]) > 0)
    .map((row): OpenDeals => {
      const sum = (at: number) => ownMoney(readExactSum(row.values, at))
      const keys = keysOf(columns, columns, row)
      return {
        keys,
        deals: Number(row.values[0]),
        value: amounts ? sum(2) : undefined,
        weighted: weights ? sum(4) : undefined,
      }
    })
  if (rows.some(({ values }) => Number(values[1] ?? 0) > 0)) found.push(...(await foreignOpen(ctx, grouping, columns)))
  const total = { ...found.reduce(addOpen, noOpenDeals(ctx, {})), keys: {} }
  const grouped = merged(groups.includes('team') ? await byTeam(ctx, found) : found, addOpen)
  return { groups: grouped, total, once: found }
}

/** What is open in other currencies, at today's rates. The deals themselves are counted already. */
async function foreignOpen(
  ctx: ReportContext,
  grouping: Omit<Grouping, 'measures'>,
  columns: readonly GroupColumn[],
): Promise<OpenDeals[]> {
  const rows = await groupedRows(ctx, {
    ...grouping,
    where: and(isForeign(ctx), grouping.where),
    keys: [...grouping.keys, raw('r.amount_currency')],
    measures: [exactSum(raw('r.amount')), exactSum(raw('r.amount * r.probability'))],
  })
  return rows.map((row) => {
    const sum = (at: number) => atToday(ctx, String(row.keys[columns.length]), readExactSum(row.values, at))
    const weighted = ctx.sees('deals', 'probability') ? sum(2) : undefined
    return { keys: keysOf(columns, columns, row), deals: 0, value: sum(0), weighted }
  })
}

const asKey = (value: unknown): string | null => (value == null ? null : String(value))

/** Money at today's rate. */
export function atToday(ctx: ReportContext, currency: string, units: bigint, day = ctx.today): Parts {
  if (currency === ctx.currency) return ownMoney(units)
  return otherMoney({ currency, rate: ctx.rates.rateOn(currency, day), day, units })
}
