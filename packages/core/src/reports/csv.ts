import { guard } from '../kernel/csv-guard'
import { isMoney, type Money, toDecimal } from '../kernel/money'

/** Anything with rows: a report, or a part of the dashboard. */
export interface HasRows {
  readonly rows: readonly object[]
}

/**
 * The rows of a report as CSV (RFC 4180), safe from formula injection. Money becomes a plain decimal with the currency
 * in the header, rates stay fractions, null stays empty; subtotals by currency come last, where there are any.
 *
 * @example
 * const csv = toCsv(await me.reports.leadSources({ period: { this: 'year' } }))
 * // source,leads,converted,conversionRate,deals,won,wonValue (EUR)
 */
export function toCsv({ rows }: HasRows): string {
  const names = [...new Set(rows.flatMap(Object.keys))].filter((name) => name !== 'subtotals')
  const currencies = new Map(names.map((name) => [name, currencyOf(rows, name)]))
  const withSubtotals = rows.some((row) => 'subtotals' in row)
  const header = names.map((name) => (currencies.get(name) ? `${name} (${currencies.get(name)})` : name))
  const lines = rows.map((row) => {
    const cells = names.map((name) => textOf((row as Record<string, unknown>)[name]))
    return withSubtotals ? [...cells, subtotalsOf(row)] : cells
  })
  return [withSubtotals ? [...header, 'subtotals'] : header, ...lines]
    .map((line) => `${line.map(quoted).join(',')}\r\n`)
    .join('')
}

function currencyOf(rows: readonly object[], name: string): string | undefined {
  const value = rows.map((row) => (row as Record<string, unknown>)[name]).find(isMoney)
  return (value as Money | undefined)?.currency
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (isMoney(value)) return toDecimal(value as Money)
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'number' ? String(value) : guard(String(value))
}

function subtotalsOf(row: object): string {
  const subtotals = (row as { subtotals?: Record<string, Money[]> }).subtotals ?? {}
  const listed = Object.entries(subtotals).map(
    ([name, sums]) => `${name}: ${sums.map((sum) => `${toDecimal(sum)} ${sum.currency}`).join(' + ')}`,
  )
  return listed.join('; ')
}

const quoted = (text: string): string => (/[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
