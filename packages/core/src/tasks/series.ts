import { invalid, isCrmError } from '../kernel/errors'
import { checkRule, finalStart, nextOccurrence, type Recurrence } from '../kernel/recurrence'
import { instantAt, wallClock } from '../kernel/zones'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import type { AnyRecord } from '../records/types'
import type { WriteSession } from '../records/write'

/** Where a task stands in its recurrence: days as `2026-03-01`, instants as ISO 8601 in UTC. */
export interface TaskSchedule {
  /** What the rule counts from: when the task for which it was given was due. */
  start: string
  /** When this one is due by the rule. */
  at: string
  /** The zone on whose clocks an instant keeps its time. */
  zone: string
}

/** A task for which a rule is given starts the count of that rule where it is due. */
export async function beginSeries({ before, after, write }: Change): Promise<void> {
  after.recurrence = checkRule('recurrence', after.recurrence as string)
  const due = after.dueDate ?? (after.dueAt as Date | null)?.toISOString()
  if (typeof due !== 'string')
    throw invalid('recurrence', 'needs-due', 'Give dueDate or dueAt as well: when it is to be done for the first time.')
  if (before && (await isFollowed(write, before)))
    throw invalid('recurrence', 'already-followed', 'Give it to the last task of the series; this one has a next one.')
  after.series ??= after.id
  after.occurrence ??= 1
  after.schedule = { start: due, at: due, zone: await zoneOf(write, after.owner) } satisfies TaskSchedule
  await finalStart(courseIn(after).recurrence).catch((error) => {
    throw isCrmError(error, 'VALIDATION') ? invalid('recurrence', error.rule as string, error.remedy as string) : error
  })
}

/** Whether the next one was made already, be it deleted by now. */
export async function isFollowed(write: WriteSession, { series, occurrence }: AnyRecord): Promise<boolean> {
  if (series === null) return false
  const { tenant, engine } = write.caller
  const select = `select 1 from ${tableOf(engine, 'tasks').name} where tenant_id = ? and series = ? and occurrence = ?`
  const rows = await write.all(select, [tenant, series as string, (occurrence as number) + 1])
  return rows.length > 0
}

/**
 * Where the next one stands, on the clocks of that zone; undefined when the rule has come to its end. Instants keep the
 * time of day that the clocks showed in the zone they had.
 */
export async function nextOf(
  task: AnyRecord,
  zone = (task.schedule as TaskSchedule).zone,
): Promise<TaskSchedule | undefined> {
  const { recurrence, at } = courseIn(task, zone)
  const next = await nextOccurrence(recurrence, at)
  if (next === undefined) return undefined
  return { start: recurrence.start as string, at: typeof next === 'string' ? next : next.toISOString(), zone }
}

/** How a series goes on from where a task of it stands, on the clocks of that zone. */
export function courseIn(
  task: Readonly<Record<string, unknown>>,
  zone = (task.schedule as TaskSchedule).zone,
): { recurrence: Recurrence; at: string } {
  const schedule = task.schedule as TaskSchedule
  const [start, at] = [schedule.start, schedule.at].map((time) => inZone(time, schedule.zone, zone)) as [string, string]
  return { recurrence: { rule: task.recurrence as string, start, zone: isDay(start) ? 'UTC' : zone }, at }
}

export const isDay = (time: string): boolean => time.length === 10

/** What the clocks of one zone showed then, on those of another. */
function inZone(time: string, from: string, to: string): string {
  if (isDay(time) || from === to) return time
  return new Date(instantAt(wallClock(Date.parse(time), from), to)).toISOString()
}

/** The zone of whoever is to do it; the tenant's where that is nobody. */
export async function zoneOf(write: WriteSession, owner: string | null): Promise<string> {
  const { storage, tenant, engine } = write.caller
  const select = `select time_zone from ${storage.table('user')} where tenant_id = ? and id = ?`
  const [row] = owner === null ? [] : await write.all(select, [tenant, owner])
  return row ? String(row[0]) : engine.settings.timeZone
}
