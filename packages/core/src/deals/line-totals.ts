import { type Decimal, divideRounded, parseDecimal } from '../kernel/decimal'
import { invalid } from '../kernel/errors'

export interface LineFactors {
  quantity: string
  /** Minor units. */
  unitPrice: number
  discountPercent: string
  taxPercent: string
}

/**
 * Net and tax of a line in minor units:
 * net = round(quantity × unit price × (100 − discount %) ÷ 100), tax = round(net × tax % ÷ 100).
 * Exact until the one rounding of each, in which a half goes away from zero.
 */
export function lineTotals(line: LineFactors, path: string): { net: number; tax: number } {
  const quantity = decimalOf(line.quantity)
  const discount = decimalOf(line.discountPercent)
  const tax = decimalOf(line.taxPercent)
  const hundred = 100n * 10n ** BigInt(discount.scale)
  const undiscounted = BigInt(line.unitPrice) * quantity.units
  const net = divideRounded(undiscounted * (hundred - discount.units), 10n ** BigInt(quantity.scale) * hundred)
  return {
    net: safe(net, path),
    tax: safe(divideRounded(net * tax.units, 100n * 10n ** BigInt(tax.scale)), path),
  }
}

/** The sum of minor units; refused where it would no longer be exact. */
export const sumOf = (amounts: readonly number[], path: string): number =>
  safe(
    amounts.reduce((sum, amount) => sum + BigInt(amount), 0n),
    path,
  )

const decimalOf = (text: string) => parseDecimal(text) as Decimal

function safe(amount: bigint, path: string): number {
  const value = Number(amount)
  if (Number.isSafeInteger(value)) return value
  throw invalid(path, 'too-large', 'Keep totals under 9,007,199,254,740,991 minor units.')
}
