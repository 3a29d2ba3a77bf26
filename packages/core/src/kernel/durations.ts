import { addToDate, dateOfDay, epochDay } from './dates'
import { instantAt, wallClock } from './zones'

/** A length of time: steps on the calendar, and exact milliseconds. */
export interface Duration {
  years: number
  months: number
  days: number
  milliseconds: number
}

const DURATION =
  /^P(?=[\dT])(?:(\d{1,2})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/

/** An ISO 8601 duration in whole parts, such as `PT15M`, `P1D` or `P1W`; undefined for anything else. */
export function readDuration(text: unknown): Duration | undefined {
  const parts = typeof text === 'string' ? DURATION.exec(text) : null
  if (!parts) return undefined
  const part = (at: number) => Number(parts[at] ?? 0)
  return {
    years: part(1),
    months: part(2),
    days: part(3) * 7 + part(4),
    milliseconds: ((part(5) * 60 + part(6)) * 60 + part(7)) * 1000,
  }
}

/** Whether the length depends on the calendar of a zone: a day is 23 to 25 hours. */
export const needsCalendar = ({ years, months, days }: Duration): boolean => years + months + days > 0

/** The instant so long before another. A day before nine o'clock is nine o'clock, also where the clocks changed between. */
export function instantBefore(instant: number, duration: Duration, zone: string): number {
  if (!needsCalendar(duration)) return instant - duration.milliseconds
  const wall = wallClock(instant, zone)
  const day = Math.floor(wall / DAY)
  const { years, months, days } = duration
  const date = addToDate(dateOfDay(day), { years: -years, months: -months, days: -days })
  return instantAt(epochDay(date) * DAY + (wall - day * DAY), zone) - duration.milliseconds
}

const DAY = 86_400_000
