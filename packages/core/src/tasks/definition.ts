import { defineRecord } from '../records/definition'
import { defaulted, field, server } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import { taskRules } from './rules'

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
  lead: field.link('leads'),
  contact: field.link('contacts'),
  company: field.link('companies'),
  deal: field.link('deals'),
}

export const tasks = defineRecord({
  type: 'tasks',
  table: 'task',
  fields: taskFields,
  title: 'title',
  searched: ['title'],
  madeFrom: { doneAt: ['status'] },
  concerns: ['lead', 'contact', 'company', 'deal'],
  open: "status in ('open', 'in-progress')",
  rules: taskRules,
  nextStep: { status: ['open', 'in-progress'], instant: 'dueAt', day: 'dueDate' },
  eventName: ({ before, after }) => (before?.status !== 'done' && after.status === 'done' ? 'task.done' : undefined),
})

export interface Task<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof taskFields> {}
export type NewTask<Custom = Record<string, unknown>> = CreateOf<typeof taskFields> & BaseInput<Custom>
export type TaskPatch<Custom = Record<string, unknown>> = PatchOf<typeof taskFields> & BaseInput<Custom>
