import { invalid } from '../kernel/errors'
import { addToDate, epochDay } from '../kernel/zones'
import type { Change } from '../records/definition'

/** From when to when something takes place; whole days begin and end at midnight UTC. The end is half-open. */
export interface Span {
  first: Date
  last: Date
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const LONGEST = 366 * DAY

/** Start and end in the two ways they can be given: as instants, and as whole days. */
const TIMED = {
  start: 'startAt',
  end: 'endAt',
  usual: HOUR,
  read: (value: unknown) => (value as Date).getTime(),
  write: (time: number): unknown => new Date(time),
}
const WHOLE_DAYS = {
  start: 'startDate',
  end: 'endDate',
  usual: DAY,
  read: (value: unknown) => epochDay(value as string) * DAY,
  write: (time: number): unknown => addToDate('1970-01-01', { days: time / DAY }),
}

/** Either instants or whole days. A start that is moved without its end takes the end along. */
export function checkSpan({ before, after, given }: Change): Span {
  const [way, other] = after.startDate === null ? [TIMED, WHOLE_DAYS] : [WHOLE_DAYS, TIMED]
  if (after[way.start] === null)
    throw invalid('startAt', 'required', 'Give an instant (startAt), or a day (startDate) for whole days.')
  if (after[other.start] !== null)
    throw invalid('startDate', 'two-starts', 'Give either startAt or startDate, and null for the other.')
  if (after[other.end] !== null && given.has(other.end))
    throw invalid(other.end, 'two-ends', `Give ${way.end} with ${way.start}, and null for ${other.end}.`)
  after[other.end] = null
  const first = way.read(after[way.start])
  if (after[way.end] === null || !given.has(way.end)) {
    const kept = before && before[way.start] !== null && before[way.end] !== null
    const length = kept ? way.read(before[way.end]) - way.read(before[way.start]) : way.usual
    after[way.end] = way.write(first + length)
  }
  const last = way.read(after[way.end])
  if (last <= first) throw invalid(way.end, 'ends-before-start', `Give an end later than ${way.start}.`)
  if (last - first > LONGEST) throw invalid(way.end, 'too-long', 'Give an end at most 366 days after the start.')
  return { first: new Date(first), last: new Date(last) }
}
