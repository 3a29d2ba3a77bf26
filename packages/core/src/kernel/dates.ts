import { invalid } from './errors'

/** A step on the calendar; parts may be negative. */
export interface DateStep {
  days?: number
  months?: number
  years?: number
}

/** True for `YYYY-MM-DD` that is a real date of the years 0001 to 9999. */
export function isCalendarDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const [year, month, day] = partsOf(value)
  return year > 0 && month > 0 && month <= 12 && day > 0 && day <= daysIn(year, month)
}

/** ISO 8601 with a zone; without one the instant would depend on the machine. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/

/** Milliseconds since 1970 of a valid Date, or of ISO 8601 text with a zone; undefined for anything else. */
export function readInstant(value: unknown): number | undefined {
  const time =
    value instanceof Date
      ? value.getTime()
      : typeof value === 'string' && INSTANT.test(value)
        ? Date.parse(value)
        : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

/**
 * A calendar date so many years, months and days on. Years and months first; a day that the month
 * lacks becomes its last one (2026-01-31 plus a month is 2026-02-28); then days.
 */
export function addToDate(date: string, { days = 0, months = 0, years = 0 }: DateStep): string {
  if (![days, months, years].every(Number.isInteger)) throw outOfRange()
  const start = epochDay(date)
  if (months === 0 && years === 0) return dateOfDay(start + days)
  const [year, month, day] = partsOf(date)
  const target = (year + years) * 12 + month - 1 + months
  const targetYear = Math.floor(target / 12)
  const targetMonth = target - targetYear * 12 + 1
  const targetDay = Math.min(day, daysIn(targetYear, targetMonth))
  return dateOfDay(dayNumber(targetYear, targetMonth, targetDay) + days)
}

/** Days since 1970-01-01 of a calendar date. Not a real date: VALIDATION on `date`. */
export function epochDay(date: string): number {
  if (!isCalendarDate(date)) throw invalid('date', 'invalid-date', 'Use a real calendar date as YYYY-MM-DD.')
  const [year, month, day] = partsOf(date)
  return dayNumber(year, month, day)
}

/** The calendar date of a number of days since 1970-01-01. */
export function dateOfDay(day: number): string {
  if (!(day >= FIRST && day <= LAST)) throw outOfRange()
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar, counted from 1 March so that leap days come last. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1
  const sinceMarch = (month + 9) % 12
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return 365 * shifted + leaps + Math.floor((153 * sinceMarch + 2) / 5) + day - 719_469
}

const partsOf = (date: string): [year: number, month: number, day: number] => [
  Number(date.slice(0, 4)),
  Number(date.slice(5, 7)),
  Number(date.slice(8, 10)),
]

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

const FIRST = dayNumber(1, 1, 1)
const LAST = dayNumber(9999, 12, 31)

const outOfRange = () =>
  invalid('date', 'date-out-of-range', 'Stay between the years 0001 and 9999, in whole days, months and years.')
