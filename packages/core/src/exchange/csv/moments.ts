import { instantAt, startOfDay } from '../../kernel/zones'
import { type DateOrder, readDate } from './calendar'

const TIME =
  /[T\s,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(z|utc|gmt|(?:utc|gmt)?[-+\u2212]\d{1,2}(?::?\d{2})?)?(?:\s*uhr)?$/i

export interface DateAndTime {
  date: string
  /** Milliseconds since midnight; undefined for a bare date. */
  time?: number
  /** Milliseconds ahead of UTC, where the text says so. */
  offset?: number
}

/** A date with or without time and zone; undefined when the text is none. */
export function readDateAndTime(text: string, order: DateOrder): DateAndTime | undefined {
  const match = TIME.exec(text)
  const date = readDate(match ? text.slice(0, match.index) : text, order)
  if (date === undefined) return undefined
  if (!match) return { date }
  const [, hour = '', minute = '', second = '0', fraction = '', half, zone] = match
  const clock = half ? twelveHours(Number(hour), /^p/i.test(half)) : Number(hour)
  if (!(clock <= 23 && Number(minute) <= 59 && Number(second) <= 60)) return undefined
  const time =
    ((clock * 60 + Number(minute)) * 60 + Math.min(Number(second), 59)) * 1_000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'))
  if (!zone) return { date, time }
  const offset = zoneOffset(zone)
  return offset === undefined ? undefined : { date, time, offset }
}

const twelveHours = (hour: number, afternoon: boolean) =>
  hour < 1 || hour > 12 ? Number.NaN : (hour % 12) + (afternoon ? 12 : 0)

function zoneOffset(zone: string): number | undefined {
  const match = /([-+\u2212])(\d{1,2}):?(\d{2})?$/.exec(zone)
  if (!match) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  if (minutes > 18 * 60) return undefined
  return (match[1] === '+' ? minutes : -minutes) * 60_000
}

/** The instant of a date and time: by its own zone, else on the clocks of `timeZone`. A bare date is the start of its day there. */
export function toInstant({ date, time, offset }: DateAndTime, timeZone: string): Date {
  if (time === undefined) return startOfDay(date, timeZone)
  const wall = Date.parse(`${date}T00:00:00Z`) + time
  return new Date(offset === undefined ? instantAt(wall, timeZone) : wall - offset)
}
