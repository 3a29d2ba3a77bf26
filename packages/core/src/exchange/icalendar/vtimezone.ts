import { offsetOf } from '../../kernel/zones'

/** A component as ical.js takes it: jCal, RFC 7265. */
export type JCal = [name: string, properties: JProperty[], parts: JCal[]]
export type JProperty = [name: string, params: Record<string, string>, type: string, ...values: unknown[]]

const DAY = 86_400_000
const YEARS_ON = 20

interface Change {
  instant: number
  before: number
  after: number
  /** What the clocks showed when they changed. */
  wall: Date
}

/**
 * VTIMEZONE of an IANA zone, for readers who do not know it by name or know its clocks of other years. Right from the year
 * before `from` on: for ever where the clocks change by a rule of one weekday of a month, else for twenty years.
 */
export function describeZone(zone: string, from: Date, now: Date): JCal {
  const firstYear = from.getUTCFullYear() - 1
  const lastYear = Math.max(firstYear, now.getUTCFullYear()) + YEARS_ON
  const begin = Date.UTC(firstYear, 0)
  const offset = offsetOf(zone, begin)
  const changes = changesOf(zone, begin, Date.UTC(lastYear + 1, 0))
  const parts = [observance({ before: offset, after: offset, wall: new Date(begin + offset) })]
  const byRule = new Map<string, Change[]>()
  for (const change of changes) {
    const { wall, before, after } = change
    const key = [wall.getUTCMonth(), wall.getUTCDay(), wall.getTime() % DAY, before, after].join()
    byRule.set(key, [...(byRule.get(key) ?? []), change])
  }
  for (const group of byRule.values()) {
    const lasting = everyYearUntil(group, lastYear)
    const place = placeInMonth(lasting.map(({ wall }) => wall))
    const single = place === undefined ? group : group.slice(0, group.length - lasting.length)
    parts.push(...single.map((change) => observance(change)))
    const [first] = lasting
    if (first && place !== undefined) parts.push(observance(first, place))
  }
  return ['vtimezone', [['tzid', {}, 'text', zone]], parts]
}

function changesOf(zone: string, from: number, to: number): Change[] {
  const changes: Change[] = []
  let before = offsetOf(zone, from)
  // Nowhere do the clocks change and change back within a week.
  for (let at = from; at < to; at += 7 * DAY) {
    const after = offsetOf(zone, at + 7 * DAY)
    if (after === before) continue
    let [early, late] = [at, at + 7 * DAY]
    while (late - early > 1_000) {
      const middle = early + Math.floor((late - early) / 2_000) * 1_000
      if (offsetOf(zone, middle) === before) early = middle
      else late = middle
    }
    changes.push({ instant: late, before, after, wall: new Date(late + before) })
    before = after
  }
  return changes
}

/** The end of a group that goes on each year to the last one looked at. */
function everyYearUntil(group: Change[], lastYear: number): Change[] {
  let start = group.length
  while (start > 0 && group[start - 1]?.wall.getUTCFullYear() === lastYear - (group.length - start)) start--
  return group.length - start >= 3 ? group.slice(start) : []
}

/** `-1SU` where all are the last one of their month, `2SU` where all are the second. */
function placeInMonth(days: Date[]): string | undefined {
  const [first] = days
  if (!first) return undefined
  const weekday = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'][first.getUTCDay()]
  const isLast = (day: Date) => new Date(day.getTime() + 7 * DAY).getUTCMonth() !== day.getUTCMonth()
  if (days.every(isLast)) return `-1${weekday}`
  const nth = (day: Date) => Math.ceil(day.getUTCDate() / 7)
  return days.every((day) => nth(day) === nth(first)) ? `${nth(first)}${weekday}` : undefined
}

function observance({ before, after, wall }: Omit<Change, 'instant'>, place?: string): JCal {
  const properties: JProperty[] = [
    ['dtstart', {}, 'date-time', wall.toISOString().slice(0, 19)],
    ['tzoffsetfrom', {}, 'utc-offset', offsetText(before)],
    ['tzoffsetto', {}, 'utc-offset', offsetText(after)],
  ]
  if (place) properties.push(['rrule', {}, 'recur', { freq: 'YEARLY', bymonth: wall.getUTCMonth() + 1, byday: place }])
  return [after > before ? 'daylight' : 'standard', properties, []]
}

function offsetText(offset: number): string {
  const seconds = Math.abs(offset) / 1_000
  const pad = (part: number) => String(Math.floor(part)).padStart(2, '0')
  const whole = `${offset < 0 ? '-' : '+'}${pad(seconds / 3_600)}:${pad((seconds / 60) % 60)}`
  return seconds % 60 === 0 ? whole : `${whole}:${pad(seconds % 60)}`
}
