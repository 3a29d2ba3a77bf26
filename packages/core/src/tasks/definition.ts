import { type Change, defineRecord } from '../records/definition'
import { defaulted, field, server } from '../records/field'
import type { AnyRecord, BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import { taskRules } from './rules'
import type { TaskSchedule } from './series'

/** Values of `status` of what is still to be done. */
export const OPEN: readonly string[] = ['open', 'in-progress']

/** Something to be done by its owner, who is the assignee, until a day or an instant. */
export const taskFields = {
  title: field.text({ required: true, folded: true }),
  kind: defaulted(field.select(['todo', 'call', 'email', 'meeting', 'follow-up']), 'todo'),
  description: field.text({ max: 20_000 }),
  /** Due on this calendar day, wherever the owner is. Not together with `dueAt`. */
  dueDate: field.date(),
  /** Due at this instant. */
  dueAt: field.instant(),
  priority: defaulted(field.select(['low', 'normal', 'high']), 'normal'),
  status: defaulted(field.select(['open', 'in-progress', 'done', 'cancelled']), 'open'),
  doneAt: server(field.instant()),
  /** How it recurs: an RRULE of RFC 5545, such as `FREQ=WEEKLY;BYDAY=MO`. Closing the task makes the next one. */
  recurrence: field.text({ max: 500 }),
  /** What the tasks of one recurrence have in common. */
  series: server(field.text({ max: 36 })),
  /** Which of its series it is, from 1. */
  occurrence: server(field.integer()),
  /** Its place in the recurrence, wherever its due time was moved. */
  schedule: server(field.json<TaskSchedule>()),
  lead: field.link('leads'),
  contact: field.link('contacts'),
  company: field.link('companies'),
  deal: field.link('deals'),
  /** When to remind the assignee, while the task is open. */
  reminders: field.reminders(),
}

export const tasks = defineRecord({
  type: 'tasks',
  table: 'task',
  fields: taskFields,
  title: 'title',
  searched: ['title'],
  parts: ['checklist'],
  madeFrom: {
    doneAt: ['status'],
    series: ['recurrence'],
    occurrence: ['recurrence'],
    schedule: ['recurrence', 'dueDate', 'dueAt'],
  },
  concerns: ['lead', 'contact', 'company', 'deal'],
  open: "status in ('open', 'in-progress')",
  rules: taskRules,
  nextStep: { status: OPEN, instant: 'dueAt', day: 'dueDate' },
  eventName: closingEvent,
  afterEvent: async (change) => {
    if (isClosed(change) && change.after.recurrence !== null) await (await import('./next')).makeNext(change)
  },
  sideTables: [['checklist_item', 'task_id']],
})

const isClosed = ({ before, after }: Change) => isOpen(before) && !isOpen(after)
const isOpen = (task: AnyRecord | undefined) => OPEN.includes(task?.status as string)

/** A recurring task that is cancelled is passed over: its series goes on. */
function closingEvent(change: Change): string | undefined {
  const { before, after } = change
  if (after.status === 'done') return before?.status === 'done' ? undefined : 'task.done'
  return isClosed(change) && after.recurrence !== null ? 'task.skipped' : undefined
}

export interface Task<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof taskFields> {}
export type NewTask<Custom = Record<string, unknown>> = CreateOf<typeof taskFields> & BaseInput<Custom>
export type TaskPatch<Custom = Record<string, unknown>> = PatchOf<typeof taskFields> & BaseInput<Custom>
