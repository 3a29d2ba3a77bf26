import { type RecordApi, recordApi } from '../records/api'
import type { Caller } from '../records/caller'
import { shown } from '../records/create'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { updateIn } from '../records/update'
import type { OrderBy, Where } from '../records/where'
import type { NewTask, Task, TaskPatch, taskFields } from './definition'

/** Tasks. The owner is the assignee: `tasks.assign` gives a task to somebody, `owner: { me: true }` finds one's own. */
export interface TasksApi<Custom = Record<string, unknown>>
  extends RecordApi<
    Task<Custom>,
    NewTask<Custom>,
    TaskPatch<Custom>,
    Where<typeof taskFields, Custom>,
    OrderBy<typeof taskFields, Custom>
  > {
  /** Marks the task done now. One that is done already stays as it is. */
  complete(id: string, options?: VerbOptions): Promise<Task<Custom>>
}

export const tasksApi = (caller: Caller): TasksApi => ({
  ...recordApi(caller, 'tasks'),
  complete: (id, options) =>
    runVerb(caller, 'tasks.complete', id, options, async (write) => {
      const task = await updateIn(write, 'tasks', id, { status: 'done' })
      return shown(write, 'tasks', task) as unknown as Task
    }),
})
