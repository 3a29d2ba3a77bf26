import { invalid } from '../kernel/errors'
import { checkRule } from '../kernel/recurrence-rule'
import { isTimeZone, startOfDay } from '../kernel/zones'
import { nowOf } from '../records/caller'
import type { Change } from '../records/definition'
import type { AnyRecord } from '../records/types'
import type { MeetingException } from './definition'
import { checkSpan, type Span } from './span'

const DAY = 86_400_000

/** What must hold of a meeting, whichever verb writes it. */
export async function meetingRules(change: Change): Promise<void> {
  const { before, after, given, write } = change
  after.uid ??= after.id
  after.zone ??= write.actor.zone
  if (!isTimeZone(after.zone)) throw invalid('zone', 'invalid-zone', 'Use an IANA zone such as Europe/Berlin.')
  if (after.recurrence !== null) after.recurrence = checkRule('recurrence', after.recurrence as string)
  const span = checkSpan(change)
  if (!before || TIMES.some((name) => !same(before[name], after[name]))) await placeInTime(change, span)
  if (!given.has('sequence'))
    after.sequence = before ? (before.sequence as number) + (isNews(before, after) ? 1 : 0) : (after.sequence ?? 0)
}

const TIMES = ['startAt', 'endAt', 'startDate', 'endDate', 'zone', 'recurrence', 'exceptions']

/** Between which moments all of it lies: what a range of time is compared with. */
async function placeInTime({ after, given, caller }: Change, { first, last }: Span) {
  const { timeZone } = caller.engine.settings
  if (after.recurrence === null) {
    if (given.has('exceptions') && after.exceptions !== null)
      throw invalid('exceptions', 'without-recurrence', 'Give a recurrence as well, or leave the exceptions out.')
    after.exceptions = null
    after.firstAt = first
    after.lastAt = last.getTime() - first.getTime() > DAY ? last : null
    after.nextAt = after.startAt ?? startOfDay(after.startDate as string, timeZone)
    return
  }
  const { courseOf, nextFrom } = await import('./course')
  Object.assign(after, await courseOf(after, { first, last }))
  after.nextAt = await nextFrom(after, nowOf(caller), timeZone)
}

/** What attendees must hear of: a change of its title, time or place, and whether it takes place. */
const isNews = (before: AnyRecord, after: AnyRecord): boolean => !same(newsOf(before), newsOf(after))

const newsOf = (meeting: AnyRecord) => [
  ...['title', 'startAt', 'endAt', 'startDate', 'endDate', 'recurrence', 'location', 'url'].map(
    (name) => meeting[name],
  ),
  meeting.recurrence !== null && meeting.zone,
  meeting.status === 'cancelled',
  Object.entries((meeting.exceptions as Record<string, MeetingException> | null) ?? {}).filter(
    ([, { status, startAt, startDate }]) => status === 'cancelled' || startAt !== undefined || startDate !== undefined,
  ),
]

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
