import { defineRecord } from '../records/definition'
import { defaulted, type Field, field, server, stamped } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'

const MEETING_STATUSES = ['planned', 'held', 'no-show', 'cancelled'] as const
export type MeetingStatus = (typeof MEETING_STATUSES)[number]

/** How one occurrence of a recurring meeting differs from the others. What is not given is as the rule says. */
export interface MeetingException {
  /** What became of it. A cancelled one takes place neither then nor at another time. */
  status?: MeetingStatus
  /** Moved there: ISO 8601 instants, the end half-open. */
  startAt?: string
  endAt?: string
  /** The same for whole days. */
  startDate?: string
  endDate?: string
}

/** An appointment with people, once or recurring. The owner is the organiser. */
export const meetingFields = {
  title: field.text({ required: true, folded: true }),
  description: field.text({ max: 20_000 }),
  location: field.text({ max: 1000 }),
  /** Where to meet online. */
  url: field.url(),
  /** When it starts; of a recurring meeting, the first time. Either this or `startDate`. */
  startAt: field.instant(),
  /** When it is over. An hour after the start by default. */
  endAt: field.instant(),
  /** First of whole days, the same for everybody wherever they are. */
  startDate: field.date(),
  /** The day after the last one. The day after `startDate` by default. */
  endDate: field.date(),
  /** IANA zone whose clocks a recurring meeting follows. The writer's own by default. */
  zone: defaulted(field.text({ max: 64 })),
  status: defaulted(field.select(MEETING_STATUSES), 'planned'),
  /** Whether it takes up the time of those who attend. */
  busy: defaulted(field.boolean(), true),
  /** How it recurs: an RRULE of RFC 5545, such as `FREQ=WEEKLY;BYDAY=MO`. */
  recurrence: field.text({ max: 500 }),
  /** Occurrences that differ, by when the rule has them start: an ISO 8601 instant in UTC, or a date for whole days. */
  exceptions: field.json<Record<string, MeetingException>>(),
  lead: field.link('leads'),
  contact: field.link('contacts'),
  company: field.link('companies'),
  deal: field.link('deals'),
  /** When to remind the organiser, while the meeting is planned. */
  reminders: field.reminders(),
  /** What calendars know it by. Never changes. */
  uid: { ...stamped(field.text()), unique: true } as Field<string, string, 'stamped'>,
  /** One more with each change that attendees must hear of: of its title, its time, its place, or whether it takes place. */
  sequence: stamped(field.integer()),
  /** When it takes place for the first time; whole days begin at midnight UTC. */
  firstAt: stamped(field.instant()),
  /** When it is over for good, where that may be more than a day after `firstAt`; the year 9999 when it recurs for ever. */
  lastAt: server(field.instant()),
  /** When it takes place next, still to come where it recurs; null when a recurring one is over. */
  nextAt: server(field.instant()),
  /** What was logged when it was held. */
  activity: server(field.link('activities')),
}

const TIMES = ['startAt', 'endAt', 'startDate', 'endDate', 'recurrence', 'exceptions'] as const

export const meetings = defineRecord({
  type: 'meetings',
  table: 'meeting',
  fields: meetingFields,
  title: 'title',
  searched: ['title', 'location'],
  duplicateBy: ['uid'],
  parts: ['attendees'],
  madeFrom: {
    endAt: ['startAt'],
    endDate: ['startDate'],
    firstAt: TIMES,
    lastAt: TIMES,
    nextAt: TIMES,
    sequence: [...TIMES, 'title', 'zone', 'location', 'url', 'status'],
    activity: ['status'],
  },
  concerns: ['lead', 'contact', 'company', 'deal'],
  open: "status = 'planned'",
  nextStep: { status: ['planned'], instant: 'nextAt' },
  rules: async (change) => (await import('./rules')).meetingRules(change),
  afterWrite: async (change) => (await import('./attendance')).followMeeting(change),
  afterRemove: async (change) => (await import('./attendance')).keepTurn(change),
  eventName: ({ before, after }) =>
    before && before.status !== after.status && (after.status === 'held' || after.status === 'cancelled')
      ? `meeting.${after.status}`
      : undefined,
  sideTables: [
    ['meeting_attendee', 'meeting_id'],
    ['meeting_mail', 'meeting_id'],
    ['meeting_origin', 'meeting_id'],
  ],
})

export interface Meeting<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof meetingFields> {}
export type NewMeeting<Custom = Record<string, unknown>> = CreateOf<typeof meetingFields> & BaseInput<Custom>
export type MeetingPatch<Custom = Record<string, unknown>> = PatchOf<typeof meetingFields> & BaseInput<Custom>
