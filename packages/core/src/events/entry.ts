import type { Resource } from '../access/roles'
import type { Changes, EventRecord, TimelineEntry } from '../records/event'
import type { RecordType } from '../records/field'
import type { QueryContext } from '../records/query'
import { isVisible } from '../records/visibility'
import { nameFor } from './names'

/**
 * An event as the asker may see it, without the fields hidden from them. Undefined when it is a change of hidden
 * fields alone: that it happened would tell already.
 */
export function entryOf({ engine, actor }: QueryContext, event: EventRecord): TimelineEntry | undefined {
  const table = engine.tables.get(event.recordType as RecordType)
  const isHidden = (field: string) =>
    table ? !isVisible(actor, table, field) : actor.field(event.recordType as Resource, field) === 'none'
  const changes = without(event.changes, isHidden)
  const emptied = Object.keys(changes).length === 0 && Object.keys(event.changes).length > 0
  if (emptied && !event.name.endsWith('.created')) return undefined
  return {
    id: event.id,
    at: event.at,
    name: nameFor(event.name, isHidden),
    recordType: event.recordType,
    recordId: event.recordId,
    actor: event.actor,
    reason: event.reason,
    changes,
    silent: event.silent,
  }
}

const without = (changes: Changes, isHidden: (field: string) => boolean): Changes =>
  Object.fromEntries(
    Object.entries(changes)
      .filter(([name]) => !isHidden(name))
      .map(([name, [from, to]]) => [name, name === 'captured' ? [from, withoutFields(to, isHidden)] : [from, to]]),
  )

/** What a form told once more is told by field. */
const withoutFields = (told: unknown, isHidden: (field: string) => boolean) =>
  Object.fromEntries(Object.entries(Object(told)).filter(([field]) => !isHidden(field)))
