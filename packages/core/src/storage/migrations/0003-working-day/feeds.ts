import type { TableSpec } from '../../dialect'
import { columns, tenantTable } from '../../schema'

/** Secret addresses of calendars; of the secret only the digest is kept. */
export const feeds: TableSpec[] = [
  tenantTable('calendar_feed', {
    columns: columns('user_id key!', 'secret line!', 'created_at instant!'),
    key: ['user_id'],
    links: { user_id: 'user' },
    unique: { secret: ['secret'] },
  }),
]
