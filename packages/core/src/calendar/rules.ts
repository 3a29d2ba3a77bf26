import { invalid } from '../kernel/errors'
import { isTimeZone } from '../kernel/zones'
import type { Change } from '../records/definition'
import type { AnyRecord } from '../records/types'
import { checkSpan } from './span'

const DAY = 86_400_000
/** Until when something recurs that has no end. */
const FOREVER = new Date('9999-12-31T00:00:00Z')

/** What must hold of a meeting, whichever verb writes it. */
export async function meetingRules(change: Change): Promise<void> {
  const { before, after, given, write } = change
  after.uid ??= after.id
  after.zone ??= write.actor.zone
  if (!isTimeZone(after.zone)) throw invalid('zone', 'invalid-zone', 'Use an IANA zone such as Europe/Berlin.')
  const { first, last } = checkSpan(change)
  after.firstAt = first
  after.lastAt = after.recurrence !== null ? FOREVER : last.getTime() - first.getTime() > DAY ? last : null
  if (!given.has('sequence'))
    after.sequence = before ? (before.sequence as number) + (isNews(before, after) ? 1 : 0) : (after.sequence ?? 0)
}

/** What attendees must hear of. */
const NEWS = ['startAt', 'endAt', 'startDate', 'endDate', 'recurrence', 'location', 'url']

function isNews(before: AnyRecord, after: AnyRecord): boolean {
  const told = (meeting: AnyRecord) =>
    JSON.stringify([NEWS.map((name) => meeting[name]), meeting.status === 'cancelled', meeting.exceptions])
  return told(before) !== told(after)
}
