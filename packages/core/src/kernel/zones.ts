import { tzOffset } from '@date-fns/tz/tzOffset'
import { addToDate, dateOfDay, epochDay } from './dates'
import { invalid } from './errors'

export { addToDate, type DateStep, epochDay, isCalendarDate } from './dates'

const DAY = 86_400_000
const known = new Set<string>()

/**
 * True for an IANA zone name that this runtime knows, such as `Europe/Berlin` or `UTC`.
 * Bare offsets (`+02:00`) are not zones, and `europe/berlin` is not how the name is written.
 */
export function isTimeZone(zone: unknown): boolean {
  if (typeof zone !== 'string' || !/^[A-Za-z][\w+/-]{0,63}$/.test(zone)) return false
  if (known.has(zone)) return true
  const name = runtimeName(zone)
  if (name === undefined || (name !== zone && name.toLowerCase() === zone.toLowerCase())) return false
  if (known.size < 1_000) known.add(zone)
  return true
}

function runtimeName(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/** Offsets at midnight UTC by zone and day since 1970. */
const midnights = new Map<string, Map<number, number>>()
let remembered = 0

/** Milliseconds that the clocks of a zone are ahead of UTC at an instant. Unknown zone: VALIDATION on `timeZone`. */
export function offsetOf(zone: string, instant: number): number {
  const day = Math.floor(instant / DAY)
  const before = offsetAtMidnight(zone, day)
  // In the time zone data from 1967 to 2038 no zone changes its clocks twice within two days.
  return before === offsetAtMidnight(zone, day + 1) ? before : measuredOffset(zone, instant)
}

function offsetAtMidnight(zone: string, day: number): number {
  let days = midnights.get(zone)
  if (!days) {
    if (!isTimeZone(zone))
      throw invalid('timeZone', 'invalid-zone', 'Use an IANA time zone name such as Europe/Berlin or UTC.')
    days = new Map()
    midnights.set(zone, days)
  }
  let offset = days.get(day)
  if (offset === undefined) {
    offset = measuredOffset(zone, day * DAY)
    days.set(day, offset)
    if (++remembered > 50_000) forget()
  }
  return offset
}

function forget(): void {
  midnights.clear()
  remembered = 0
}

const measuredOffset = (zone: string, instant: number): number => Math.round(tzOffset(zone, new Date(instant)) * 60_000)

/** The calendar date (`YYYY-MM-DD`) that people in a zone write at an instant. */
export function zonedDate(instant: Date, zone: string): string {
  const time = instant.getTime()
  if (Number.isNaN(time)) throw invalid('date', 'invalid-date', 'Pass a valid Date.')
  return dateOfDay(Math.floor((time + offsetOf(zone, time)) / DAY))
}

/**
 * The first instant of a calendar date in a zone. Where the clocks skip midnight that is the moment after the
 * skip; where midnight comes twice, the first one; for a date that a zone left out altogether (Samoa,
 * 2011-12-30) the start of the next date, so such a day is empty.
 */
export function startOfDay(date: string, zone: string): Date {
  const midnight = epochDay(date) * DAY
  const early = midnight - DAY
  const late = midnight + DAY
  const before = offsetOf(zone, early)
  const after = offsetOf(zone, late)
  if (before === after) return new Date(midnight - before)
  const change = changeBetween(zone, early, late, before)
  if (midnight - before < change) return new Date(midnight - before)
  return new Date(Math.max(change, midnight - after))
}

/** What the clocks of a zone show at an instant, in milliseconds as if the zone were UTC. */
export const wallClock = (instant: number, zone: string): number => instant + offsetOf(zone, instant)

/**
 * The instant at which the clocks of a zone show that. A time that they skip moves forward by what they skip; of a time
 * that comes twice it is the first.
 */
export function instantAt(wall: number, zone: string): number {
  const before = offsetOf(zone, wall - DAY)
  const after = offsetOf(zone, wall + DAY)
  const early = wall - before
  const late = wall - after
  return offsetOf(zone, early) !== before && offsetOf(zone, late) === after ? late : early
}

/** The first instant in (early, late] at which a zone's offset is no longer `before`. */
function changeBetween(zone: string, early: number, late: number, before: number): number {
  let low = early
  let high = late
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetOf(zone, middle) === before) low = middle
    else high = middle
  }
  return high
}

/** Dates that a stretch between two instants touches, the end excluded. */
export function coveredDates(from: Date, to: Date, zone: string): { fromDate: string; toDate: string } {
  const lastMoment = new Date(to.getTime() - 1)
  return { fromDate: zonedDate(from, zone), toDate: addToDate(zonedDate(lastMoment, zone), { days: 1 }) }
}
