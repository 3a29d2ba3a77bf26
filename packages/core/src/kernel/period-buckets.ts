import { invalid } from './errors'
import type { Bucket, ResolvedPeriod } from './period-types'
import { type PeriodUnit, startOfUnit, UNIT_STEPS, unitKey } from './period-units'
import { addToDate, coveredDates, startOfDay } from './zones'

const MOST = 5_000

/**
 * Cuts a period into calendar units of a zone, in order, without gap or overlap; the first and the last are
 * clipped to the period. A day that a zone left out altogether gives no bucket.
 *
 * @throws VALIDATION `too-many-buckets` on `period` beyond 5,000
 */
export function bucketsOf(period: ResolvedPeriod, unit: PeriodUnit, zone: string = period.zone): Bucket[] {
  const { rules, from, to } = period
  const covered = zone === period.zone ? period : coveredDates(from, to, zone)
  const step = UNIT_STEPS[unit]
  const buckets: Bucket[] = []
  let date = startOfUnit(covered.fromDate, unit, rules)
  let start = startOfDay(date, zone)
  while (date < covered.toDate) {
    const nextDate = addToDate(date, step)
    const next = startOfDay(nextDate, zone)
    const bucket = {
      key: unitKey(date, unit, rules),
      from: later(start, from),
      to: earlier(next, to),
      fromDate: later(date, covered.fromDate),
      toDate: earlier(nextDate, covered.toDate),
    }
    if (bucket.from < bucket.to && buckets.push(bucket) > MOST)
      throw invalid('period', 'too-many-buckets', `Use a coarser unit or a shorter period: at most ${MOST} buckets.`)
    date = nextDate
    start = next
  }
  return buckets
}

const later = <T extends Date | string>(one: T, other: T): T => (one > other ? one : other)
const earlier = <T extends Date | string>(one: T, other: T): T => (one < other ? one : other)
