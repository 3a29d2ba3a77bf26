import { draft, storeNew } from '../records/create'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import { isServerOwned, type Reminder } from '../records/field'
import type { RecordTable } from '../records/record-table'
import type { AnyRecord } from '../records/types'
import { copyChecklist } from './checklist-stored'
import { isDay, isFollowed, nextOf, zoneOf } from './series'

/** What each task of a series has for itself. */
const OWN = ['status', 'dueDate', 'dueAt']

/**
 * Makes the next task of a series, unless it is there or the rule has come to its end: as this one is now, with its
 * checklist unticked, due when the rule says in the assignee's zone. It follows from closing this one, so whoever may
 * do that needs no permission to create.
 */
export async function makeNext({ after: task, write }: Pick<Change, 'after' | 'write'>): Promise<void> {
  if (await isFollowed(write, task)) return
  const schedule = await nextOf(task, await zoneOf(write, task.owner))
  if (!schedule) return
  const table = tableOf(write.caller.engine, 'tasks')
  const next = draft(write, table, {
    ...repeated(table, task),
    owner: task.owner,
    series: task.series,
    occurrence: (task.occurrence as number) + 1,
    schedule,
    ...(isDay(schedule.at) ? { dueDate: schedule.at } : { dueAt: new Date(schedule.at) }),
  })
  await storeNew(write, table, next, new Set())
  await copyChecklist(write, task.id, next.id)
}

/** What goes over to the next one: all that people filled in, but for what no two tasks may have, and reminders at a moment. */
function repeated(table: RecordTable, task: AnyRecord): Record<string, unknown> {
  const fields = [...table.fields.values()].filter(({ name, field }) => !isServerOwned(field) && !OWN.includes(name))
  const custom = Object.entries(task.custom).filter(([name]) => !table.custom[name]?.unique)
  return {
    ...Object.fromEntries(fields.map(({ name }) => [name, task[name]])),
    reminders: (task.reminders as Reminder[]).filter(({ at }) => at === undefined),
    custom: Object.fromEntries(custom),
  }
}
