import { instantBefore, needsCalendar, readDuration } from '../kernel/durations'
import { newId } from '../kernel/ids'
import { timeOfDay } from '../kernel/time-of-day'
import { epochDay, instantAt } from '../kernel/zones'
import { nowOf } from './caller'
import type { Reminder } from './field'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import type { WriteSession } from './write'

/** A reminder of a record at its time. */
interface Planned {
  at: number
  reminder: Reminder
}

const DAY = 86_400_000
const COLUMNS = 'tenant_id, id, record_type, record_id, user_id, due_at, base, duration, channels'

/**
 * Keeps the queue of reminders in step with a record, in the transaction of its change. What has fallen due and was not
 * told yet stays where it is; what lies in the past otherwise is not planned. No statement when nothing of it changed.
 */
export async function planReminders(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord | undefined,
  after: AnyRecord,
): Promise<void> {
  if (before && planOf(table, before) === planOf(table, after)) return
  const { storage, tenant, engine } = write.caller
  const queue = storage.table('reminder')
  const now = nowOf(write.caller).getTime()
  const planned =
    planOf(table, after) === undefined
      ? []
      : timesOf(table, after, await zoneOf(write, table, after), engine.settings.dueTime)
  const overdue = new Set<number>()
  if (before && planOf(table, before) !== undefined) {
    const waiting = `select r.due_at from ${queue} r where r.tenant_id = ? and r.record_id = ? and r.due_at <= ?`
    for (const [at] of await write.all(waiting + (storage.dialect.forUpdate ?? ''), [tenant, after.id, now]))
      overdue.add(Number(at))
    await write.send(`delete from ${queue} where tenant_id = ? and record_id = ?`, [tenant, after.id])
  }
  const wanted = planned.filter(({ at }) => at > now || overdue.has(at))
  await enqueue(write, table, after, wanted)
}

/**
 * Plans what counts from the next time of what recurs. What waits stays, for it is of times before. Of what is past by
 * now, because no worker ran or it is told longer ahead than the times lie apart, the latest falls due at once.
 */
export async function planNextTime(write: WriteSession, table: RecordTable, record: AnyRecord): Promise<void> {
  const reminders = (record.reminders as Reminder[]).filter(({ before }) => before !== undefined)
  const counted = { ...record, reminders }
  if (planOf(table, counted) === undefined) return
  const now = nowOf(write.caller).getTime()
  const zone = await zoneOf(write, table, counted)
  const times = timesOf(table, counted, zone, write.caller.engine.settings.dueTime)
  const latest = Math.max(...times.map(({ at }) => at).filter((at) => at <= now))
  const wanted = times.filter(({ at }) => at > now || at === latest)
  await enqueue(write, table, counted, wanted)
}

async function enqueue(write: WriteSession, table: RecordTable, after: AnyRecord, wanted: readonly Planned[]) {
  if (wanted.length === 0) return
  const { storage, tenant } = write.caller
  const queue = storage.table('reminder')
  const base = baseOf(table, after)
  const rows = wanted.flatMap(({ at, reminder: { before: length, channels } }) => [
    tenant,
    newId(),
    table.type,
    after.id,
    after.owner,
    at,
    length === undefined ? null : (base as string),
    length ?? null,
    channels ? JSON.stringify(channels) : null,
  ])
  const marks = wanted.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')
  await write.send(`insert into ${queue} (${COLUMNS}) values ${marks}`, rows)
}

/** All that the plan depends on, as text; undefined where nobody is to be reminded. */
function planOf(table: RecordTable, record: AnyRecord): string | undefined {
  const { reminders, owner, deletedAt, status } = record
  const { nextStep } = table.definition
  const isOpen = nextStep === undefined || nextStep.status.includes(status as string)
  if ((reminders as Reminder[]).length === 0 || owner === null || deletedAt !== null || !isOpen) return undefined
  return JSON.stringify([reminders, owner, baseOf(table, record)])
}

/** What `before` counts from: a calendar date, or an instant as ISO text. */
function baseOf({ definition: { nextStep } }: RecordTable, record: AnyRecord): string | undefined {
  const instant = nextStep && (record[nextStep.instant] as Date | null)
  return instant?.toISOString() ?? (record[nextStep?.day ?? ''] as string | null | undefined) ?? undefined
}

/** Each time once. */
function timesOf(table: RecordTable, record: AnyRecord, zone: string, dueTime: string): Planned[] {
  const base = baseOf(table, record)
  const times = new Map<number, Reminder>()
  for (const reminder of record.reminders as Reminder[]) {
    const at = reminder.at?.getTime() ?? timeBefore(base, reminder.before, zone, dueTime)
    if (at !== undefined && !times.has(at)) times.set(at, reminder)
  }
  return [...times].map(([at, reminder]) => ({ at, reminder }))
}

/** So long before a base. Undefined where there is none, or it is out of the calendar. */
function timeBefore(base: string | undefined, before: string | undefined, zone: string, dueTime: string) {
  const length = readDuration(before)
  if (base === undefined || length === undefined) return undefined
  const from = isDay(base) ? instantAt(epochDay(base) * DAY + timeOfDay(dueTime), zone) : Date.parse(base)
  return from >= 0 && from < LATEST ? instantBefore(from, length, zone) : undefined
}

const isDay = (base: string | undefined) => base?.length === 10
const LATEST = Date.UTC(9990, 0)

/** The zone of whoever is reminded. No statement where no time depends on it. */
async function zoneOf(write: WriteSession, table: RecordTable, record: AnyRecord): Promise<string> {
  const { actor, caller } = write
  if (record.owner === actor.user) return actor.zone
  const onDay = isDay(baseOf(table, record))
  const depends = (record.reminders as Reminder[]).some(({ before }) => {
    const length = readDuration(before)
    return length && (onDay || needsCalendar(length))
  })
  const select = `select time_zone from ${caller.storage.table('user')} where tenant_id = ? and id = ?`
  const [row] = depends ? await write.all(select, [caller.tenant, record.owner]) : []
  return row ? String(row[0]) : caller.engine.settings.timeZone
}

const SHIFTED_AT_ONCE = 500

/** What counts on the calendar of a user falls due at another time once they live in another zone. */
export async function moveToZone(write: WriteSession, user: string, zone: string): Promise<void> {
  const { storage, tenant, engine } = write.caller
  const queue = storage.table('reminder')
  const page = `select r.id, r.base, r.duration, r.due_at from ${queue} r where r.tenant_id = ? and r.user_id = ? and r.id > ? order by r.id limit ${SHIFTED_AT_ONCE}`
  for (let last = ''; ; ) {
    const rows = await write.all(page + (storage.dialect.forUpdate ?? ''), [tenant, user, last])
    for (const [id, base, duration, dueAt] of rows as [string, string | null, string | null, number][]) {
      const at = timeBefore(base ?? undefined, duration ?? undefined, zone, engine.settings.dueTime)
      if (at === undefined || at === Number(dueAt)) continue
      await write.send(`update ${queue} set due_at = ? where tenant_id = ? and id = ?`, [at, tenant, id])
    }
    if (rows.length < SHIFTED_AT_ONCE) return
    last = String(rows.at(-1)?.[0])
  }
}
