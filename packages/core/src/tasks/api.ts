import { type RecordApi, recordApi } from '../records/api'
import type { Caller } from '../records/caller'
import { shown } from '../records/create'
import type { RecordRef } from '../records/event'
import { runVerb, type VerbOptions } from '../records/idempotency'
import type { Page } from '../records/list'
import { type UpdateOptions, updateIn } from '../records/update'
import type { OrderBy, Where } from '../records/where'
import type { ChecklistItem } from './checklist-stored'
import type { NewTask, Task, TaskPatch, taskFields } from './definition'
import type { TaskPage } from './due-page'
import type { TaskView, UpcomingView } from './views'

/**
 * Tasks. The owner is the assignee: `tasks.assign` gives a task to somebody, `owner: { me: true }` finds one's own.
 *
 * A task with a `recurrence` is one of a series. Closing it (`complete`, `skip`, or a status by `update`) makes the next
 * one in the same transaction: as this one is by then, due when the rule says on the clocks of the assignee's zone.
 * Deleting it makes none. `list({ where: { series: task.series } })` gives all of a series.
 */
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
  /** Passes over this task of a series: it is cancelled, and the next one made. VALIDATION for one that does not recur. */
  skip(id: string, options?: VerbOptions): Promise<Task<Custom>>
  /**
   * Changes this task of a series alone, where `update` also changes those to come. They follow from what this one was,
   * so the next one is made at once.
   *
   * @example
   * await me.tasks.updateOnlyThis(task.id, { title: 'Weekly report, with figures of the quarter' })
   */
  updateOnlyThis(id: string, patch: TaskPatch<Custom>, options?: UpdateOptions): Promise<Task<Custom>>
  /** Ends the series of this task, whichever of it this is. Gives the last one, which stays as it is. */
  stopRecurrence(id: string, options?: VerbOptions): Promise<Task<Custom>>
  /** The steps of the task, in their order. Each verb on them gives all steps, and changes no others. */
  checklist(id: string): Promise<ChecklistItem[]>
  /** Puts a step of 1 to 500 characters at the end; at most 200. */
  addItem(id: string, text: string, options?: VerbOptions): Promise<ChecklistItem[]>
  /** Ticks a step off; `false` takes the tick away. */
  tickItem(id: string, item: string, done?: boolean, options?: VerbOptions): Promise<ChecklistItem[]>
  /** All steps, by id, in their new order. */
  reorderItems(id: string, items: readonly string[], options?: VerbOptions): Promise<ChecklistItem[]>
  removeItem(id: string, item: string, options?: VerbOptions): Promise<ChecklistItem[]>
  /**
   * Open tasks that are due today or overdue, soonest first, in the asker's zone. One's own, or somebody's, as far as the
   * asker may see them. A due day comes before the instants of that day.
   *
   * @example
   * const { items, nextCursor } = await me.tasks.myDay()
   */
  myDay(view?: TaskView): Promise<Page<Task<Custom>>>
  /** Those whose day is over, or whose instant has passed. */
  overdue(view?: TaskView): Promise<Page<Task<Custom>>>
  /** Those of the days from tomorrow on, seven unless told. */
  upcoming(view?: UpcomingView): Promise<Page<Task<Custom>>>
  /** Open tasks that are nobody's, soonest first, those without a due time last. */
  unassigned(view?: TaskPage): Promise<Page<Task<Custom>>>
  /** Open tasks about a lead, contact, company or deal, soonest first, those without a due time last. */
  about(record: RecordRef, view?: TaskPage): Promise<Page<Task<Custom>>>
}

const recur = () => import('./recur')
const checklist = () => import('./checklist')
const views = () => import('./views')

export const tasksApi = (caller: Caller): TasksApi => ({
  ...recordApi(caller, 'tasks'),
  complete: (id, options) =>
    runVerb(caller, 'tasks.complete', id, options, async (write) => {
      const task = await updateIn(write, 'tasks', id, { status: 'done' })
      return shown(write, 'tasks', task) as unknown as Task
    }),
  skip: async (id, options) => (await recur()).skipTask(caller, id, options),
  updateOnlyThis: async (id, patch, options) => (await recur()).updateOnlyThis(caller, id, patch, options),
  stopRecurrence: async (id, options) => (await recur()).stopRecurrence(caller, id, options),
  checklist: async (id) => (await checklist()).taskChecklist(caller, id),
  addItem: async (id, text, options) => (await checklist()).addItem(caller, id, text, options),
  tickItem: async (id, item, done = true, options) => (await checklist()).tickItem(caller, id, item, done, options),
  reorderItems: async (id, items, options) => (await checklist()).reorderItems(caller, id, items, options),
  removeItem: async (id, item, options) => (await checklist()).removeItem(caller, id, item, options),
  myDay: async (view) => (await views()).myDay(caller, view),
  overdue: async (view) => (await views()).overdue(caller, view),
  upcoming: async (view) => (await views()).upcoming(caller, view),
  unassigned: async (view) => (await views()).unassigned(caller, view),
  about: async (record, view) => (await views()).tasksAbout(caller, record, view),
})
