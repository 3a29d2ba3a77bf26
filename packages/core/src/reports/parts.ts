import { divideRounded, parseDecimal } from '../kernel/decimal'
import { CrmError } from '../kernel/errors'
import { exponentOf, type Money } from '../kernel/money'

/** Whole minor units of another currency that are converted at one rate. */
export interface Part {
  readonly currency: string
  /** Units of the reporting currency for one of `currency`, as decimal text; undefined when none is known. */
  readonly rate: string | undefined
  /** The day whose rate was looked for. */
  readonly day: string
  readonly units: bigint
}

/** A sum of money in any number of currencies, kept exact until it is shown. */
export interface Parts {
  /** Minor units of the reporting currency. */
  readonly own: bigint
  /** What is in other currencies; empty for most sums. */
  readonly others: readonly Part[]
}

const NOTHING: readonly Part[] = []

export const NO_MONEY: Parts = { own: 0n, others: NOTHING }

/** A sum in the reporting currency. */
export const ownMoney = (own: bigint): Parts => ({ own, others: NOTHING })

/** A sum in another one. */
export const otherMoney = (part: Part): Parts => ({ own: 0n, others: part.units === 0n ? NOTHING : [part] })

/** Two sums together. */
export function addTwo(one: Parts, other: Parts): Parts {
  const own = one.own + other.own
  if (other.others.length === 0) return { own, others: one.others }
  if (one.others.length === 0) return { own, others: other.others }
  const found = new Map<string, Part>()
  for (const part of [...one.others, ...other.others]) {
    const key = `${part.currency} ${part.rate ?? `on ${part.day}`}`
    const known = found.get(key)
    found.set(key, known ? { ...known, units: known.units + part.units } : part)
  }
  return { own, others: [...found.values()] }
}

/** All of these together. */
export const addParts = (...sums: readonly Parts[]): Parts => sums.reduce(addTwo, NO_MONEY)

/** The sum so many times. */
export const scaled = ({ own, others }: Parts, factor: bigint): Parts => ({
  own: own * factor,
  others: others.map((part) => ({ ...part, units: part.units * factor })),
})

/**
 * The sum in the reporting currency: every part at its rate, added up exactly and rounded once, a half away from zero.
 * Null when a rate is missing. `divisor` is what the units were multiplied by beforehand: 100 where they are weighted by
 * percent.
 */
export function inCurrency({ own, others }: Parts, currency: string, divisor = 1n): Money | null {
  let numerator = own
  let denominator = 1n
  for (const part of others) {
    if (part.rate === undefined) return null
    const rate = parseDecimal(part.rate) as { units: bigint; scale: number }
    const digits = rate.scale + exponentOf(part.currency) - exponentOf(currency)
    const below = 10n ** BigInt(Math.max(digits, 0))
    const above = part.units * rate.units * 10n ** BigInt(Math.max(-digits, 0))
    const common = below > denominator ? below : denominator
    numerator = numerator * (common / denominator) + above * (common / below)
    denominator = common
  }
  const whole = denominator * divisor
  return { amount: safe(whole === 1n ? numerator : divideRounded(numerator, whole)), currency }
}

/** What there is of each currency, by code. */
export function subtotals({ own, others }: Parts, currency: string, divisor = 1n): Money[] {
  const units = new Map([[currency, own]])
  for (const part of others) units.set(part.currency, (units.get(part.currency) ?? 0n) + part.units)
  return [...units]
    .filter(([, total]) => total !== 0n)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, total]) => ({ amount: safe(divideRounded(total, divisor)), currency: code }))
}

function safe(amount: bigint): number {
  const number = Number(amount)
  if (Number.isSafeInteger(number)) return number
  throw new CrmError('VALIDATION', 'The total is beyond what a number can hold exactly.', {
    field: 'period',
    rule: 'total-too-large',
    remedy: 'Choose a shorter period or a narrower filter, or report in a currency with larger units.',
  })
}
