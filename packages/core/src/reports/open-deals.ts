import type { Sql } from '../storage/sql'
import { and, raw, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { exactSum, readExactSum } from './exact-sum'
import { groupedRows } from './grouped'
import { groupColumn, type Keys, merged } from './groups'
import { byTeam } from './labels'
import { addParts, NO_MONEY, type Parts } from './parts'

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

const plus = (one: Parts | undefined, other: Parts | undefined) => one && other && addParts(one, other)

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
    return own ? { name, sql: own.sql, read: own.read ?? asKey } : groupColumn(ctx, name, 'created_at')
  })
  const amounts = ctx.sees('deals', 'amount')
  const weights = amounts && ctx.sees('deals', 'probability')
  const rows = await groupedRows(ctx, {
    from: raw(`${ctx.table('deals').name} r`),
    where: and(sql`r.closed_at is null`, condition, ctx.rows('deals')),
    keys: [...columns.map(({ sql }) => sql), ...(amounts ? [raw('r.amount_currency')] : [])],
    measures: [
      raw('count(*)'),
      ...(amounts ? [exactSum(raw('r.amount'))] : []),
      ...(weights ? [exactSum(raw('r.amount * r.probability'))] : []),
    ],
  })
  const found = rows.map(({ keys: values, values: measures }): OpenDeals => {
    const keys: Record<string, string | null> = {}
    columns.forEach(({ name, read }, index) => {
      keys[name] = read(values[index])
    })
    const currency = values[columns.length]
    const sum = (at: number) =>
      currency == null ? NO_MONEY : atToday(ctx, String(currency), readExactSum(measures, at))
    return {
      keys,
      deals: Number(measures[0]),
      value: amounts ? sum(1) : undefined,
      weighted: weights ? sum(3) : undefined,
    }
  })
  const rowsFound = found.filter(({ deals }) => deals > 0)
  const total = { ...rowsFound.reduce(addOpen, noOpenDeals(ctx, {})), keys: {} }
  const grouped = merged(groups.includes('team') ? await byTeam(ctx, rowsFound) : rowsFound, addOpen)
  return { groups: grouped, total, once: rowsFound }
}

const asKey = (value: unknown): string | null => (value == null ? null : String(value))

/** Money at today's rate. */
export function atToday({ rates, today }: ReportContext, currency: string, units: bigint, day = today): Parts {
  return new Map([['', { currency, rate: rates.rateOn(currency, day), day, units }]])
}
