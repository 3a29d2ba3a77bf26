import type { TableSpec } from '../../dialect'
import { columns, extension, tenantTable } from '../../schema'

/** What is to be reminded of, and what was told to whom. */
export const reminders: TableSpec[] = [
  tenantTable('reminder', {
    columns: columns(
      'id id!',
      'record_type code!',
      'record_id id!',
      'user_id key!',
      'due_at instant!',
      'base word',
      'duration word',
      'channels json',
    ),
    indexes: { record: ['record_id'], user: ['user_id', 'id'] },
    queues: { due: ['due_at', 'id'] },
  }),
  // What belongs together has one `batch`: "3 leads were assigned to you".
  tenantTable('notification', {
    columns: columns(
      'id id!',
      'user_id key!',
      'batch id!',
      'kind code!',
      'record_type code!',
      'record_id id!',
      'note_id id',
      'actor key',
      'at instant!',
      'state code!',
      'read_at instant',
      'digest id',
      'expires_at instant!',
    ),
    links: { user_id: 'user' },
    indexes: {
      inbox: ['user_id', 'state', 'batch', 'id'],
      unread: ['user_id', 'state', 'read_at', 'batch'],
      batch: ['batch', 'id'],
      record: ['record_id'],
    },
    queues: { age: ['expires_at'] },
  }),
  tenantTable('notification_delivery', {
    columns: columns(
      'user_id key!',
      'channel code!',
      'batch id!',
      'due_at instant',
      'attempts integer!',
      'last_error text',
    ),
    key: ['batch', 'channel'],
    links: { user_id: 'user' },
    indexes: { user: ['user_id', 'channel'] },
    queues: { due: ['due_at'] },
    where: { due: 'due_at is not null' },
  }),
  tenantTable('notification_preference', {
    columns: columns('user_id key!', 'settings json!', 'updated_at instant!'),
    key: ['user_id'],
    links: { user_id: 'user' },
  }),
]

/** When to remind of a task. */
export const remindedTasks = extension('task', { columns: columns('reminders json') })
