import { addToDate, type DateStep, epochDay } from './zones'

/** What reports can be cut into. */
export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year'
/** What `{ this }`, `{ last }` and `{ next }` can name. */
export type PeriodUnit = CalendarUnit | 'fiscal-quarter' | 'fiscal-year'

/** How a tenant counts weeks and fiscal years. */
export interface CalendarRules {
  /** 1 Monday (default), 0 Sunday. */
  weekStartsOn: 0 | 1
  /** First month of the fiscal year, 1 (default) to 12. */
  fiscalYearStart: number
}

/** How far one unit reaches. */
export const UNIT_STEPS: Readonly<Record<PeriodUnit, DateStep>> = {
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { months: 12 },
  'fiscal-quarter': { months: 3 },
  'fiscal-year': { months: 12 },
}

export const isPeriodUnit = (value: unknown): value is PeriodUnit =>
  typeof value === 'string' && Object.hasOwn(UNIT_STEPS, value)

/** First calendar date of the unit that a date lies in. */
export function startOfUnit(date: string, unit: PeriodUnit, rules: CalendarRules): string {
  if (unit === 'day') return date
  if (unit === 'week') return addToDate(date, { days: -((weekday(date) - rules.weekStartsOn + 7) % 7) })
  const month = monthOf(date)
  const firstMonth = unit.startsWith('fiscal') ? rules.fiscalYearStart : 1
  const length = UNIT_STEPS[unit].months ?? 1
  const into = (month - firstMonth + 12) % length
  return `${addToDate(`${date.slice(0, 8)}01`, { months: -into }).slice(0, 8)}01`
}

/**
 * Name of the unit that starts on a date: `2026-03-02` (day, and week by its first day), `2026-03`, `2026-Q1`,
 * `2026`, `FY2026-Q1`, `FY2026`. A fiscal year is named by the calendar year in which it ends.
 */
export function unitKey(start: string, unit: PeriodUnit, rules: CalendarRules): string {
  if (unit === 'day' || unit === 'week') return start
  if (unit === 'month') return start.slice(0, 7)
  if (unit === 'quarter') return `${start.slice(0, 4)}-Q${Math.ceil(monthOf(start) / 3)}`
  if (unit === 'year') return start.slice(0, 4)
  const yearStart = startOfUnit(start, 'fiscal-year', rules)
  const year = `FY${addToDate(yearStart, { months: 11 }).slice(0, 4)}`
  if (unit === 'fiscal-year') return year
  return `${year}-Q${((monthOf(start) - rules.fiscalYearStart + 12) % 12) / 3 + 1}`
}

/** 0 Sunday to 6 Saturday. */
const weekday = (date: string): number => (((epochDay(date) + 4) % 7) + 7) % 7

const monthOf = (date: string): number => Number(date.slice(5, 7))
