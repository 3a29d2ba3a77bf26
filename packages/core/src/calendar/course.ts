import { invalid } from '../kernel/errors'
import { finalStart, nextOccurrence } from '../kernel/recurrence'
import { startOfDay } from '../kernel/zones'
import type { AnyRecord } from '../records/types'
import type { MeetingException } from './definition'
import { keepExceptions, keyOf, recurrenceOf } from './exceptions'
import type { Span } from './span'

/** Until when something recurs that has no end. */
const FOREVER = new Date('9999-12-31T00:00:00Z')

/** Of a recurring meeting: its exceptions as far as its rule has such occurrences, and between which moments all of it lies. */
export async function courseOf(meeting: AnyRecord, { first, last }: Span) {
  const length = last.getTime() - first.getTime()
  if (length > LONGEST)
    throw invalid(meeting.startDate === null ? 'endAt' : 'endDate', 'too-long', 'Let what recurs take at most 31 days.')
  const final = await finalStart(recurrenceOf(meeting))
  const exceptions = await keepExceptions(meeting)
  const moved = Object.values(exceptions ?? {})
  const momentsOf = (...texts: (string | undefined)[]) => texts.flatMap((text) => (text ? [Date.parse(text)] : []))
  const starts = moved.flatMap(({ startAt, startDate }) => momentsOf(startAt, startDate))
  const ends = moved.flatMap(({ endAt, endDate }) => momentsOf(endAt, endDate))
  return {
    exceptions,
    firstAt: new Date(Math.min(first.getTime(), ...starts)),
    lastAt: final ? new Date(Math.max(final.getTime() + length + SLACK, ...ends)) : FOREVER,
  }
}

/** When a recurring meeting takes place next, as far as nothing is said of that time yet. */
export async function nextFrom(meeting: AnyRecord, now: Date, zone: string): Promise<Date | null> {
  const exceptions = (meeting.exceptions ?? {}) as Record<string, MeetingException>
  const instantOf = (start: Date | string) => (typeof start === 'string' ? startOfDay(start, zone) : start).getTime()
  const isOpen = ({ status = 'planned' }: MeetingException) => status === 'planned'
  const times = Object.values(exceptions)
    .filter(isOpen)
    .flatMap(({ startAt, startDate }) => (startDate ? instantOf(startDate) : startAt ? Date.parse(startAt) : []))
    .filter((time) => time >= now.getTime())
  const recurrence = recurrenceOf(meeting, meeting.startDate === null ? undefined : zone)
  let start = await nextOccurrence(recurrence, new Date(now.getTime() - 1))
  while (start !== undefined && keyOf(start) in exceptions) start = await nextOccurrence(recurrence, start)
  if (start !== undefined) times.push(instantOf(start))
  return times.length === 0 ? null : new Date(Math.min(...times))
}

const LONGEST = 31 * 86_400_000

/** Whole days lie elsewhere in each zone. */
const SLACK = 86_400_000
