import { lastStart } from '../kernel/recurrence'
import type { AnyRecord } from '../records/types'
import { keepExceptions, recurrenceOf } from './exceptions'
import type { Span } from './span'

/** Until when something recurs that has no end. */
const FOREVER = new Date('9999-12-31T00:00:00Z')

/** Of a recurring meeting: its exceptions as far as its rule has such occurrences, and between which moments all of it lies. */
export async function courseOf(meeting: AnyRecord, { first, last }: Span) {
  const exceptions = await keepExceptions(meeting)
  const final = await lastStart(recurrenceOf(meeting))
  const moved = Object.values(exceptions ?? {})
  const momentsOf = (...texts: (string | undefined)[]) => texts.flatMap((text) => (text ? [Date.parse(text)] : []))
  const starts = moved.flatMap(({ startAt, startDate }) => momentsOf(startAt, startDate))
  const ends = moved.flatMap(({ endAt, endDate }) => momentsOf(endAt, endDate))
  const length = last.getTime() - first.getTime()
  return {
    exceptions,
    firstAt: new Date(Math.min(first.getTime(), ...starts)),
    lastAt: final ? new Date(Math.max(final.getTime() + length + SLACK, ...ends)) : FOREVER,
  }
}

/** Whole days lie elsewhere in each zone. */
const SLACK = 86_400_000
