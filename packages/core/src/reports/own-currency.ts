import { raw, type Sql } from '../storage/sql'
import type { ReportContext } from './context'

/**
 * A column where the deal is in the reporting currency, else nothing. Most deals are, and grouping by currency and rate
 * as well would sort every row by them; so these are added up without, and the others by {@link isForeign}, when there are any.
 */
export const inOwnCurrency = (ctx: ReportContext, value: string, condition = ''): Sql =>
  raw(`case when r.amount_currency = ${own(ctx)}${condition && ` and ${condition}`} then ${value} end`)

export const isForeign = (ctx: ReportContext): Sql => raw(`r.amount_currency <> ${own(ctx)}`)

/** How many rows of a group are in another currency. */
export const foreignRows = (ctx: ReportContext): Sql => raw(`count(case when ${isForeign(ctx).text} then 1 end)`)

/** The currency as it stands in a statement: one of the closed list of ISO 4217 codes, so it needs no parameter. */
const own = ({ currency }: ReportContext): string => `'${currency}'`
