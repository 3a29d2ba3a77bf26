import { readNotes } from '../events/note-parents'
import { evened } from '../events/visible'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import type { RecordRef } from '../records/event'
import type { RecordType } from '../records/field'
import { type QueryContext, readableRows } from '../records/query'
import type { AnyRecord } from '../records/types'
import { isVisible, showTo } from '../records/visibility'
import { inList, raw, sql } from '../storage/sql'
import type { Notification, NotificationKind } from './notification'
import { dueOf, inEnglish, type NotificationFacts } from './text'
import { waysOf } from './ways'

/** A row of somebody's inbox. */
export interface Entry {
  batch: string
  id: string
  kind: NotificationKind
  record: RecordRef
  note: string | null
  actor: string | null
  at: Date
  readAt: Date | null
}

/** Columns of an entry, with the alias `n`, in the order {@link readEntry} takes them. */
export const ENTRY_COLUMNS = 'n.batch, n.id, n.kind, n.record_type, n.record_id, n.note_id, n.actor, n.at, n.read_at'

export const readEntry = (row: readonly unknown[]): Entry => ({
  batch: String(row[0]),
  id: String(row[1]),
  kind: row[2] as NotificationKind,
  record: { type: row[3] as RecordType, id: String(row[4]) },
  note: row[5] as string | null,
  actor: row[6] as string | null,
  at: new Date(Number(row[7])),
  readAt: row[8] == null ? null : new Date(Number(row[8])),
})

const keyOf = ({ type, id }: RecordRef) => `${type}/${id}`

/** Records by `type/id`, as the reader may see them. */
export type Seen = ReadonlyMap<string, AnyRecord>

/**
 * The entries whose record the reader may read by now, with those records: one statement for each type among them. A
 * note must be readable as well, and not deleted.
 */
export async function readable(caller: Caller, query: QueryContext, entries: readonly Entry[]) {
  const seen = new Map<string, AnyRecord>()
  const wanted = new Map<RecordType, Set<string>>()
  for (const { record } of entries) wanted.set(record.type, (wanted.get(record.type) ?? new Set()).add(record.id))
  for (const [type, ids] of wanted) {
    if (!query.engine.tables.has(type) || query.actor.scope(type, 'read').kind === 'none') continue
    const table = tableOf(query.engine, type)
    const select = sql`${raw(`select ${table.selectList} from ${table.name} r`)} where ${readableRows(query, table, 'r')} and ${inList(raw('r.id'), evened([...ids]))}`
    for (const row of await caller.storage.read(select.text, select.params)) {
      const record = table.read(row)
      seen.set(keyOf({ type, id: record.id }), showTo(query.actor, table, record))
    }
  }
  const mentions = entries.flatMap(({ note }) => note ?? [])
  const notes = await readNotes(caller, query, mentions)
  const kept = entries.filter(
    ({ kind, record, note }) =>
      seen.has(keyOf(record)) &&
      mayBeTold(query, kind, record.type) &&
      (note === null || notes.get(note)?.deleted === false),
  )
  return { entries: kept, seen }
}

/** Fields of its record that a notification of the kind tells of: from whom one is hidden hears nothing. */
function mayBeTold({ engine, actor }: QueryContext, kind: NotificationKind, type: RecordType): boolean {
  const table = tableOf(engine, type)
  const { instant, day } = table.definition.nextStep ?? {}
  const told = {
    reminder: ['reminders', ...(instant ? [instant] : []), ...(day ? [day] : [])],
    assigned: ['owner'],
    'task-assigned': ['owner'],
    'deal-won': ['status'],
    'deal-lost': ['status'],
    invited: ['attendees', ...(instant ? [instant] : [])],
    mention: [],
    shared: [],
  } satisfies Record<NotificationKind, string[]>
  return told[kind].every((name) => isVisible(actor, table, name))
}

/** A batch of readable entries, newest first, as one notification. */
export interface Group {
  facts: NotificationFacts
  notification: Notification
}

const MOST_TITLES = 20

/** Names those who did it with one statement; none where the reader may not know users. */
export async function groupsOf(
  caller: Caller,
  query: QueryContext,
  batches: readonly (readonly [Entry, ...Entry[]])[],
  seen: Seen,
): Promise<Group[]> {
  const names = await actorNames(caller, query, batches)
  return batches.map((entries) => {
    const [newest] = entries
    const records = [...new Map(entries.map(({ record }) => [keyOf(record), record])).values()]
    const titles = records.slice(0, MOST_TITLES).map((record) => titleOf(query, record, seen))
    const isUnread = entries.some(({ readAt }) => readAt === null)
    const told = {
      id: newest.batch,
      kind: newest.kind,
      count: records.length,
      record: newest.record,
      title: titles[0] ?? null,
      note: newest.note,
      actor: newest.actor,
      at: newest.at,
      readAt: isUnread ? null : newest.readAt,
    }
    const facts = {
      ...told,
      titles,
      actorName: names.get(newest.actor ?? '') ?? null,
      due: dueOf(query, newest.record.type, seen.get(keyOf(newest.record)) as AnyRecord),
      locale: query.actor.locale,
      zone: query.actor.zone,
    }
    const text = waysOf(query.engine).notificationText?.(facts) ?? inEnglish(facts)
    return { facts, notification: { ...told, text } }
  })
}

function titleOf({ engine }: QueryContext, record: RecordRef, seen: Seen): string | null {
  const { title } = tableOf(engine, record.type).definition
  return (seen.get(keyOf(record))?.[title] as string | null | undefined) ?? null
}

async function actorNames(caller: Caller, query: QueryContext, batches: readonly (readonly Entry[])[]) {
  const ids = [...new Set(batches.flatMap(([newest]) => newest?.actor ?? []))]
  if (ids.length === 0 || query.actor.scope('users', 'read').kind === 'none') return new Map<string, string>()
  const select = sql`select id, name from ${raw(caller.storage.table('user'))} where tenant_id = ${query.tenant} and ${inList(raw('id'), evened(ids))}`
  return new Map(
    (await caller.storage.read(select.text, select.params)).map(([id, name]) => [String(id), String(name)]),
  )
}

/** Entries in their order, put together by batch. */
export function byBatch(entries: readonly Entry[]): [Entry, ...Entry[]][] {
  const batches = new Map<string, [Entry, ...Entry[]]>()
  for (const entry of entries) {
    const known = batches.get(entry.batch)
    if (known) known.push(entry)
    else batches.set(entry.batch, [entry])
  }
  return [...batches.values()]
}
