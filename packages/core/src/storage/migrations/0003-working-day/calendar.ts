import type { TableSpec } from '../../dialect'
import { columns, recordColumns, tenantTable } from '../../schema'
import { onlyLive } from '../0001-foundation/lists'
import { SEARCH_TEXT } from '../0002-search'

const links = { lead: 'lead', contact: 'contact', company: 'company', deal: 'deal', activity: 'activity' }

/** Meetings, who attends them, and when people work. */
export const calendar: TableSpec[] = [
  tenantTable('meeting', {
    columns: recordColumns(
      'title text!',
      'title_fold line!',
      'description text',
      'location text',
      'url text',
      'start_at instant',
      'end_at instant',
      'start_date date',
      'end_date date',
      'zone word!',
      'status code!',
      'busy boolean!',
      'recurrence text',
      'exceptions json',
      'lead id',
      'contact id',
      'company id',
      'deal id',
      'reminders json',
      'uid line!',
      'sequence integer!',
      'first_at instant!',
      'last_at instant',
      'next_at instant',
      // When `next_at` is to move on: of what recurs and is planned.
      'turn_at instant',
      'activity id',
      `${SEARCH_TEXT} text`,
    ),
    links,
    indexes: {
      created: ['created_at', 'id'],
      owner_created: ['owner', 'created_at', 'id'],
      first: ['first_at', 'id'],
      // What is over within a day is found by its start, everything else by its end.
      owner_first: ['owner', 'first_at', 'id'],
      owner_last: ['owner', 'last_at', 'first_at', 'id'],
      ...Object.fromEntries(Object.keys(links).map((link) => [link, [link]])),
    },
    unique: { uid: ['uid'] },
    queues: { turn: ['turn_at', 'id'] },
    where: {
      ...onlyLive('created', 'owner_created', 'first', 'owner_first', 'uid'),
      owner_last: 'last_at is not null and deleted_at is null',
      turn: 'turn_at is not null',
      ...Object.fromEntries(Object.keys(links).map((link) => [link, `${link} is not null`])),
    },
  }),
  tenantTable('meeting_attendee', {
    columns: columns(
      'id id!',
      'meeting_id id!',
      // One of these three.
      'user_id key',
      'contact_id id',
      'email line',
      'name text',
      'role code!',
      'answer code!',
      'answered_at instant',
      'comment text',
      // As the meeting has them, so that a user's are found by when they are.
      'first_at instant!',
      'last_at instant',
    ),
    links: { meeting_id: 'meeting', user_id: 'user', contact_id: 'contact' },
    indexes: {
      user_first: ['user_id', 'first_at', 'meeting_id'],
      user_last: ['user_id', 'last_at', 'first_at', 'meeting_id'],
      contact: ['contact_id', 'meeting_id'],
    },
    unique: {
      user: ['user_id', 'meeting_id'],
      one_contact: ['meeting_id', 'contact_id'],
      email: ['meeting_id', 'email'],
    },
    where: {
      user_first: 'user_id is not null',
      user_last: 'user_id is not null and last_at is not null',
      contact: 'contact_id is not null',
    },
  }),
  tenantTable('working_hours', {
    columns: columns('user_id key!', 'hours json!'),
    key: ['user_id'],
    links: { user_id: 'user' },
  }),
  // Of one user, or with '' of everybody.
  tenantTable('day_off', { columns: columns('user_id key!', 'day date!', 'name text'), key: ['user_id', 'day'] }),
]
