import { invert } from '../deals/rate-on'
import { coveredDates, startOfDay } from '../kernel/zones'
import type { Storage } from '../storage/port'

/** The known exchange rates into one currency. */
export interface RateBook {
  readonly currency: string
  /** Decimal text: units of the reporting currency for one of `from`, at the latest rate of that day or before. */
  rateOn(from: string, day: string): string | undefined
  /** Days on which some rate changes, oldest first. */
  readonly days: readonly string[]
}

interface Dated {
  day: string
  rate: string
}

/** Rates into a currency; those out of it serve, inverted, where the direct one is not known. */
export async function loadRates(storage: Storage, tenant: string, currency: string): Promise<RateBook> {
  const text = `select from_currency, to_currency, day, rate from ${storage.table('exchange_rate')} where tenant_id = ? and (from_currency = ? or to_currency = ?) order by day`
  const rows = await storage.read(text, [tenant, currency, currency])
  const direct = new Map<string, Dated[]>()
  const opposite = new Map<string, Dated[]>()
  for (const [from, to, day, rate] of rows) {
    const [side, other] = to === currency ? [direct, from] : [opposite, to]
    const dated = side.get(String(other)) ?? []
    side.set(String(other), dated)
    dated.push({ day: String(day), rate: String(rate) })
  }
  return {
    currency,
    days: [...new Set(rows.map((row) => String(row[2])))],
    rateOn(from, day) {
      if (from === currency) return '1'
      const found = latest(direct.get(from), day)
      if (found !== undefined) return found
      const inverse = latest(opposite.get(from), day)
      return inverse === undefined ? undefined : invert(inverse)
    },
  }
}

function latest(dated: readonly Dated[] = [], day: string): string | undefined {
  let low = 0
  let high = dated.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((dated[middle] as Dated).day <= day) low = middle + 1
    else high = middle
  }
  return dated[low - 1]?.rate
}

/** A stretch in which no rate changes. */
export interface Stretch {
  /** The day its rates are looked up for. */
  readonly day: string
  /** First instant after it. */
  readonly to: number
}

/** Cuts a period at every day on which a rate changes. */
export function stretchesOf({ days }: RateBook, { from, to }: { from: Date; to: Date }, zone: string): Stretch[] {
  const { fromDate, toDate } = coveredDates(from, to, zone)
  const starts = [fromDate, ...days.filter((day) => day > fromDate && day < toDate)]
  return starts.map((day, index) => {
    const next = starts[index + 1]
    return { day, to: next === undefined ? Number.POSITIVE_INFINITY : startOfDay(next, zone).getTime() }
  })
}
