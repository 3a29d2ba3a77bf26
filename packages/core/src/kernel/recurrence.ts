import { addToDate, dateOfDay, isCalendarDate, readInstant } from './dates'
import { invalid } from './errors'
import { type Frequency, type RuleParts, ruleParts } from './recurrence-rule'
import { epochDay, instantAt, startOfDay, wallClock } from './zones'

export { checkRule } from './recurrence-rule'

/** Something that repeats, on the wall clock of its zone: nine o'clock stays nine o'clock when the clocks change. */
export interface Recurrence {
  /** An RRULE of RFC 5545, such as `FREQ=WEEKLY;BYDAY=MO`. */
  rule: string
  /** The first one: an instant, or a calendar date for what has no time. Counts only if the rule names it as well. */
  start: Date | string
  /** IANA zone whose clocks and calendar count. */
  zone: string
  /** Left out, by start; a calendar date leaves out all of that day. */
  except?: readonly (Date | string)[]
}

const DAY = 86_400_000
const MOST_STEPS = 40_000

/** How many milliseconds a step of each frequency takes at least. */
const STEP: Record<Frequency, number> = {
  YEARLY: 365 * DAY,
  MONTHLY: 28 * DAY,
  WEEKLY: 7 * DAY,
  DAILY: DAY,
  HOURLY: DAY / 24,
  MINUTELY: 60_000,
}

/**
 * Starts in [from, to), in order, at most `limit`: instants, or dates where `start` is one (a date starts at its midnight
 * in the zone). A time that the clocks skip moves forward by what they skip; of a time that comes twice it is the first.
 * Throws VALIDATION for a rule that {@link checkRule} refuses, an unknown zone, and a stretch that takes more than
 * 40,000 steps to walk.
 *
 * @example
 * await occurrences({ rule: 'FREQ=DAILY', start, zone: 'Europe/Berlin' }, { from, to, limit: 100 })
 */
export async function occurrences(
  recurrence: Recurrence,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<(Date | string)[]> {
  const course = readCourse(recurrence)
  const found = await walk(course, { from: from.getTime(), to: to.getTime(), limit })
  return found.map(course.answer)
}

/** The first start later than `after`, in the coming fifty years (or 40,000 steps). Undefined when there is none. */
export async function nextOccurrence(recurrence: Recurrence, after: Date | string): Promise<Date | string | undefined> {
  const course = readCourse(recurrence)
  const from = Math.max(course.firstAfter(after), course.startsAt)
  const walkFrom = course.parts.COUNT ? course.startsAt : from
  const to = Math.min(from + 50 * 366 * DAY, walkFrom + (MOST_STEPS - 10) * course.step - 3 * DAY)
  const [found] = await walk(course, { from, to, limit: 1 })
  return found && course.answer(found)
}

interface Found {
  wall: number
  instant: number
}

/** A recurrence read and checked; times of the wall clock are milliseconds as if its zone were UTC. */
interface Course {
  parts: RuleParts
  zone: string
  step: number
  startsAt: number
  startWall: number
  /** The last instant that it may start at. */
  until: number
  instantOf(wall: number): number
  isLeftOut(found: Found): boolean
  answer(found: Found): Date | string
  firstAfter(after: Date | string): number
}

function readCourse({ rule, start, zone, except = [] }: Recurrence): Course {
  const parts = ruleParts('recurrence.rule', rule)
  const step = STEP[parts.FREQ] * Number(parts.INTERVAL ?? 1)
  const dated = isCalendarDate(start)
  const startsAt = dated ? startOfDay(start, zone).getTime() : readInstant(start)
  if (startsAt === undefined)
    throw invalid('recurrence.start', 'invalid-instant', 'Give a Date or a date as YYYY-MM-DD.')
  if (startsAt < Date.UTC(1900, 0)) throw invalid('recurrence.start', 'date-out-of-range', 'Start after the year 1900.')
  if (dated && (STEP[parts.FREQ] < DAY || parts.BYHOUR || parts.BYMINUTE || parts.BYSECOND))
    throw invalid(
      'recurrence.rule',
      'needs-time',
      'Repeat a date by days, weeks, months or years, without times of day.',
    )
  const startWall = dated ? epochDay(start) * DAY : wallClock(startsAt, zone)
  const instantOf = (wall: number) => {
    if (dated) return startOfDay(dateOfDay(wall / DAY), zone).getTime()
    return wall === startWall ? startsAt : instantAt(wall, zone)
  }
  const dateOf = ({ wall }: Found) => dateOfDay(Math.floor(wall / DAY))
  const leftOut = new Set(
    except.map((one) => (typeof one === 'string' && isCalendarDate(one) ? one : readInstant(one))),
  )
  return {
    parts,
    zone,
    step,
    startsAt,
    startWall,
    until: lastInstant(parts.UNTIL, zone),
    instantOf,
    isLeftOut: (found) => leftOut.has(found.instant) || leftOut.has(dateOf(found)),
    answer: (found) => (dated ? dateOf(found) : new Date(found.instant)),
    firstAfter: (after) => {
      if (isCalendarDate(after)) return startOfDay(addToDate(after, { days: 1 }), zone).getTime()
      const instant = readInstant(after)
      if (instant === undefined) throw invalid('after', 'invalid-instant', 'Give a Date or a date as YYYY-MM-DD.')
      return instant + 1
    },
  }
}

/** The last instant that a rule's UNTIL lets it start at. It counts itself: a date with its whole day, a moment without Z on the clock of the zone. */
export function lastInstant(until: string | undefined, zone: string): number {
  if (until === undefined) return Number.POSITIVE_INFINITY
  const date = `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`
  if (until.length === 8) return startOfDay(addToDate(date, { days: 1 }), zone).getTime() - 1
  const wall = Date.parse(`${date}T${until.slice(9, 11)}:${until.slice(11, 13)}:${until.slice(13, 15)}Z`)
  return until.endsWith('Z') ? wall : instantAt(wall, zone)
}

async function walk(course: Course, window: { from: number; to: number; limit: number }): Promise<Found[]> {
  const { parts, step, startWall, zone } = course
  const to = Math.min(window.to, course.until + 1)
  if (!(window.from < to) || window.limit < 1) return []
  // A day more on both sides: what the clocks skip may change places with its neighbours.
  const firstWall = wallClock(window.from, zone) - DAY
  const lastWall = wallClock(to, zone) + DAY
  const walkFrom = parts.COUNT ? startWall : forwarded(course, firstWall)
  const steps = Math.ceil((lastWall - walkFrom) / step) + 2
  if (steps > MOST_STEPS)
    throw invalid('recurrence.rule', 'too-long', 'Ask for a shorter stretch, or start the recurrence later.')

  const found = new Map<number, Found>()
  let left = Number(parts.COUNT ?? Number.POSITIVE_INFINITY)
  let previous = Number.NEGATIVE_INFINITY
  let enoughAt = Number.POSITIVE_INFINITY
  await eachWall(course, walkFrom, steps, (wall) => {
    if (wall === previous) return true
    previous = wall
    if (wall > lastWall || wall > enoughAt + DAY) return false
    const one = { wall, instant: course.instantOf(wall) }
    if (one.instant >= window.from && one.instant < to && !course.isLeftOut(one)) found.set(one.instant, one)
    if (found.size === window.limit) enoughAt = Math.min(enoughAt, wall)
    return --left > 0
  })
  return [...found.values()].sort((a, b) => a.instant - b.instant).slice(0, window.limit)
}

/** A whole number of steps on from the start, still before `wall`: the same pattern, without walking there. */
function forwarded({ parts, step, startWall }: Course, wall: number): number {
  const interval = Number(parts.INTERVAL ?? 1)
  const start = new Date(startWall)
  const months = parts.FREQ === 'MONTHLY' ? interval : parts.FREQ === 'YEARLY' ? 12 * interval : 0
  if (months === 0) return startWall + Math.max(0, Math.floor((wall - startWall) / step) - 1) * step
  const target = new Date(wall)
  const passed = (target.getUTCFullYear() - start.getUTCFullYear()) * 12 + target.getUTCMonth() - start.getUTCMonth()
  const skipped = Math.floor(passed / months) - 1
  return skipped > 0 ? Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + skipped * months, 1) : startWall
}

/** The rule on a clock without zones, from the library, until `take` has had enough. */
async function eachWall(
  { parts, step, startWall }: Course,
  walkFrom: number,
  steps: number,
  take: (wall: number) => boolean,
): Promise<void> {
  if (isEven(parts)) {
    for (let at = 0; at < steps && take(walkFrom + at * step); at++);
    return
  }
  const module = await import('rrule')
  const { RRule } = (module as unknown as { default?: typeof module }).default ?? module
  const { COUNT, UNTIL, ...pattern } = parts
  const text = Object.entries(pattern).map(([name, value]) => `${name}=${value}`)
  // Within its weeks a rule stays on the weekday of its start; the library takes every day of them.
  if (parts.BYWEEKNO && !parts.BYDAY) text.push(`BYDAY=${WEEKDAY[new Date(startWall).getUTCDay()]}`)
  const milliseconds = ((startWall % 1_000) + 1_000) % 1_000
  const walker = new RRule({ ...RRule.parseString(text.join(';')), dtstart: new Date(startWall - milliseconds) }, true)
  // What the start implies (the day of the month, the time) is settled by now.
  walker.options.dtstart = new Date(walkFrom - (((walkFrom % 1_000) + 1_000) % 1_000))
  const { interval } = walker.options
  let reads = 0
  // Where nothing matches, the library walks on to the year 9999. It reads the interval twice a step and stops at 0.
  Object.defineProperty(walker.options, 'interval', { get: () => (++reads >= 2 * steps ? 0 : interval) })
  walker.all((date) => take(date.getTime() + milliseconds))
}

/** Every so many days or weeks and nothing else, as most rules are: that takes no library, and a tenth of the time. */
const isEven = (parts: RuleParts) =>
  (parts.FREQ === 'DAILY' || parts.FREQ === 'WEEKLY') && !Object.keys(parts).some((name) => name.startsWith('BY'))

const WEEKDAY = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

/** The moment after which none starts any more; undefined where it goes on for ever, or as good as that. */
async function lastStart(recurrence: Recurrence): Promise<Date | undefined> {
  const course = readCourse(recurrence)
  const { COUNT, UNTIL } = course.parts
  if (UNTIL !== undefined) return new Date(course.until)
  if (COUNT === undefined) return undefined
  const from = course.instantOf(course.startWall)
  const to = Math.min(from + (MOST_STEPS - 10) * course.step, LATEST)
  const found = await walk(course, { from, to, limit: Number(COUNT) })
  return found.length === Number(COUNT) ? new Date((found.at(-1) as Found).instant) : undefined
}

/** The last start of one that ends; refused where counting that far takes too long whenever a stretch of time is asked for. */
export async function finalStart(recurrence: Recurrence): Promise<Date | undefined> {
  const final = await lastStart(recurrence)
  if (ruleParts('recurrence', recurrence.rule).COUNT === undefined) return final
  const reach = final && { from: final, to: new Date(final.getTime() + 400 * DAY), limit: 1 }
  const countable = reach && (await occurrences(recurrence, reach).catch(() => undefined))
  if (!countable) throw invalid('recurrence', 'too-long', 'Give UNTIL in place of COUNT, or count less.')
  return final
}

const LATEST = Date.UTC(9999, 0)
