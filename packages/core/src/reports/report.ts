import type { Money } from '../kernel/money'
import { isMoney, toDecimal } from '../kernel/money'
import { previousPeriod, type ResolvedPeriod } from '../kernel/periods'
import type { Caller } from '../records/caller'
import { during, openReport, type ReportContext } from './context'
import type { RequestRules } from './request'

/** An exchange rate that is not known: money of `from` is left out of converted figures, which are null then. */
export interface MissingRate {
  from: string
  to: string
  /** A rate of this day or an earlier one is needed. */
  day: string
}

/** From (included) to (excluded). */
export interface ReportPeriod {
  from: Date
  to: Date
  /** IANA zone in which its days are meant. */
  zone: string
}

/** One line of a chart. Money in major units, rates as fractions; null where there is no figure. */
export interface Series {
  key: string
  label: string
  points: { x: string; y: number | null }[]
}

/** The change of each total against the previous period: 0.25 is a quarter more. Null where that was 0 or one is unknown. */
export type Delta<Totals> = { [Name in keyof Totals]?: number | null }

/** What one computation of a report gives. */
export interface Figures<Row, Totals> {
  rows: Row[]
  totals: Totals
  series: Series[]
}

/** A report: rows for a table, totals, lines for a chart. */
export interface Report<Row, Totals> extends Figures<Row, Totals> {
  /** Empty when every amount could be converted. */
  missingRates: MissingRate[]
  period: ReportPeriod
  /** With `compare: 'previous'`. */
  previous?: { period: ReportPeriod; rows: Row[]; totals: Totals }
  delta?: Delta<Totals>
}

/** Runs a report for its period and, when asked, for the one before. */
export async function runReport<Row extends object, Totals extends object>(
  caller: Caller,
  request: object,
  rules: RequestRules,
  compute: (ctx: ReportContext) => Promise<Figures<Row, Totals>>,
): Promise<Report<Row, Totals>> {
  const ctx = await openReport(caller, request, rules)
  const figures = await compute(ctx)
  const report = { ...figures, missingRates: missingRates(ctx), period: shownPeriod(ctx.period) }
  if (ctx.request.compare !== 'previous') return report
  const before = during(ctx, previousPeriod(ctx.period))
  const { rows, totals } = await compute(before)
  return {
    ...report,
    missingRates: missingRates(ctx),
    previous: { period: shownPeriod(before.period), rows, totals },
    delta: deltaOf(figures.totals, totals),
  }
}

export const shownPeriod = ({ from, to, zone }: ResolvedPeriod): ReportPeriod => ({ from, to, zone })

export const missingRates = ({ missing, currency }: ReportContext): MissingRate[] =>
  [...missing].sort(([one], [other]) => (one < other ? -1 : 1)).map(([from, day]) => ({ from, to: currency, day }))

export function deltaOf<Totals extends object>(now: Totals, before: Totals): Delta<Totals> {
  const delta: Delta<Totals> = {}
  for (const [name, value] of Object.entries(now)) {
    if (typeof value !== 'number' && value !== null && !isMoney(value)) continue
    const [is, was] = [asNumber(value), asNumber((before as Record<string, unknown>)[name])]
    delta[name as keyof Totals] = is === null || was === null || was === 0 ? null : (is - was) / was
  }
  return delta
}

/** A figure for a chart or a ratio: money in major units. */
export function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return value
  return isMoney(value) ? Number(toDecimal(value as Money)) : null
}

/** One part of another; null when that is 0 or unknown. */
export const ratio = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole === 0 ? null : part / whole
