import { divideRounded, parseDecimal } from '../kernel/decimal'
import { CrmError } from '../kernel/errors'
import { exponentOf, type Money } from '../kernel/money'

/** Whole minor units of one currency that are converted at one rate. */
export interface Part {
  readonly currency: string
  /** Units of the reporting currency for one of `currency`, as decimal text; undefined when none is known. */
  readonly rate: string | undefined
  /** The day whose rate was looked for. */
  readonly day: string
  readonly units: bigint
}

/** A sum of money in any number of currencies, kept exact until it is shown. */
export type Parts = ReadonlyMap<string, Part>

export const NO_MONEY: Parts = new Map()

/** A sum in the reporting currency. */
export const ownMoney = (currency: string, units: bigint): Parts =>
  new Map([[`${currency} 1`, { currency, rate: '1', day: '', units }]])

const keyOf = ({ currency, rate, day }: Part) => `${currency} ${rate ?? `on ${day}`}`

/** All of these together. */
export function addParts(...sums: readonly Parts[]): Parts {
  const [one = NO_MONEY, other = NO_MONEY] = sums
  if (sums.length === 1 || (sums.length === 2 && other.size === 0)) return one
  if (sums.length === 2 && one.size === 0) return other
  const total = new Map<string, Part>()
  for (const sum of sums) for (const part of sum.values()) addPart(total, part)
  return total
}

export function addPart(sum: Map<string, Part>, part: Part) {
  const key = keyOf(part)
  const known = sum.get(key)
  sum.set(key, known ? { ...known, units: known.units + part.units } : part)
}

/** The sum so many times. */
export const scaled = (sum: Parts, factor: bigint): Parts =>
  new Map([...sum].map(([key, part]) => [key, { ...part, units: part.units * factor }]))

export const isMissing = ({ rate, units }: Part): boolean => rate === undefined && units !== 0n

/**
 * The sum in one currency: every part at its rate, added up exactly and rounded once, a half away from zero. Null when
 * a rate is missing. `divisor` is what the units were multiplied by beforehand: 100 where they are weighted by percent.
 */
export function inCurrency(sum: Parts, currency: string, divisor = 1n): Money | null {
  if (sum.size <= 1) {
    const [only] = sum.values()
    if (!only) return { amount: 0, currency }
    if (only.currency === currency) return { amount: safe(divideRounded(only.units, divisor)), currency }
  }
  let numerator = 0n
  let denominator = 1n
  for (const part of sum.values()) {
    if (part.units === 0n) continue
    if (part.rate === undefined) return null
    const rate = parseDecimal(part.rate) as { units: bigint; scale: number }
    const digits = rate.scale + exponentOf(part.currency) - exponentOf(currency)
    const below = 10n ** BigInt(Math.max(digits, 0))
    const above = part.units * rate.units * 10n ** BigInt(Math.max(-digits, 0))
    const common = below > denominator ? below : denominator
    numerator = numerator * (common / denominator) + above * (common / below)
    denominator = common
  }
  return { amount: safe(divideRounded(numerator, denominator * divisor)), currency }
}

/** What there is of each currency, by code. */
export function subtotals(sum: Parts, divisor = 1n): Money[] {
  const units = new Map<string, bigint>()
  for (const part of sum.values()) units.set(part.currency, (units.get(part.currency) ?? 0n) + part.units)
  return [...units]
    .filter(([, total]) => total !== 0n)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, total]) => ({ amount: safe(divideRounded(total, divisor)), currency }))
}

function safe(amount: bigint): number {
  if (amount <= BigInt(Number.MAX_SAFE_INTEGER) && amount >= -BigInt(Number.MAX_SAFE_INTEGER)) return Number(amount)
  throw new CrmError('VALIDATION', 'The total is beyond what a number can hold exactly.', {
    field: 'period',
    rule: 'total-too-large',
    remedy: 'Choose a shorter period or a narrower filter, or report in a currency with larger units.',
  })
}
