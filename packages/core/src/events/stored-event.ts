import { reviveReminders } from '../records/codec'
import type { Engine } from '../records/engine'
import type { Changes, EventRecord } from '../records/event'
import type { RecordType } from '../records/field'

/** Columns of an event, with the alias `e`, in the order {@link readEvent} takes them. */
export const EVENT_COLUMNS =
  'e.id, e.at, e.name, e.record_type, e.record_id, e.record_version, e.actor, e.reason, e.changes, e.about, e.silent, e.tenant_id'

/** An event as it was announced, from its row. */
export function readEvent(engine: Engine, row: readonly unknown[]): EventRecord {
  const recordType = row[3] as EventRecord['recordType']
  return {
    id: String(row[0]),
    tenant: String(row[11]),
    at: new Date(Number(row[1])),
    name: String(row[2]),
    recordType,
    recordId: String(row[4]),
    recordVersion: Number(row[5]),
    actor: row[6] as string | null,
    reason: row[7] as string | null,
    changes: withDates(engine, recordType, JSON.parse(String(row[8]))),
    about: row[9] == null ? [] : JSON.parse(String(row[9])),
    silent: Boolean(row[10]),
  }
}

/** JSON keeps instants as text; here they become dates again. */
function withDates(engine: Engine, type: EventRecord['recordType'], changes: Changes): Changes {
  const table = engine.tables.get(type as RecordType)
  if (!table) return changes
  const revived: Record<string, readonly [unknown, unknown]> = changes as Record<string, readonly [unknown, unknown]>
  for (const [name, change] of Object.entries(changes)) {
    const field = name.startsWith('custom.')
      ? table.custom[name.slice('custom.'.length)]
      : table.fields.get(name)?.field
    if (field?.kind === 'reminders' && Array.isArray(change))
      revived[name] = [change[0] && reviveReminders(change[0]), change[1] && reviveReminders(change[1])]
    if (field?.kind === 'instant' && Array.isArray(change)) revived[name] = [dateOf(change[0]), dateOf(change[1])]
  }
  return revived
}

const dateOf = (value: unknown) => (typeof value === 'string' ? new Date(value) : value)
