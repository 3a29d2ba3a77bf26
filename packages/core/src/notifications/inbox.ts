import { isStranger } from '../access/actor'
import { decodeCursor, encodeCursor } from '../kernel/cursor'
import { CrmError, invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import type { Caller } from '../records/caller'
import { limitOf, type Page } from '../records/list'
import { type QueryContext, queryContext } from '../records/query'
import type { SqlValue } from '../storage/port'
import { and, raw, rowsPast, type Sql, sql } from '../storage/sql'
import { byBatch, ENTRY_COLUMNS, type Entry, groupsOf, readable, readEntry } from './entries'
import type { Notification } from './notification'

export interface InboxQuery {
  /** Only what is not read. */
  unread?: boolean
  /** What was archived instead. */
  archived?: boolean
  /** 1 to 200; default 50. */
  limit?: number | undefined
  /** `nextCursor` of the page before. */
  after?: string | null | undefined
}

const KEYS = ['unread', 'archived', 'limit', 'after']
const ENTRIES_AT_ONCE = 500
/** So many unread entries are counted; beyond, the count stays what it is. */
const COUNTED = 1000

/** The user whose inbox it is. The system has none, nor has a user nobody has synced. */
export function readerOf({ actor }: Pick<QueryContext, 'actor'>): string {
  if (actor.user === null)
    throw invalid('user', 'required', 'Use crm.as({ user }): the system has no notifications of its own.')
  if (!isStranger(actor)) return actor.user
  throw new CrmError('FORBIDDEN', 'You have no notifications.', {
    field: 'user',
    rule: 'unknown-user',
    remedy: 'Ask an administrator for an account; users.sync makes one.',
  })
}

/** The reader's notifications, newest first, as far as the reader may read what they are about. */
export async function listNotifications(caller: Caller, request: InboxQuery = {}): Promise<Page<Notification>> {
  const query = await queryContext(caller)
  const user = readerOf(query)
  const { unread = false, archived = false, after } = checked(request)
  const limit = limitOf(request.limit)
  const fingerprint = `notifications ${unread} ${archived}`
  const from = after == null ? undefined : batchOf(decodeCursor(after, fingerprint))
  const where = and(
    sql`n.tenant_id = ${query.tenant} and n.user_id = ${user} and n.state = ${archived ? 'archived' : 'inbox'}`,
    unread ? raw('n.read_at is null') : and(),
    from === undefined ? and() : sql`n.batch < ${from}`,
  )
  const found = await firstBatches(caller, query, where, limit + 1)
  const groups = await groupsOf(caller, query, found.batches.slice(0, limit), found.seen)
  const items = groups.map(({ notification }) => notification)
  const last = found.batches.length > limit ? items.at(-1) : undefined
  return { items, nextCursor: last ? encodeCursor([last.id], fingerprint) : null }
}

/** The newest whole batches of which something is readable. Reads on while what was read is not enough. */
async function firstBatches(caller: Caller, query: QueryContext, where: Sql, wanted: number) {
  const kept: Entry[] = []
  const seen = new Map<string, never>()
  for (let place: SqlValue[] | undefined; ; ) {
    const entries = await readEntries(caller, where, place)
    const found = await readable(caller, query, entries)
    kept.push(...found.entries)
    for (const [key, record] of found.seen) seen.set(key, record as never)
    const last = entries.at(-1)
    const batches = byBatch(kept)
    // The last one may go on.
    if (!last || entries.length < ENTRIES_AT_ONCE || batches.length > wanted)
      return { batches: batches.slice(0, wanted), seen }
    place = [last.batch, last.id]
  }
}

async function readEntries(caller: Caller, where: Sql, place: readonly SqlValue[] | undefined): Promise<Entry[]> {
  const columns = [raw('n.batch'), raw('n.id')]
  const past = place ? rowsPast(columns, '<', place, caller.storage.dialect) : and()
  const from = raw(`select ${ENTRY_COLUMNS} from ${caller.storage.table('notification')} n`)
  const select = sql`${from} where ${and(where, past)} order by n.batch desc, n.id desc limit ${raw(String(ENTRIES_AT_ONCE))}`
  return (await caller.storage.read(select.text, select.params)).map(readEntry)
}

/** How many of them are unread, looking at the newest thousand entries at most. */
export async function unreadCount(caller: Caller): Promise<number> {
  const query = await queryContext(caller)
  const user = readerOf(query)
  const unread = `select ${ENTRY_COLUMNS} from ${caller.storage.table('notification')} n where n.tenant_id = ? and n.user_id = ? and n.state = 'inbox' and n.read_at is null order by n.batch desc limit ${COUNTED}`
  const entries = (await caller.storage.read(unread, [query.tenant, user])).map(readEntry)
  return byBatch((await readable(caller, query, entries)).entries).length
}

function checked(request: InboxQuery): InboxQuery {
  if (typeof request !== 'object' || request === null)
    throw invalid('request', 'wrong-type', 'Give an object such as { unread: true }.')
  const unknown = Object.keys(request).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  for (const name of ['unread', 'archived'] as const)
    if (request[name] !== undefined && typeof request[name] !== 'boolean')
      throw invalid(name, 'wrong-type', 'Give true or false.')
  return request
}

function batchOf([batch]: unknown[]): string {
  if (isId(batch)) return batch
  throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same query.')
}
