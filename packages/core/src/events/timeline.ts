import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import type { EventRecord, RecordRef, TimelineEntry, TimelineOptions } from '../records/event'
import type { RecordType } from '../records/field'
import { findInScope, notFound } from '../records/find'
import type { Page } from '../records/list'
import { type QueryContext, queryContext } from '../records/query'
import { FROM_REPLICA } from '../storage/port'
import { raw, rowsPast, type Sql, sql } from '../storage/sql'
import { entryOf } from './entry'
import { readNotes } from './note-parents'
import { eventPage, type Place } from './page'
import { EVENT_COLUMNS, readEvent } from './stored-event'
import { createVisibility, type Visibility } from './visible'

const KEYS = ['limit', 'after', 'deleted']

/**
 * Everything that happened to a record and around it, newest first: its own changes, and those of activities, tasks,
 * deals and notes that concern it. What the caller may not read is not there, and hidden fields are not in `changes`.
 *
 * Reads the part of two index ranges that the page needs: the cost follows the page, not the length of the history.
 *
 * @throws NOT_FOUND when the caller may not read the record; with `deleted: true`, when they may not delete it
 * @example
 * const { items, nextCursor } = await me.timeline({ type: 'contacts', id: contact.id }, { limit: 20 })
 */
export async function recordTimeline(
  caller: Caller,
  record: RecordRef,
  options: TimelineOptions = {},
): Promise<Page<TimelineEntry>> {
  const query = await queryContext(caller)
  const { type, id } = checkRef(query, record)
  if (typeof options !== 'object' || options === null)
    throw invalid('options', 'wrong-type', 'Give an object such as { limit: 20 }.')
  const unknown = Object.keys(options).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  const deleted = options.deleted === true
  const found = await findInScope(query, { all: caller.storage.read }, type, id, deleted ? 'delete' : 'read', {
    deleted,
  })
  if (!found) throw notFound(type)
  const visibility = createVisibility(caller, query)
  return eventPage({
    limit: options.limit,
    after: options.after,
    fingerprint: `timeline ${type} ${id}`,
    read: async (after, count) => {
      const select = eventsSql(query, { type, id }, after, count)
      return (await caller.storage.read(select.text, select.params, FROM_REPLICA)).map((row) =>
        readEvent(query.engine, row),
      )
    },
    show: (events) => showEvents(caller, query, { type, id }, events, visibility),
  })
}

/** Checks a reference given by a caller. */
export function checkRef({ engine }: QueryContext, record: RecordRef, path = 'record'): RecordRef {
  const { type, id } = (record ?? {}) as Partial<RecordRef>
  const types = [...engine.tables.keys()]
  if (!types.includes(type as RecordType))
    throw invalid(`${path}.type`, 'invalid-type', `Use one of: ${types.join(', ')}.`)
  if (!isId(id)) throw notFound(type as string, `${path}.id`)
  return { type: tableOf(engine, type as RecordType).type, id }
}

function eventsSql(
  { engine, tenant }: QueryContext,
  { type, id }: RecordRef,
  after: Place | undefined,
  count: number,
): Sql {
  const event = raw(engine.storage.table('event'))
  const about = raw(engine.storage.table('event_about'))
  const limit = raw(`limit ${count}`)
  const before = (id: string) =>
    after ? sql` and ${rowsPast([raw('at'), raw(id)], '<', [after.at, after.id], engine.storage.dialect)}` : raw('')
  const own = sql`select at, id from ${event} where tenant_id = ${tenant} and record_id = ${id} and record_type = ${type}${before('id')} order by at desc, id desc ${limit}`
  const around = sql`select at, event_id as id from ${about} where tenant_id = ${tenant} and record_id = ${id}${before('event_id')} order by at desc, event_id desc ${limit}`
  const merged = sql`select o.at, o.id from (${own}) o union select a.at, a.id from (${around}) a order by 1 desc, 2 desc ${limit}`
  // A left join, so that every planner starts from the page and not from the tenant's whole log.
  return sql`select ${raw(EVENT_COLUMNS)} from (${merged}) p left join ${event} e on e.tenant_id = ${tenant} and e.id = p.id order by p.at desc, p.id desc`
}

/** The events the caller may see. Of another record: when they may read it; of a note: when they may read its record. */
async function showEvents(
  caller: Caller,
  query: QueryContext,
  record: RecordRef,
  events: readonly EventRecord[],
  visibility: Visibility,
) {
  const isOwn = ({ recordType, recordId }: EventRecord) => recordType === record.type && recordId === record.id
  const noteIds = events.filter((event) => event.recordType === 'notes').map((event) => event.recordId)
  const notes = await readNotes(caller, query, noteIds)
  const parents = [...notes.values()].map((note) => note.parent)
  const isSelf = ({ type, id }: RecordRef) => type === record.type && id === record.id
  const others = events.filter((event) => event.recordType !== 'notes' && !isOwn(event)).map(refOf)
  await visibility.learn([...others, ...parents.filter((parent) => !isSelf(parent)), ...events.flatMap(contactsIn)])

  return events.flatMap((event) => {
    const note = event.recordType === 'notes' ? notes.get(event.recordId) : undefined
    const subject = note?.parent ?? refOf(event)
    if (!isSelf(subject) && !visibility.has(subject)) return []
    if (event.recordType === 'notes' && !note) return []
    const told = note?.deleted ? withoutBody(event) : withoutUnseen(event, visibility)
    const entry = told && entryOf(query, told)
    return entry ? [entry] : []
  })
}

const refOf = ({ recordType, recordId }: EventRecord): RecordRef => ({ type: recordType as RecordType, id: recordId })

type Parts = readonly { contact: string }[]

const partsIn = ({ recordType, changes }: EventRecord): readonly [Parts, Parts] | undefined =>
  recordType === 'deals' && changes.contacts ? (changes.contacts as readonly [Parts, Parts]) : undefined

/** Contacts of a deal that its event names. */
const contactsIn = (event: EventRecord): RecordRef[] =>
  (partsIn(event) ?? []).flatMap((parts) => (parts ?? []).map(({ contact }) => ({ type: 'contacts', id: contact })))

/** As `deals.contacts` has it: contacts of a deal are told to those who may read them. Undefined where nothing is left to tell. */
function withoutUnseen(event: EventRecord, visibility: Visibility): EventRecord | undefined {
  const parts = partsIn(event)
  if (!parts) return event
  const [from, to] = parts.map((side) =>
    (side ?? []).filter(({ contact }) => visibility.has({ type: 'contacts', id: contact })),
  )
  const { contacts: _, ...others } = event.changes
  if (JSON.stringify(from) !== JSON.stringify(to)) return { ...event, changes: { ...others, contacts: [from, to] } }
  return Object.keys(others).length > 0 ? { ...event, changes: others } : undefined
}

/** What a deleted note said is gone; that there was one stays. */
const withoutBody = (event: EventRecord): EventRecord => {
  const { body: _, mentions: __, ...changes } = event.changes
  return { ...event, changes }
}
