import type { Chance } from './chance'

export const DAY = 86_400_000
/** How much of the company's history there is. */
export const HISTORY_DAYS = 730

/** How busy a month is against the others: quiet summers and Decembers, trade fairs in spring and autumn. */
const MONTHS = [1, 1, 1.15, 1, 0.95, 1.05, 0.75, 0.65, 1.15, 1.15, 1.1, 0.7]
/** From Sunday on. */
const WEEKDAYS = [0.15, 1.1, 1.2, 1.15, 1.1, 0.85, 0.2]
/** How many times as many leads come at the end of the history as at its start. */
const GROWTH = 1.5

/** When leads come in, in order: more from year to year, by season and weekday, and some days for no reason at all. */
export function leadMoments(chance: Chance, total: number, today: Date): Date[] {
  const days: { start: number; weight: number }[] = []
  const first = startOfDay(today).getTime() - HISTORY_DAYS * DAY
  for (let index = 0; index < HISTORY_DAYS; index++) {
    const date = new Date(first + index * DAY)
    const busy = (MONTHS[date.getUTCMonth()] as number) * (WEEKDAYS[date.getUTCDay()] as number)
    days.push({ start: date.getTime(), weight: busy * GROWTH ** (index / HISTORY_DAYS) * chance.near(1, 0.25) })
  }
  const ends: number[] = []
  let sum = 0
  for (const { weight } of days) {
    sum += weight
    ends.push(sum)
  }
  const moments = Array.from({ length: total }, () => {
    const at = chance.between(0, sum)
    const day = days[ends.findIndex((end) => at < end)] ?? (days.at(-1) as (typeof days)[number])
    return day.start + hours(chance.between(6, 20))
  })
  return moments.sort((one, other) => one - other).map((moment) => new Date(moment))
}

/** A moment of a working day about so many days later, and later than `from` in any case. */
export function workMoment(chance: Chance, from: Date, daysLater: number): Date {
  const wanted = new Date(from.getTime() + daysLater * DAY)
  const weekend = { 0: 1, 6: 2 }[wanted.getUTCDay()] ?? 0
  const moment = startOfDay(wanted).getTime() + weekend * DAY + hours(chance.between(7, 16))
  if (moment > from.getTime()) return new Date(moment)
  return new Date(from.getTime() + hours(chance.between(0.25, 1.5)))
}

export const startOfDay = (date: Date): Date => new Date(`${dayOf(date)}T00:00:00Z`)
/** `YYYY-MM-DD`. */
export const dayOf = (date: Date): string => date.toISOString().slice(0, 10)
export const daysAfter = (date: Date, days: number): Date => new Date(date.getTime() + days * DAY)
/** First days of months, from so many months before a date to so many after it. */
export function monthsAround(today: Date, before: number, after: number): string[] {
  const at = (offset: number) => new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + offset, 1))
  return Array.from({ length: before + after + 1 }, (_, index) => dayOf(at(index - before)))
}

const hours = (count: number) => Math.round(count * 3_600_000)
