import { occurrences } from '../kernel/recurrence'
import { addToDate, epochDay, startOfDay } from '../kernel/zones'
import type { AnyRecord } from '../records/types'
import type { MeetingException, MeetingStatus } from './definition'
import { keyOf, recurrenceOf } from './exceptions'

/** A meeting as it takes place once. */
export interface Occurrence {
  /** Which one of a recurring meeting; null of one that takes place once. */
  occurrence: string | null
  status: MeetingStatus
  /** When, whole days as the clocks of the asker's zone have them. */
  from: Date
  to: Date
  /** Of whole days: from this to before that. */
  startDate: string | null
  endDate: string | null
}

export interface Stretch {
  from: Date
  to: Date
  /** Where whole days are meant. */
  zone: string
}

/** Every time that the meeting takes place within a stretch, even partly; cancelled ones left out. At most `limit` and one. */
export async function takesPlace(meeting: AnyRecord, stretch: Stretch, limit: number): Promise<Occurrence[]> {
  const all = meeting.recurrence === null ? [once(meeting, stretch.zone)] : await ofSeries(meeting, stretch, limit)
  return all.filter(({ status, from, to }) => status !== 'cancelled' && from < stretch.to && to > stretch.from)
}

function once(meeting: AnyRecord, zone: string): Occurrence {
  const time =
    meeting.startDate === null
      ? timed(meeting.startAt as Date, meeting.endAt as Date)
      : wholeDays(meeting.startDate as string, meeting.endDate as string, zone)
  return { occurrence: null, status: meeting.status as MeetingStatus, ...time }
}

async function ofSeries(meeting: AnyRecord, { from, to, zone }: Stretch, limit: number): Promise<Occurrence[]> {
  const exceptions = (meeting.exceptions ?? {}) as Record<string, MeetingException>
  const dated = meeting.startDate !== null
  const length = dated
    ? (epochDay(meeting.endDate as string) - epochDay(meeting.startDate as string)) * DAY
    : (meeting.endAt as Date).getTime() - (meeting.startAt as Date).getTime()
  // A day of a zone can be longer than 24 hours.
  const since = new Date(from.getTime() - length - (dated ? HOUR : 0))
  const found = await occurrences(recurrenceOf(meeting, dated ? zone : undefined), {
    from: since,
    to,
    limit: limit + 1,
  })
  const regular = found.filter((start) => !isMoved(exceptions[keyOf(start)]))
  return [
    ...regular.map((start) => ({
      occurrence: keyOf(start),
      status: exceptions[keyOf(start)]?.status ?? (meeting.status as MeetingStatus),
      ...(typeof start === 'string'
        ? wholeDays(start, addToDate(start, { days: length / DAY }), zone)
        : timed(start, new Date(start.getTime() + length))),
    })),
    ...Object.entries(exceptions)
      .filter(([, exception]) => isMoved(exception))
      .map(([occurrence, { status, startAt, endAt, startDate, endDate }]) => ({
        occurrence,
        status: status ?? (meeting.status as MeetingStatus),
        ...(startDate !== undefined
          ? wholeDays(startDate, endDate as string, zone)
          : timed(new Date(startAt as string), new Date(endAt as string))),
      })),
  ]
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

const isMoved = (exception: MeetingException | undefined) =>
  exception?.startAt !== undefined || exception?.startDate !== undefined

const timed = (from: Date, to: Date) => ({ from, to, startDate: null, endDate: null })

const wholeDays = (startDate: string, endDate: string, zone: string) => ({
  from: startOfDay(startDate, zone),
  to: startOfDay(endDate, zone),
  startDate,
  endDate,
})
