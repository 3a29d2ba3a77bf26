import { isCalendarDate, readInstant } from '../kernel/dates'
import { invalid } from '../kernel/errors'
import { occurrences } from '../kernel/recurrence'
import type { AnyRecord } from '../records/types'
import type { MeetingException } from './definition'

type Exceptions = Record<string, MeetingException>

const KEYS = ['status', 'startAt', 'endAt', 'startDate', 'endDate']
const STATUSES = ['planned', 'held', 'no-show', 'cancelled']
const MOST_OCCURRENCES = 50_000

/** Well-formed exceptions of a recurring meeting, and only those of occurrences that its rule has. */
export async function keepExceptions(meeting: AnyRecord): Promise<Exceptions | null> {
  const dated = meeting.startDate !== null
  const cleaned = Object.entries((meeting.exceptions as Exceptions | null) ?? {}).map(
    ([key, given]): [string, MeetingException] => [
      cleanTime(dated, `exceptions.${key}`, key),
      cleanException(dated, `exceptions.${key}`, given),
    ],
  )
  const keys = cleaned.map(([key]) => key).sort()
  const [first, last] = [keys[0], keys.at(-1)]
  if (first === undefined || last === undefined) return null
  const known = await occurrences(recurrenceOf(meeting), {
    from: new Date(Date.parse(first) - 2 * DAY),
    to: new Date(Date.parse(last) + 2 * DAY),
    limit: MOST_OCCURRENCES,
  })
  const names = new Set(known.map(keyOf))
  const kept = cleaned.filter(([key]) => names.has(key))
  return kept.length === 0 ? null : Object.fromEntries(kept)
}

const DAY = 86_400_000

/** What an occurrence is called by. */
export const keyOf = (start: Date | string): string => (typeof start === 'string' ? start : start.toISOString())

export const recurrenceOf = (meeting: AnyRecord, zone = meeting.zone as string) => ({
  rule: meeting.recurrence as string,
  start: (meeting.startDate ?? meeting.startAt) as Date | string,
  zone,
})

function cleanTime(dated: boolean, path: string, value: unknown): string {
  if (dated) {
    if (isCalendarDate(value)) return value
    throw invalid(path, 'invalid-date', 'Give a calendar date as YYYY-MM-DD, since the meeting is of whole days.')
  }
  const instant = readInstant(value)
  if (instant !== undefined) return new Date(instant).toISOString()
  throw invalid(path, 'invalid-instant', 'Give ISO 8601 text with a zone such as 2026-03-01T09:00:00Z.')
}

function cleanException(dated: boolean, path: string, given: unknown): MeetingException {
  const exception = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>
  const unknown = Object.keys(exception).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(`${path}.${unknown}`, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  const { status } = exception
  if (status !== undefined && !STATUSES.includes(status as string))
    throw invalid(`${path}.status`, 'invalid-option', `Use one of: ${STATUSES.join(', ')}.`)
  const [start, end] = dated ? (['startDate', 'endDate'] as const) : (['startAt', 'endAt'] as const)
  const other = (dated ? ['startAt', 'endAt'] : ['startDate', 'endDate']).find((name) => exception[name] !== undefined)
  if (other) throw invalid(`${path}.${other}`, 'two-starts', `Move it by ${start} and ${end}, as the meeting has them.`)
  const cleaned: MeetingException = { ...(status !== undefined && { status: status as never }) }
  if (exception[start] === undefined && exception[end] === undefined) return cleaned
  cleaned[start] = cleanTime(dated, `${path}.${start}`, exception[start])
  cleaned[end] = cleanTime(dated, `${path}.${end}`, exception[end])
  if (cleaned[end] <= cleaned[start])
    throw invalid(`${path}.${end}`, 'ends-before-start', `Give an end later than ${start}.`)
  return cleaned
}
