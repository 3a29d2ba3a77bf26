import type { CalendarRules, PeriodUnit } from './period-units'
import type { DateStep } from './zones'

/** A number of days, weeks, months or years: `'30d'`, `'12w'`, `'6m'`, `'1y'`. */
export type RollingLength = `${number}${'d' | 'w' | 'm' | 'y'}`

/**
 * A stretch of time as people name it; plain JSON, so it travels in filters and over HTTP.
 *
 * - `'today'`, `'yesterday'`, `'tomorrow'`
 * - `{ this: 'quarter' }`, `{ last: 'month' }`, `{ next: 'week' }`: the whole calendar unit
 * - `{ last: '30d' }`: the 30 days that end with today; `{ next: '7d' }`: the 7 days that begin tomorrow
 * - `{ from, to }`: from (included) to (excluded), as calendar dates in the asker's zone (`'2026-03-01'`) or as
 *   instants (a Date, or ISO 8601 text with an offset: `'2026-03-01T09:00:00Z'`)
 */
export type Period =
  | 'today'
  | 'yesterday'
  | 'tomorrow'
  | { this: PeriodUnit }
  | { last: PeriodUnit | RollingLength }
  | { next: PeriodUnit | RollingLength }
  | { from: string | Date; to: string | Date }

/** From whose point of view a period is read. */
export interface PeriodContext extends Partial<CalendarRules> {
  now: Date
  /** IANA zone of the asker. */
  zone: string
  /** Path named in errors; `period` unless told. */
  field?: string
}

/** A period on the time line, half-open: `from <= t < to`, and `fromDate <= date < toDate` for calendar dates. */
export interface ResolvedPeriod {
  from: Date
  to: Date
  fromDate: string
  /** The first date after the period. */
  toDate: string
  zone: string
  rules: CalendarRules
  /** How far back the previous period lies; missing for a range between instants, which goes by its milliseconds. */
  step?: DateStep
}

/** One piece of a period. */
export interface Bucket {
  /** The whole unit's name: `2026-03-02` (day, or week by its first day), `2026-03`, `2026-Q1`, `2026`, `FY2026-Q1`. */
  key: string
  from: Date
  to: Date
  fromDate: string
  toDate: string
}
