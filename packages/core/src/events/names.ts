import type { EventRecord } from '../records/event'

type RecordWord = 'lead' | 'contact' | 'company' | 'deal' | 'product' | 'activity' | 'task'
type RecordVerb = 'created' | 'updated' | 'assigned' | 'deleted' | 'restored' | 'purged' | 'shared' | 'unshared'

/** Events the SDK writes. */
export type EventName =
  | `${RecordWord}.${RecordVerb}`
  | 'lead.status_changed'
  | 'lead.converted'
  | 'deal.stage_changed'
  | 'deal.won'
  | 'deal.lost'
  | 'deal.reopened'
  | 'deal.lines_changed'
  | 'deal.contacts_changed'
  | 'product.price_set'
  | `pipeline.${'created' | 'updated' | 'stage_added' | 'stage_updated' | 'reordered'}`
  | 'rates.set'
  | 'quota.set'
  | 'lead.recaptured'
  | `${'lead' | 'contact' | 'company'}.${'merged' | 'unmerged'}`
  | 'task.done'
  | 'note.created'
  | 'note.updated'
  | 'note.deleted'
  | 'tag.renamed'
  | 'tag.merged'
  | 'user.created'
  | 'user.updated'
  | 'user.deactivated'
  | 'team.created'
  | 'team.updated'

/** What can be listened to: one event, all events of one record type (`'deals.*'`), or everything (`'*'`). */
export type EventPattern = EventName | `${EventRecord['recordType']}.*` | '*' | (string & Record<never, never>)

/** Whether an event is meant by a pattern. */
export const matches = (pattern: string, { name, recordType }: Pick<EventRecord, 'name' | 'recordType'>): boolean =>
  pattern === '*' || pattern === name || pattern === `${recordType}.*`

/** Fields that an event's name speaks of, by the second half of the name. */
const TOLD_BY_NAME: Readonly<Record<string, string>> = {
  assigned: 'owner',
  status_changed: 'status',
  stage_changed: 'stage',
  won: 'status',
  lost: 'status',
  reopened: 'status',
  lines_changed: 'lines',
  contacts_changed: 'contacts',
  price_set: 'prices',
  done: 'status',
}

/** The name for somebody who may not know of all fields: `deal.won` is `deal.updated` to those who may not see the status. */
export function nameFor(name: string, isHidden: (field: string) => boolean): string {
  const [word, verb] = name.split('.') as [string, string]
  const field = Object.hasOwn(TOLD_BY_NAME, verb) ? TOLD_BY_NAME[verb] : undefined
  return field !== undefined && isHidden(field) ? `${word}.updated` : name
}
