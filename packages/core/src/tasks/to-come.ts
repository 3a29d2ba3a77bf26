import { occurrences } from '../kernel/recurrence'
import { addToDate, startOfDay, zonedDate } from '../kernel/zones'
import { courseIn, isDay } from './series'

/**
 * When the tasks of a series that are not made yet will be due, within a stretch: after the one given, on the clocks of its
 * assignee's zone; days begin when they do in that of the stretch. In order, at most `limit`.
 */
export async function dueToCome(
  task: Readonly<Record<string, unknown>>,
  assigneeZone: string,
  { from, to, zone }: { from: Date; to: Date; zone: string },
  limit: number,
): Promise<(Date | string)[]> {
  const { recurrence, at } = courseIn(task, assigneeZone)
  if (!isDay(at)) {
    const since = new Date(Math.max(from.getTime(), Date.parse(at) + 1))
    return since < to ? occurrences(recurrence, { from: since, to, limit }) : []
  }
  const since = startOfDay(maxDay(zonedDate(from, zone), addToDate(at, { days: 1 })), zone)
  return since < to ? occurrences({ ...recurrence, zone }, { from: since, to, limit }) : []
}

const maxDay = (one: string, other: string) => (one > other ? one : other)
