import { timeOfDay } from '../kernel/time-of-day'
import { instantAt, wallClock } from '../kernel/zones'

const DAY = 86_400_000

/** When the quiet hours that it is now in are over; undefined when it is in none. */
export function quietUntil(now: number, hours: { from: string; to: string } | null, zone: string): number | undefined {
  if (!hours) return undefined
  const wall = wallClock(now, zone)
  const midnight = Math.floor(wall / DAY) * DAY
  const [from, to, time] = [timeOfDay(hours.from), timeOfDay(hours.to), wall - midnight]
  const isQuiet = from < to ? time >= from && time < to : time >= from || time < to
  if (!isQuiet) return undefined
  const end = instantAt((time < to ? midnight : midnight + DAY) + to, zone)
  // Of an hour that comes twice, the first one ends them.
  return end > now ? end : undefined
}

/** The first time after an instant that the clocks of a zone show that time of the day, once for each day. */
export function nextAt(after: number, time: string, zone: string): number {
  let wall = Math.floor(wallClock(after, zone) / DAY) * DAY + timeOfDay(time)
  while (instantAt(wall, zone) <= after) wall += DAY
  return instantAt(wall, zone)
}
