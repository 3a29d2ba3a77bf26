import { invalid } from '../kernel/errors'
import { lastStart, nextOccurrence, occurrences } from '../kernel/recurrence'
import { ruleParts } from '../kernel/recurrence-rule'
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
  const final = await finalStart(meeting)
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

/** The last start of one that ends; refused where counting that far takes too long whenever a range of time is asked for. */
async function finalStart(meeting: AnyRecord): Promise<Date | undefined> {
  const recurrence = recurrenceOf(meeting)
  const final = await lastStart(recurrence)
  if (ruleParts('recurrence', recurrence.rule).COUNT === undefined) return final
  const reach = final && { from: final, to: new Date(final.getTime() + 400 * SLACK), limit: 1 }
  const countable = reach && (await occurrences(recurrence, reach).catch(() => undefined))
  if (!countable) throw invalid('recurrence', 'too-long', 'Give UNTIL in place of COUNT, or count less.')
  return final
}

const LONGEST = 31 * 86_400_000

/** Whole days lie elsewhere in each zone. */
const SLACK = 86_400_000
