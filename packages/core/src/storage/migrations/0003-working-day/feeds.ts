import type { TableSpec } from '../../dialect'
import { columns, tenantTable } from '../../schema'

/** Calendars in other programs, and mail about meetings. */
export const feeds: TableSpec[] = [
  // Of the secret in the address only the digest is kept.
  tenantTable('calendar_feed', {
    columns: columns('user_id key!', 'secret line!', 'created_at instant!'),
    key: ['user_id'],
    links: { user_id: 'user' },
    unique: { secret: ['secret'] },
  }),
  // What an address was last told of a meeting, and when its own last word was written.
  tenantTable('meeting_mail', {
    columns: columns(
      'meeting_id id!',
      'address line!',
      'method code',
      'sequence integer',
      'told line',
      'held_until instant',
      'replied_at instant',
    ),
    key: ['meeting_id', 'address'],
    links: { meeting_id: 'meeting' },
  }),
  // Who invited us, where we did not: only they may change it.
  tenantTable('meeting_origin', {
    columns: columns('meeting_id id!', 'organizer line!', 'organizer_name text', 'sequence integer!', 'stamp instant!'),
    key: ['meeting_id'],
    links: { meeting_id: 'meeting' },
  }),
]
