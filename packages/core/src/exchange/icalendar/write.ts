import type ICAL from 'ical.js'
import { isCalendarDate, readInstant } from '../../kernel/dates'
import { checkRule, lastInstant } from '../../kernel/recurrence'
import { instantAt, isTimeZone, wallClock } from '../../kernel/zones'
import { refuse } from './components'
import type { CalendarAnswer, CalendarEvent, CalendarPerson } from './types'
import { describeZone, type JCal, type JProperty } from './vtimezone'

/** An event to write: as `readCalendar` gives it, where only these are needed. */
export type WrittenEvent = Partial<CalendarEvent> & Required<Pick<CalendarEvent, 'uid' | 'start' | 'zone'>>

export interface WrittenCalendar {
  /** `REQUEST` invites, `CANCEL` calls off, `REPLY` answers; none for a calendar to look at. */
  method?: 'PUBLISH' | 'REQUEST' | 'CANCEL' | 'REPLY'
  name?: string
  events: readonly WrittenEvent[]
}

/** See `writeCalendar`. */
export async function writeCalendarText({ method, name, events }: WrittenCalendar, now: Date): Promise<string> {
  const module = await import('ical.js')
  const library = module.default ?? module
  const properties: JProperty[] = [
    ['version', {}, 'text', '2.0'],
    ['prodid', {}, 'text', '-//Rapport//Rapport//EN'],
    ['calscale', {}, 'text', 'GREGORIAN'],
  ]
  if (method) properties.push(['method', {}, 'text', method])
  // No type of its own, so that no VALUE is written, which some readers of this name do not expect.
  if (name)
    properties.push([
      'x-wr-calname',
      {},
      'unknown',
      plain(name)
        .replace(/[\\;,]/g, '\\$&')
        .replace(/\n/g, '\\n'),
    ])
  for (const [at, event] of events.entries()) checkEvent(event, `events.${at}`)
  const parts = [...zonesOf(events, now), ...events.map((event) => eventComponent(event, now))]
  return folded(library, ['vcalendar', properties, parts])
}

/** Lines of 75 bytes: the library does not count the blank that begins the ones that go on. */
function folded(library: typeof ICAL, calendar: JCal): string {
  const { foldLength } = library
  library.foldLength = 74
  try {
    return `${library.stringify(calendar)}\r\n`
  } finally {
    library.foldLength = foldLength
  }
}

function checkEvent({ uid, start, end, zone }: WrittenEvent, field: string): void {
  const isTime = (value: unknown) =>
    isCalendarDate(value) || (value instanceof Date && readInstant(value) !== undefined)
  if (typeof uid !== 'string' || uid === '') throw refuse('required', `Give ${field}.uid: what calendars know it by.`)
  if (!isTime(start)) throw refuse('invalid-start', `Give ${field}.start as a Date or a date as YYYY-MM-DD.`)
  if (end !== undefined && (!isTime(end) || typeof end !== typeof start))
    throw refuse('invalid-end', `Give ${field}.end as a Date or a date, as its start.`)
  if (!isTimeZone(zone)) throw refuse('invalid-zone', `Give ${field}.zone as an IANA zone such as Europe/Berlin.`)
}

/** Descriptions of the zones that times are written in, each right for the earliest of them. */
function zonesOf(events: readonly WrittenEvent[], now: Date): JCal[] {
  const earliest = new Map<string, number>()
  for (const event of events) {
    if (!(event.start instanceof Date) || !usesZone(event)) continue
    earliest.set(event.zone, Math.min(earliest.get(event.zone) ?? Number.POSITIVE_INFINITY, event.start.getTime()))
  }
  return [...earliest].map(([zone, from]) => describeZone(zone, new Date(from), now))
}

/** A time that comes twice can be told from the first one only in UTC. */
function usesZone({ start, end, zone, recurrence }: WrittenEvent): boolean {
  if (zone === 'UTC') return false
  const isFirst = (time: unknown) =>
    !(time instanceof Date) || instantAt(wallClock(time.getTime(), zone), zone) === time.getTime()
  return recurrence !== undefined || (isFirst(start) && isFirst(end))
}

function eventComponent(event: WrittenEvent, now: Date): JCal {
  const zone = usesZone(event) ? event.zone : 'UTC'
  const properties: JProperty[] = []
  const add = (name: string, type: string, value: unknown, params = {}) =>
    void (value !== undefined && value !== '' && properties.push([name, params, type, value]))
  const text = (name: string, value: string | undefined) => add(name, 'text', value && plain(value))
  const times = (name: string, values: readonly (Date | string)[] = []) => {
    for (const value of values) properties.push(timeProperty(name, value, zone))
  }

  text('uid', event.uid)
  add('sequence', 'integer', event.sequence ?? 0)
  properties.push(timeProperty('dtstamp', event.stamp ?? now, 'UTC'))
  times('dtstart', [event.start])
  if (event.end !== undefined && event.end > event.start) times('dtend', [event.end])
  if (event.recurrenceId !== undefined) times('recurrence-id', [event.recurrenceId])
  const { rule, except, also } = event.recurrence ?? {}
  if (rule) add('rrule', 'recur', rulePart(rule, event))
  times('exdate', except)
  times('rdate', also)
  text('summary', event.title)
  text('description', event.description)
  text('location', event.location)
  add('url', 'uri', event.url && plain(event.url).replace(/\s/g, ''))
  text('status', event.status?.toUpperCase())
  add('transp', 'text', event.busy === false ? 'TRANSPARENT' : 'OPAQUE')
  if (event.categories?.length) properties.push(['categories', {}, 'text', ...event.categories.map(plain)])
  if (event.organizer) add('organizer', 'cal-address', mailto(event.organizer), named(event.organizer))
  for (const attendee of event.attendees ?? []) {
    const role = attendee.optional ? 'OPT-PARTICIPANT' : 'REQ-PARTICIPANT'
    const partstat = PARTSTAT[attendee.answer]
    add('attendee', 'cal-address', mailto(attendee), { ...named(attendee), role, partstat, rsvp: 'TRUE' })
  }
  return ['vevent', properties, []]
}

const PARTSTAT: Record<CalendarAnswer, string> = {
  pending: 'NEEDS-ACTION',
  accepted: 'ACCEPTED',
  declined: 'DECLINED',
  tentative: 'TENTATIVE',
}

function timeProperty(name: string, value: Date | string, zone: string): JProperty {
  if (typeof value === 'string') return [name, {}, 'date', value]
  const wall = new Date(wallClock(value.getTime(), zone)).toISOString().slice(0, 19)
  return zone === 'UTC' ? [name, {}, 'date-time', `${wall}Z`] : [name, { tzid: zone }, 'date-time', wall]
}

/** The last start is told as readers expect it: in UTC for times, as a date for days. */
function rulePart(rule: string, { start, zone }: WrittenEvent): Record<string, string> {
  const parts = checkRule('calendar', rule)
    .split(';')
    .map((part) => part.split('=') as [string, string])
  return Object.fromEntries(
    parts.map(([name, value]) => {
      if (name !== 'UNTIL') return [name.toLowerCase(), value]
      if (typeof start === 'string') return ['until', `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6, 8)}`]
      return ['until', `${new Date(lastInstant(value, zone)).toISOString().slice(0, 19)}Z`]
    }),
  )
}

/** Line ends of one kind, and none of the characters that the format does not know. */
const plain = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\0-\x08\x0e-\x1f\x7f\p{Surrogate}]/gu, '')

/** An address is part of a line of its own: nothing in it may end the line. */
const mailto = ({ address }: CalendarPerson) => `mailto:${plain(address).replace(/[\s<>"]/g, '')}`
const named = ({ name }: CalendarPerson): Record<string, string> => (name ? { cn: plain(name) } : {})
