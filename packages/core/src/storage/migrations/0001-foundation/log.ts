import type { TableSpec } from '../../dialect'
import { columns, tenantTable } from '../../schema'

/** What happened, and what is still to be told of it. */
export const log: TableSpec[] = [
  tenantTable('event', {
    columns: columns(
      'id id!',
      'at instant!',
      'name key!',
      'record_type code!',
      'record_id key!',
      'record_version integer!',
      'actor key',
      'reason text',
      'changes json!',
      'about json',
      'silent boolean!',
      'pending boolean',
    ),
    indexes: {
      record: ['record_id', 'at', 'id'],
      at: ['at', 'id'],
      actor: ['actor', 'at', 'id'],
      name: ['name', 'at', 'id'],
    },
    queues: { pending: ['pending', 'id'] },
    where: { pending: 'pending = 1' },
  }),
  tenantTable('event_about', {
    columns: columns('record_id id!', 'at instant!', 'event_id id!'),
    key: ['record_id', 'at', 'event_id'],
    links: { event_id: 'event' },
    indexes: { event: ['event_id'] },
  }),
  tenantTable('delivery', {
    columns: columns(
      'event_id id!',
      'subscriber key!',
      'attempts integer!',
      'due_at instant',
      'last_error text',
      'state code!',
    ),
    key: ['event_id', 'subscriber'],
    links: { event_id: 'event' },
    queues: { due: ['due_at', 'event_id'], dead: ['state', 'event_id'] },
    where: { due: 'due_at is not null', dead: "state = 'dead'" },
  }),
  tenantTable('idempotency', {
    columns: columns('actor key!', 'idempotency_key key!', 'request_hash key!', 'result json', 'created_at instant!'),
    key: ['actor', 'idempotency_key'],
    queues: { age: ['created_at'] },
  }),
  tenantTable('exchange_rate', {
    columns: columns('from_currency code!', 'to_currency code!', 'day date!', 'rate text!'),
    key: ['from_currency', 'to_currency', 'day'],
  }),
  tenantTable('quota', {
    columns: columns('grantee_kind code!', 'grantee_id key!', 'month date!', 'amount integer!', 'currency code!'),
    key: ['grantee_kind', 'grantee_id', 'month'],
  }),
  // What `guard` of a dialect locks where the database has no locks by name that end with the transaction.
  tenantTable('guard', {
    columns: columns('space word!', 'bucket integer!'),
    key: ['space', 'bucket'],
    only: ['mysql'],
  }),
  tenantTable('import_job', {
    columns: columns(
      'id id!',
      'record_type code!',
      'fingerprint key!',
      'state code!',
      'lines_done integer!',
      'counts json!',
      'created_at instant!',
      'created_by key',
      'updated_at instant!',
    ),
  }),
]
