import { forbidden } from '../access/actor'
import { readInstant } from '../kernel/dates'
import { invalid } from '../kernel/errors'
import { type Period, resolvePeriod } from '../kernel/periods'
import type { Caller } from '../records/caller'
import type { EventRecord, TimelineEntry } from '../records/event'
import type { Page } from '../records/list'
import { type QueryContext, queryContext } from '../records/query'
import { FROM_REPLICA } from '../storage/port'
import { and, raw, rowsPast, type Sql, sql } from '../storage/sql'
import { entryOf } from './entry'
import type { EventName } from './names'
import { eventPage, type Place } from './page'
import { EVENT_COLUMNS, readEvent } from './stored-event'

/** From `gte` (included) to `lt` (excluded): instants, or ISO 8601 text with a zone. */
export interface Between {
  gte?: Date | string
  lt?: Date | string
}

export interface AuditWhere {
  /** A user's id; null for what the system did. */
  actor?: string | null
  name?: EventName | (string & Record<never, never>)
  recordType?: EventRecord['recordType']
  recordId?: string
  /** A period in the asker's zone, or an interval. */
  at?: Period | Between
}

export interface AuditQuery {
  where?: AuditWhere
  /** 1 to 200; default 50. */
  limit?: number | undefined
  /** `nextCursor` of the page before. */
  after?: string | null | undefined
}

const KEYS = ['where', 'limit', 'after']
const FILTERS = ['actor', 'name', 'recordType', 'recordId', 'at']
const COLUMNS = { actor: 'e.actor', name: 'e.name', recordType: 'e.record_type', recordId: 'e.record_id' } as const

/**
 * The event log of the tenant, newest first: who did what, when, and what changed from what to what. For roles that
 * grant `read` on `audit` for all; fields hidden from the caller stay hidden.
 *
 * Served by an index for `recordId`, `actor`, `name` and `at`, one of which a filter on `recordType` alone should
 * bring along on a big log: it walks the log from its newest entry.
 *
 * @throws FORBIDDEN without the permission
 * @example
 * await admin.audit({ where: { actor: 'u7', at: { last: '30d' } }, limit: 100 })
 */
export async function auditLog(caller: Caller, request: AuditQuery = {}): Promise<Page<TimelineEntry>> {
  const query = await queryContext(caller)
  if (query.actor.scope('audit', 'read').kind !== 'all') throw forbidden('audit', 'read')
  if (typeof request !== 'object' || request === null)
    throw invalid('request', 'wrong-type', "Give an object such as { where: { actor: 'u7' } }.")
  refuseUnknown(request, KEYS, '')
  const { where = {} } = request
  if (typeof where !== 'object' || where === null)
    throw invalid('where', 'invalid-filter', "Give an object such as { actor: 'u7' }.")
  refuseUnknown(where, FILTERS, 'where.')
  const conditions = conditionsOf(query, where)
  return eventPage({
    limit: request.limit,
    after: request.after,
    fingerprint: `audit ${JSON.stringify(where)}`,
    read: async (after, count) => {
      const select = logSql(query, conditions, after, count)
      return (await caller.storage.read(select.text, select.params, FROM_REPLICA)).map((row) =>
        readEvent(query.engine, row),
      )
    },
    show: (events) => events.flatMap((event) => entryOf(query, event) ?? []),
  })
}

function logSql({ engine, tenant }: QueryContext, conditions: Sql, after: Place | undefined, count: number): Sql {
  const before = after ? rowsPast([raw('e.at'), raw('e.id')], '<', [after.at, after.id], engine.storage.dialect) : and()
  const from = sql`${raw(`select ${EVENT_COLUMNS} from ${engine.storage.table('event')} e`)} where ${and(sql`e.tenant_id = ${tenant}`, conditions, before)}`
  return sql`${from} order by e.at desc, e.id desc limit ${raw(String(count))}`
}

function conditionsOf(query: QueryContext, where: AuditWhere): Sql {
  const conditions: Sql[] = []
  for (const [name, column] of Object.entries(COLUMNS)) {
    const value = where[name as keyof typeof COLUMNS]
    if (value === undefined) continue
    if (value === null && name === 'actor') conditions.push(sql`${raw(column)} is null`)
    else if (typeof value === 'string' && value.length <= 255) conditions.push(sql`${raw(column)} = ${value}`)
    else throw invalid(`where.${name}`, 'wrong-type', 'Compare with at most 255 characters of text.')
  }
  if (where.at !== undefined) conditions.push(timeSql(query, where.at))
  return and(...conditions)
}

function timeSql({ engine, actor, now }: QueryContext, at: Period | Between): Sql {
  const isInterval = typeof at === 'object' && at !== null && ('gte' in at || 'lt' in at)
  if (!isInterval) {
    const { weekStartsOn, fiscalYearStart } = engine.settings
    const { from, to } = resolvePeriod(at as Period, {
      now,
      zone: actor.zone,
      weekStartsOn,
      fiscalYearStart,
      field: 'where.at',
    })
    return sql`e.at >= ${from.getTime()} and e.at < ${to.getTime()}`
  }
  refuseUnknown(at, ['gte', 'lt'], 'where.at.')
  const { gte, lt } = at as Between
  return and(
    gte === undefined ? and() : sql`e.at >= ${instantOf(gte, 'where.at.gte')}`,
    lt === undefined ? and() : sql`e.at < ${instantOf(lt, 'where.at.lt')}`,
  )
}

function instantOf(value: unknown, path: string): number {
  const time = readInstant(value)
  if (time === undefined) throw invalid(path, 'wrong-type', 'Compare with a Date or ISO 8601 text with a zone.')
  return time
}

function refuseUnknown(given: object, known: readonly string[], path: string) {
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) throw invalid(`${path}${unknown}`, 'unknown-key', `Use only: ${known.join(', ')}.`)
}
