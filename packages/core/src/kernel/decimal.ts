/** An exact decimal number: `units / 10 ** scale`. */
export interface Decimal {
  units: bigint
  scale: number
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/
const MAX_LENGTH = 64

/**
 * Reads a plain decimal (`'1299.5'`, `-3`, `1e-7`) without a rounding error. A number is taken at the
 * shortest decimal that denotes it, so 0.1 is exactly one tenth. Anything else gives undefined:
 * group separators, blanks, NaN, infinities, texts over 64 characters, exponents beyond ±100.
 */
export function parseDecimal(value: number | string): Decimal | undefined {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined
  const match = DECIMAL.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (Math.abs(Number(exponent)) > 100) return undefined
  const digits = BigInt(whole + fraction)
  const units = sign === '-' ? -digits : digits
  const scale = fraction.length - Number(exponent)
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale }
}

/** `numerator / denominator` (denominator > 0) as the nearest integer; a half goes away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const doubled = 2n * (numerator < 0n ? -numerator : numerator) + denominator
  const magnitude = doubled / (2n * denominator)
  return numerator < 0n ? -magnitude : magnitude
}
