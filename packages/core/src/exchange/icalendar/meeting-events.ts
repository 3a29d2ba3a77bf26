import type { MeetingException } from '../../calendar/definition'
import type { AnyRecord } from '../../records/types'
import type { WrittenEvent } from './write'

/** A meeting as calendars know it: one event, and one for each occurrence that is at another time than its rule says. */
export function meetingEvents(meeting: AnyRecord, people: Partial<WrittenEvent> = {}): WrittenEvent[] {
  const text = (name: string) => (meeting[name] as string | null | undefined) ?? undefined
  const exceptions = Object.entries((meeting.exceptions as Record<string, MeetingException> | null | undefined) ?? {})
  const common = {
    uid: meeting.uid as string,
    sequence: meeting.sequence as number,
    stamp: meeting.updatedAt,
    zone: meeting.zone as string,
    title: text('title') ?? 'Meeting',
    description: text('description'),
    location: text('location'),
    url: text('url'),
    status: meeting.status === 'cancelled' ? 'cancelled' : 'confirmed',
    busy: meeting.busy !== false,
    ...people,
  }
  const series = {
    ...common,
    start: (meeting.startDate ?? meeting.startAt) as Date | string,
    end: (meeting.endDate ?? meeting.endAt) as Date | string,
  }
  const rule = text('recurrence')
  if (rule === undefined) return [series] as WrittenEvent[]
  const cancelled = exceptions.filter(([, { status }]) => status === 'cancelled')
  const moved = exceptions.filter(
    ([, { status, startAt, startDate }]) => status !== 'cancelled' && (startAt ?? startDate),
  )
  return [
    { ...series, recurrence: { rule, except: cancelled.map(([key]) => timeOf(key)), also: [] } },
    ...moved.map(([key, { startAt, startDate, endAt, endDate }]) => ({
      ...common,
      recurrenceId: timeOf(key),
      start: timeOf(startAt ?? startDate),
      end: timeOf(endAt ?? endDate),
    })),
  ] as WrittenEvent[]
}

/** Dates are themselves, anything else is an instant in ISO 8601. */
const timeOf = (text = '') => (text.length === 10 ? text : new Date(text))
