import { type Decimal, parseDecimal } from '../kernel/decimal'
import { invalid } from '../kernel/errors'

/** Plain text of a decimal, without needless zeros: `'2.5'`, `'0.001'`, `'12'`. */
export function formatDecimal({ units, scale }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`
}

export interface DecimalLimits {
  /** Largest number of digits behind the point. */
  places: number
  /** Largest value. */
  max: number
  /** Whether zero is allowed; below zero nothing is. */
  zero: boolean
}

/** Reads a decimal from text or a number, exactly, and gives it back as plain text. */
export function cleanDecimal(value: unknown, { places, max, zero }: DecimalLimits, path: string): string {
  const decimal = typeof value === 'number' || typeof value === 'string' ? parseDecimal(value) : undefined
  if (!decimal) throw invalid(path, 'invalid-decimal', 'Give a plain decimal such as 2.5 or "2.5".')
  const text = formatDecimal(decimal)
  const fraction = text.split('.')[1] ?? ''
  if (fraction.length > places) throw invalid(path, 'too-many-decimals', `Give at most ${places} decimals.`)
  const { units, scale } = decimal
  if (units < 0n || (units === 0n && !zero) || units > BigInt(max) * 10n ** BigInt(scale)) {
    throw invalid(path, 'out-of-range', `Give a number from ${zero ? 0 : 'above 0'} to ${max}.`)
  }
  return text
}
