import { invalid } from './errors'

export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** From when to when, `HH:MM` on the clocks of a zone; `24:00` is the end of the day. */
export interface WorkingTime {
  from: string
  to: string
}

/**
 * When somebody works in the course of a week; days left out are free.
 *
 * @example
 * { monday: [{ from: '09:00', to: '12:30' }, { from: '13:15', to: '17:00' }], tuesday: [{ from: '14:00', to: '24:00' }] }
 */
export type WeeklyHours = Partial<Record<Weekday, readonly WorkingTime[]>>

const nineToFive = [{ from: '09:00', to: '17:00' }]
export const STANDARD_HOURS: WeeklyHours = {
  monday: nineToFive,
  tuesday: nineToFive,
  wednesday: nineToFive,
  thursday: nineToFive,
  friday: nineToFive,
}

const MAX_A_DAY = 10
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/

/** Minutes since midnight of `HH:MM`. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** Throws VALIDATION on `field` for what is no week: unknown days, times that are none, or times that overlap. */
export function checkWeeklyHours(field: string, hours: unknown): asserts hours is WeeklyHours {
  if (typeof hours !== 'object' || hours === null || Array.isArray(hours))
    throw invalid(field, 'wrong-type', "Give an object such as { monday: [{ from: '09:00', to: '17:00' }] }.")
  for (const [day, times] of Object.entries(hours)) {
    const path = `${field}.${day}`
    if (!(WEEKDAYS as readonly string[]).includes(day))
      throw invalid(path, 'unknown-key', `Use only: ${WEEKDAYS.join(', ')}.`)
    if (!Array.isArray(times) || times.length > MAX_A_DAY)
      throw invalid(path, 'wrong-type', `Give a list of at most ${MAX_A_DAY} times.`)
    checkTimes(path, times)
  }
}

function checkTimes(path: string, times: readonly unknown[]) {
  let end = -1
  for (const [index, time] of times.entries()) {
    const { from, to, ...rest } = Object(time) as Record<string, unknown>
    const unknown = Object.keys(rest)[0]
    if (unknown !== undefined) throw invalid(`${path}.${index}.${unknown}`, 'unknown-key', 'Use only: from, to.')
    for (const [name, value] of Object.entries({ from, to }))
      if (typeof value !== 'string' || !TIME.test(value))
        throw invalid(`${path}.${index}.${name}`, 'invalid-time', 'Give a time of day as HH:MM, such as 09:30.')
    const [start, stop] = [minutesOf(from as string), minutesOf(to as string)]
    if (stop <= start) throw invalid(`${path}.${index}.to`, 'ends-before-start', 'Give a time later than from.')
    if (start < end)
      throw invalid(`${path}.${index}.from`, 'overlaps', 'Give the times of a day in order, without overlap.')
    end = stop
  }
}
