import type { TableExtension, TableSpec } from '../../dialect'
import { columns, extension, live, tenantTable } from '../../schema'

/** Checklists of tasks. */
export const tasks: TableSpec[] = [
  tenantTable('checklist_item', {
    columns: columns('id id!', 'task_id id!', 'position integer!', 'text text!', 'done_at instant', 'done_by key'),
    links: { task_id: 'task' },
    indexes: { task: ['task_id', 'position'] },
  }),
]

/** Tasks that call for somebody, soonest first, in whatever place: those without day, or without day and instant, lie together. */
const BY_DUE = ['status', 'due_date', 'due_at', 'id']

const LINKS = ['lead', 'contact', 'company', 'deal']

/** Recurrence and views of tasks; and of leads, contacts, companies and deals: who was left alone, and where nothing is planned. */
export const extendedTasks: TableExtension[] = [
  extension('task', {
    columns: columns('recurrence text', 'series id', 'occurrence integer', 'schedule json'),
    indexes: {
      due: ['owner', ...BY_DUE],
      // Of which others are still to come.
      open_series: ['owner', 'status', 'series'],
      ...Object.fromEntries(LINKS.map((link) => [`${link}_due`, [link, ...BY_DUE]])),
    },
    // A task has one successor in its series, and no more.
    unique: { series: ['series', 'occurrence'] },
    where: {
      due: live,
      open_series: `series is not null and ${live}`,
      ...Object.fromEntries(LINKS.map((link) => [`${link}_due`, `${link} is not null and ${live}`])),
    },
  }),
  ...LINKS.map((table) =>
    extension(table, {
      indexes: {
        quiet: ['last_activity_at', 'id'],
        owner_quiet: ['owner', 'last_activity_at', 'id'],
        unplanned: ['created_at', 'id', 'next_activity_at'],
        owner_unplanned: ['owner', 'created_at', 'id', 'next_activity_at'],
      },
      where: {
        quiet: live,
        owner_quiet: live,
        unplanned: `next_activity_at is null and ${live}`,
        owner_unplanned: `next_activity_at is null and ${live}`,
      },
    }),
  ),
]
