import type { EventRecord } from '../records/event'

type RecordWord = 'lead' | 'contact' | 'company' | 'deal' | 'product' | 'activity' | 'task' | 'meeting' | 'file'
type RecordVerb = 'created' | 'updated' | 'assigned' | 'deleted' | 'restored' | 'purged' | 'shared' | 'unshared'

/** Events the SDK writes. */
export type EventName =
  | `${RecordWord}.${RecordVerb}`
  | `${'lead' | 'contact' | 'company'}.${'merged' | 'unmerged'}`
  | 'lead.status_changed'
  | 'lead.converted'
  | 'lead.recaptured'
  | `deal.${'stage_changed' | 'won' | 'lost' | 'reopened' | 'lines_changed' | 'contacts_changed'}`
  | 'product.price_set'
  | 'task.done'
  | `meeting.${'held' | 'cancelled' | 'invited' | 'uninvited' | 'answered'}`
  | 'file.version_added'
  | `note.${'created' | 'updated' | 'deleted'}`
  | `tag.${'renamed' | 'merged'}`
  | `user.${'created' | 'updated' | 'deactivated' | 'preferences_set' | 'feed_created' | 'feed_rotated' | 'feed_revoked'}`
  | `team.${'created' | 'updated'}`
  | `pipeline.${'created' | 'updated'}`
  | 'quota.set'
  | 'rates.set'
  | `calendar.${'hours_set' | 'days_off_set'}`

/** What can be listened to: one event, all events of one record type (`'deals.*'`), or everything (`'*'`). */
export type EventPattern = EventName | `${EventRecord['recordType']}.*` | '*' | (string & Record<never, never>)

/** Whether an event is meant by a pattern. */
export const matches = (pattern: string, { name, recordType }: Pick<EventRecord, 'name' | 'recordType'>): boolean =>
  pattern === '*' || pattern === name || pattern === `${recordType}.*`

/** Fields that an event's name speaks of, by the second half of the name. */
const TOLD_BY_NAME: Readonly<Record<string, string>> = {
  assigned: 'owner',
  status_changed: 'status',
  converted: 'status',
  stage_changed: 'stage',
  won: 'status',
  lost: 'status',
  reopened: 'status',
  lines_changed: 'lines',
  contacts_changed: 'contacts',
  price_set: 'prices',
  done: 'status',
  held: 'status',
  cancelled: 'status',
  invited: 'attendees',
  uninvited: 'attendees',
  answered: 'attendees',
  version_added: 'contentVersion',
}

/** The name for somebody who may not know of all fields: `deal.won` is `deal.updated` to those who may not see the status. */
export function nameFor(name: string, isHidden: (field: string) => boolean): string {
  const [word, verb] = name.split('.') as [string, string]
  const field = Object.hasOwn(TOLD_BY_NAME, verb) ? TOLD_BY_NAME[verb] : undefined
  return field !== undefined && isHidden(field) ? `${word}.updated` : name
}
