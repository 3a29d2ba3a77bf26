import { requireAny } from '../access/actor'
import { readInstant } from '../kernel/dates'
import { CrmError, invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { writeQuery } from '../records/checks'
import { createIn, shown, validateCreate } from '../records/create'
import { hold } from '../records/guard'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { cleanPeople } from './attendee-input'
import type { Invitee } from './attendee-types'
import { inviteIn } from './attendees'
import type { Meeting, NewMeeting } from './definition'
import { checkKeys } from './range-input'
import { checkRules, freeTimes, type SlotRules } from './slots'

/** A time to be taken, and the meeting to be made of it. */
export interface Booking extends SlotRules {
  /** When it begins. */
  from: Date | string
  /** The meeting, without its times. The first user owns it, the others are invited. */
  meeting: Omit<NewMeeting, 'startAt' | 'endAt' | 'startDate' | 'endDate' | 'recurrence' | 'exceptions' | 'owner'>
  /** Who else is invited. */
  invitees?: readonly Invitee[]
}

const DAY = 86_400_000
const OURS = ['startAt', 'endAt', 'startDate', 'endDate', 'recurrence', 'exceptions', 'owner']

/** Takes a time, when all of the users still have it. Of two who book the same, one gets CONFLICT. */
export async function bookSlot(caller: Caller, booking: Booking, options?: VerbOptions): Promise<Meeting> {
  checkKeys(booking, ['users', 'duration', 'bufferBefore', 'bufferAfter', 'notice', 'from', 'meeting', 'invitees'])
  const { from: given, meeting, invitees = [], ...rest } = booking
  const rules = checkRules(rest)
  const from = readInstant(given)
  if (from === undefined) throw invalid('from', 'invalid-instant', 'Give a Date, or ISO 8601 text with a zone.')
  const ours = OURS.find((name) => name in Object(meeting))
  if (ours !== undefined) throw invalid(`meeting.${ours}`, 'unknown-key', 'Leave it out: the booking says it.')
  const [startAt, endAt] = [new Date(from), new Date(from + rules.duration)]
  const [owner, ...others] = rules.users
  const values = await validateCreate(caller, 'meetings', { ...meeting, startAt, endAt, owner })
  const people = [...others.map((user) => ({ user })), ...invitees]
  const wanted = people.length === 0 ? [] : cleanPeople(caller, people, ['role', 'name'])
  return runVerb(caller, 'calendar.book', booking, options, async (write) => {
    requireAny(write.actor, 'meetings', 'create')
    requireAny(write.actor, 'users', 'read')
    const stretch = [from - rules.bufferBefore, endAt.getTime() + rules.bufferAfter] as const
    await hold(write, 'booking', held(rules.users, stretch))
    const { free } = await freeTimes(writeQuery(write), write, rules, [from, endAt.getTime()])
    if (!free.some(([start, end]) => start <= from && end >= endAt.getTime())) throw taken()
    const made = await createIn(write, 'meetings', values)
    if (wanted.length === 0) return shown(write, 'meetings', made) as unknown as Meeting
    return shown(write, 'meetings', await inviteIn(write, made, wanted)) as unknown as Meeting
  })
}

/** Whoever books one of these users on one of these days waits. In one order, so that nobody waits in a circle. */
function held(users: readonly string[], [from, to]: readonly [number, number]): string[] {
  const days: number[] = []
  for (let day = Math.floor(from / DAY); day <= Math.floor(to / DAY); day++) days.push(day)
  return users.flatMap((user) => days.map((day) => `${day}\n${user}`)).sort()
}

const taken = () =>
  new CrmError('CONFLICT', 'This time cannot be booked: not all of them work then and are free.', {
    field: 'from',
    rule: 'slot-taken',
    remedy: 'Ask for slots again, and let somebody choose another one.',
  })
