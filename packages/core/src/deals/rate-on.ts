import { parseDecimal } from '../kernel/decimal'
import type { Caller } from '../records/caller'
import type { Session } from '../storage/port'
import { formatDecimal } from './decimal-text'

/** Digits behind the first significant one that an inverted rate is kept with. */
const INVERSE_DIGITS = 15n

export interface RateQuestion {
  /** ISO 4217. */
  from: string
  to: string
  /** `YYYY-MM-DD`. */
  day: string
}

/**
 * Units of `to` for one unit of `from` (major units both) on a day, as decimal text for `applyRate`: the latest known
 * rate of that day or before. Where only the opposite direction is known, one divided by its latest, to 16 significant
 * digits. `'1'` for the same currency, undefined when neither is known; no rate is made up through a third currency.
 */
export async function rateOn(
  reader: Pick<Session, 'all'>,
  { storage, tenant }: Pick<Caller, 'storage' | 'tenant'>,
  { from, to, day }: RateQuestion,
): Promise<string | undefined> {
  if (from === to) return '1'
  const latest = `select rate from ${storage.table('exchange_rate')} where tenant_id = ? and from_currency = ? and to_currency = ? and day <= ? order by day desc limit 1`
  const [direct] = await reader.all(latest, [tenant, from, to, day])
  if (direct) return String(direct[0])
  const [opposite] = await reader.all(latest, [tenant, to, from, day])
  return opposite && invert(String(opposite[0]))
}

/** One divided by a positive decimal, to 16 significant digits, half up. */
export function invert(rate: string): string {
  const { units, scale } = parseDecimal(rate) as { units: bigint; scale: number }
  const places = BigInt(String(units).length - scale) + INVERSE_DIGITS
  const digits = places > 0n ? places : 0n
  const numerator = 10n ** (BigInt(scale) + digits)
  return formatDecimal({ units: (2n * numerator + units) / (2n * units), scale: Number(digits) })
}
