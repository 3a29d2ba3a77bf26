import { cached } from '../kernel/cached'
import { newId } from '../kernel/ids'
import { authorOf, nowOf } from './caller'
import type { Changes, EventRecord } from './event'
import type { RecordType } from './field'
import type { WriteSession } from './write'

/** What a verb says of its event; the rest follows from the caller. */
export interface EventDraft {
  name: string
  recordType: EventRecord['recordType']
  recordId: string
  recordVersion?: number
  changes: Changes
  about?: readonly { type: RecordType; id: string }[]
}

const COLUMNS =
  'tenant_id, id, at, name, record_type, record_id, record_version, actor, reason, changes, about, silent, pending'

/** Appends one row to the event log, in the transaction of the change it describes. */
export async function appendEvent(write: WriteSession, draft: EventDraft): Promise<EventRecord> {
  const { caller, actor } = write
  const { storage, tenant } = caller
  const event: EventRecord = {
    id: newId(),
    tenant,
    at: nowOf(caller),
    name: draft.name,
    recordType: draft.recordType,
    recordId: draft.recordId,
    recordVersion: draft.recordVersion ?? 0,
    actor: authorOf(caller, actor),
    reason: actor.reason,
    changes: draft.changes,
    about: draft.about ?? [],
    silent: caller.past !== undefined,
  }
  const about = event.about.length > 0 ? JSON.stringify(event.about) : null
  await write.send(insertEvent(storage.table('event')), [
    tenant,
    event.id,
    event.at.getTime(),
    event.name,
    event.recordType,
    event.recordId,
    event.recordVersion,
    event.actor,
    event.reason,
    JSON.stringify(event.changes),
    about,
    event.silent ? 1 : 0,
    event.silent ? null : 1,
  ])
  if (event.about.length > 0) await linkEvent(write, event)
  write.events.push(event)
  return event
}

const inserts = new Map<string, string>()
const insertEvent = (table: string) =>
  cached(inserts, table, () => `insert into ${table} (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)

async function linkEvent(write: WriteSession, event: EventRecord) {
  const { storage, tenant } = write.caller
  const rows = event.about.map(() => '(?, ?, ?, ?)').join(', ')
  const values = event.about.flatMap(({ id }) => [tenant, id, event.at.getTime(), event.id])
  await write.send(
    `insert into ${storage.table('event_about')} (tenant_id, record_id, at, event_id) values ${rows}`,
    values,
  )
}
