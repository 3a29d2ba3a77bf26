import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { shown } from '../records/create'
import { tableOf } from '../records/engine'
import { requireForWrite } from '../records/find'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { type UpdateOptions, updateIn, validatePatch } from '../records/update'
import type { WriteSession } from '../records/write'
import { OPEN, type Task, type TaskPatch } from './definition'
import { makeNext } from './next'

const answer = (write: WriteSession, task: Parameters<typeof shown>[2]) =>
  shown(write, 'tasks', task) as unknown as Task

/** Passes over this one: it is cancelled, and the next one is made. */
export const skipTask = (caller: Caller, id: string, options?: VerbOptions): Promise<Task> =>
  runVerb(caller, 'tasks.skip', id, options, async (write) => {
    const task = await requireForWrite(write, 'tasks', id, 'update')
    if (task.recurrence === null)
      throw invalid('id', 'not-recurring', 'Cancel or complete it instead; only recurring tasks are skipped.')
    if (!OPEN.includes(task.status as string)) return answer(write, task)
    return answer(write, await updateIn(write, 'tasks', id, { status: 'cancelled' }))
  })

/** Changes this one alone. The ones to come follow from what it was, so the next one is made at once. */
export async function updateOnlyThis(
  caller: Caller,
  id: string,
  patch: TaskPatch,
  options: UpdateOptions = {},
): Promise<Task> {
  const values = await validatePatch(caller, 'tasks', patch)
  if ('recurrence' in values)
    throw invalid('recurrence', 'of-all-to-come', 'Change it by update: the rule is that of all tasks to come.')
  return runVerb(caller, 'tasks.updateOnlyThis', [id, patch, options.ifVersion], options, async (write) => {
    const task = await requireForWrite(write, 'tasks', id, 'update')
    if (task.recurrence !== null && OPEN.includes(task.status as string)) await makeNext({ after: task, write })
    return answer(write, await updateIn(write, 'tasks', id, values, options.ifVersion))
  })
}

/** Ends the series of a task: the last one of it stays as it is, and no more are made. */
export const stopRecurrence = (caller: Caller, id: string, options?: VerbOptions): Promise<Task> =>
  runVerb(caller, 'tasks.stopRecurrence', id, options, async (write) => {
    const task = await requireForWrite(write, 'tasks', id, 'update')
    const { name } = tableOf(caller.engine, 'tasks')
    const select = `select id from ${name} where tenant_id = ? and series = ? and deleted_at is null order by occurrence desc limit 1`
    const [last] = task.series === null ? [] : await write.all(select, [caller.tenant, task.series as string])
    return answer(write, last ? await updateIn(write, 'tasks', String(last[0]), { recurrence: null }) : task)
  })
