import { currencyCodes, exponentIfKnown } from './currencies'
import { divideRounded, parseDecimal } from './decimal'
import { invalid } from './errors'

/**
 * A sum of money: whole minor units of one currency, so sums carry no rounding error.
 * `{ amount: 129900, currency: 'EUR' }` is 1,299.00 euro; `{ amount: 500, currency: 'JPY' }` is 500 yen.
 */
export interface Money {
  /** Minor units (cents for EUR, yen for JPY, fils for KWD); a safe integer, negative for a credit. */
  amount: number
  /** ISO 4217 code, upper case. */
  currency: string
}

/** True for an upper-case ISO 4217 code in use now, or withdrawn since 2015 (old deals still carry those). */
export const isCurrency = (code: unknown): boolean => exponentIfKnown(code) !== undefined

/** Digits behind the decimal point by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD. Unknown code: VALIDATION on `currency`. */
export function exponentOf(currency: string): number {
  const exponent = exponentIfKnown(currency)
  if (exponent === undefined)
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  return exponent
}

/**
 * Money from major units, exact. Text is a plain decimal with a point and no group separators.
 * More decimals than the currency has is a VALIDATION error (`too-many-decimals`), never a silent rounding.
 *
 * @example
 * money('1299.90', 'EUR')   // { amount: 129990, currency: 'EUR' }
 * money(500, 'JPY')         // { amount: 500, currency: 'JPY' }
 */
export function money(major: number | string, currency: string): Money {
  const exponent = exponentOf(currency)
  const decimal = parseDecimal(major)
  if (!decimal)
    throw invalid('amount', 'invalid-amount', 'Give the amount as a plain decimal such as 1299.5 or "1299.50".')
  const numerator = decimal.units * 10n ** BigInt(exponent)
  const denominator = 10n ** BigInt(decimal.scale)
  if (numerator % denominator !== 0n)
    throw invalid('amount', 'too-many-decimals', `Round the amount to the ${exponent} decimals that ${currency} has.`)
  return { amount: safe(numerator / denominator), currency }
}

/** Euro, from major units: `eur(12_000)` is 12,000.00 EUR. */
export const eur = (major: number | string): Money => money(major, 'EUR')
/** US dollars, from major units. */
export const usd = (major: number | string): Money => money(major, 'USD')
/** Pounds sterling, from major units. */
export const gbp = (major: number | string): Money => money(major, 'GBP')

/** True for `{ amount, currency }` with a safe integer amount and a known currency, and nothing else in it. */
export function isMoney(value: unknown): value is Money {
  if (typeof value !== 'object' || value === null) return false
  const { amount, currency, ...rest } = value as Record<string, unknown>
  return Number.isSafeInteger(amount) && isCurrency(currency) && Object.keys(rest).length === 0
}

/** Major units as text, with all the currency's decimals: `'1299.00'`, `'-0.05'`, `'500'` (JPY). */
export function toDecimal({ amount, currency }: Money): string {
  const exponent = exponentOf(currency)
  const digits = String(Math.abs(safe(amount))).padStart(exponent + 1, '0')
  const sign = amount < 0 ? '-' : ''
  if (exponent === 0) return sign + digits
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/**
 * The sum times a ratio (a probability, a discount, a quantity), in the same currency.
 * Exact in decimals, then rounded once to the minor unit; a half goes away from zero.
 */
export const multiply = (sum: Money, ratio: number | string): Money =>
  scaled(sum, ratio, sum.currency, 'ratio', 'Give the ratio as a plain decimal such as 0.4 or "0.4".')

/**
 * The sum in another currency, at `rate` = units of `currency` for one unit of the sum's own (major units both).
 * Exact in decimals, then rounded once to the minor unit; a half goes away from zero.
 *
 * @example
 * applyRate(eur(100), '163.25', 'JPY')   // { amount: 16325, currency: 'JPY' }
 */
export const applyRate = (sum: Money, rate: number | string, currency: string): Money =>
  scaled(sum, rate, currency, 'rate', 'Give the rate as a plain decimal such as 1.0825 or "1.0825".')

function scaled(sum: Money, factor: number | string, currency: string, field: string, remedy: string): Money {
  const decimal = parseDecimal(factor)
  if (!decimal) throw invalid(field, `invalid-${field}`, remedy)
  const shift = exponentOf(currency) - exponentOf(sum.currency)
  const numerator = BigInt(safe(sum.amount)) * decimal.units * 10n ** BigInt(Math.max(shift, 0))
  const denominator = 10n ** BigInt(decimal.scale + Math.max(-shift, 0))
  return { amount: safe(divideRounded(numerator, denominator)), currency }
}

function safe(amount: bigint | number): number {
  const value = Number(amount)
  if (!Number.isInteger(value))
    throw invalid('amount', 'not-an-integer', 'Give the amount in whole minor units, such as 129900 for 1,299.00 EUR.')
  if (!Number.isSafeInteger(value))
    throw invalid('amount', 'too-large', 'Use an amount of at most 9,007,199,254,740,991 minor units.')
  return value === 0 ? 0 : value
}

const formats = new Map<string, Intl.NumberFormat>()

/**
 * Money for people, in a BCP 47 locale: `formatMoney(eur('1299.9'), 'de')` is `1.299,90 €`.
 * Shows ISO 4217's decimals, and every digit of large amounts.
 */
export function formatMoney(sum: Money, locale = 'en'): string {
  const decimal = toDecimal(sum)
  const key = `${locale} ${sum.currency}`
  let format = formats.get(key)
  if (!format) {
    format = numberFormat(sum.currency, locale)
    if (formats.size >= 200) formats.clear()
    formats.set(key, format)
  }
  return format.format(decimal as `${number}`)
}

function numberFormat(currency: string, locale: string): Intl.NumberFormat {
  const digits = exponentOf(currency)
  try {
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  } catch {
    throw invalid('locale', 'invalid-locale', 'Use a BCP 47 locale such as en, de-AT or pt-BR.')
  }
}

export { currencyCodes }
