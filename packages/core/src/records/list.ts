import { requireAny } from '../access/actor'
import {
  grantedIdsSql,
  grantedRows,
  narrower,
  ownedBy,
  type Scope,
  type ScopedTable,
  scopeSql,
  seenRows,
} from '../access/scope'
import { decodeCursor, encodeCursor } from '../kernel/cursor'
import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { FROM_REPLICA, type SqlValue } from '../storage/port'
import { and, inList, join, not, or, raw, type Sql, sql } from '../storage/sql'
import type { Caller } from './caller'
import { tableOf } from './engine'
import type { RecordType } from './field'
import { compileWhere } from './filter'
import { includeRelated } from './include'
import { afterSql, orderSql, type Segment, type SortKey, sortKeys } from './order'
import { type QueryContext, queryContext, scopedTable } from './query'
import type { RecordTable } from './record-table'
import { holdersSql, matchSql, rareAmong } from './search/match'
import { type Needle, readNeedle } from './search/needle'
import type { AnyRecord } from './types'
import { showTo } from './visibility'

/** A list request: JSON all through, so that it can be a saved view, a URL or a hook's key. */
export interface ListQuery {
  where?: unknown
  /** Texts by their first 255 characters. */
  orderBy?: unknown
  /** 1 to 200; default 50. */
  limit?: number | undefined
  /** `nextCursor` of the page before. */
  after?: string | null | undefined
  /** Links to bring along, in `related`. */
  include?: readonly string[] | undefined
  /** `capped` counts up to 1,000; `exact` reads every match. Default `none`. */
  count?: 'none' | 'capped' | 'exact' | undefined
  /** Text that must occur in one of the searched fields. */
  search?: string | undefined
  /** Deleted records instead, for those who may delete. */
  deleted?: boolean | undefined
}

export interface Page<T> {
  items: T[]
  /** Pass as `after` for the next page; null on the last. */
  nextCursor: string | null
  /** With `count: 'capped'` or `'exact'`. */
  count?: number
  /** True when there are more than `count` says. */
  countCapped?: boolean
}

const KEYS = ['where', 'orderBy', 'limit', 'after', 'include', 'count', 'search', 'deleted']
const MAX_LIMIT = 200
const COUNT_CAP = 1000
const MAX_QUERY_TEXT = 65_536
/** Up to this many owners, one index scan each is merged; beyond it, one walk of the order's index finds matches sooner. */
const MAX_BRANCHES = 60
/** Each scan repeats the parameters of the filter. Databases take some 32,000, but preparing 3,000 takes 0.1 s, and 11,000 takes 1.6. */
const MAX_PARAMETERS = 3_000

export interface Plan {
  readonly query: QueryContext
  readonly table: RecordTable
  readonly scoped: ScopedTable
  readonly scope: Scope
  readonly match: Sql
  readonly keys: readonly SortKey[]
  /** What is read of each row. */
  readonly columns: string
  /** Text that must occur. */
  readonly needle: Needle | undefined
  /** So few records match that all of them are looked at, whatever the order. */
  readonly few: boolean
}

export async function listRecords(
  caller: Caller,
  type: RecordType,
  request: ListQuery = {},
  narrowed?: Scope,
): Promise<Page<AnyRecord>> {
  const query = await queryContext(caller)
  const plan = await foundByIndex(caller, planList(query, type, request, narrowed))
  const limit = limitOf(request.limit)
  const fingerprint = fingerprintOf(type, request)
  const start = request.after == null ? undefined : readCursor(request.after, fingerprint, plan.keys)

  const rows = await readPage(caller, plan, start, limit + 1)
  const records = rows.slice(0, limit).map((row) => plan.table.read(row))
  const last = records.at(-1)
  const cursor =
    last && rows.length > limit
      ? encodeCursor(
          plan.keys.map((key) => key.valueIn(last)),
          fingerprint,
        )
      : null
  for (const record of records) showTo(query.actor, plan.table, record)
  if (request.include !== undefined) await includeRelated(caller, query, plan.table, records, request.include)
  return { items: records, nextCursor: cursor, ...(await countOf(caller, plan, request.count)) }
}

/** Checks a request and compiles all that does not depend on the page. */
export function planList(query: QueryContext, type: RecordType, request: ListQuery, narrowed?: Scope): Plan {
  if (typeof request !== 'object' || request === null)
    throw invalid('request', 'wrong-type', "Give an object such as { where: { status: 'new' } }.")
  const unknown = Object.keys(request).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  if (request.deleted !== undefined && typeof request.deleted !== 'boolean')
    throw invalid('deleted', 'wrong-type', 'Give true or false.')
  const table = tableOf(query.engine, type)
  const scope = narrowed ?? (request.deleted ? deletedScope(query, type) : requireAny(query.actor, type, 'read'))
  const scoped = scopedTable(query, table, 'r')
  const alive = request.deleted
    ? sql`r.tenant_id = ${query.tenant} and r.deleted_at is not null`
    : sql`r.tenant_id = ${query.tenant} and r.deleted_at is null`
  const needle = request.search === undefined ? undefined : readNeedle(request.search)
  const found = needle ? matchSql(query, table, needle) : and()
  const match = and(alive, compileWhere(query, table, request.where, 'r'), found)
  const keys = sortKeys(query, table, request.orderBy, 'r')
  return { query, table, scoped, scope, match, keys, columns: table.selectList, needle, few: false }
}

/** Where few records match, by the index; what is common is found sooner by going through the list. */
async function foundByIndex(caller: Caller, plan: Plan): Promise<Plan> {
  if (!plan.needle) return plan
  const rare = await rareAmong(plan.query, caller.storage, [plan.table], plan.needle)
  return rare.has(plan.table) ? amongHolders(plan, plan.needle) : plan
}

export const amongHolders = (plan: Plan, needle: Needle): Plan => ({
  ...plan,
  match: and(plan.match, holdersSql(plan.query, plan.table, needle)),
  few: true,
})

/** Deleted records are shown to those who may delete them, as far as they could see them before. */
const deletedScope = ({ actor }: QueryContext, type: RecordType): Scope =>
  narrower(requireAny(actor, type, 'delete'), requireAny(actor, type, 'read'))

/** The size of a page: 1 to 200, 50 unless told. */
export function limitOf(limit: unknown): number {
  if (limit === undefined) return 50
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > MAX_LIMIT) {
    throw invalid('limit', 'out-of-range', `Give a whole number from 1 to ${MAX_LIMIT}.`)
  }
  return limit as number
}

function fingerprintOf(type: RecordType, { where, orderBy, search, deleted }: ListQuery): string {
  let text: string
  try {
    text = JSON.stringify([type, where, orderBy, search, deleted])
  } catch {
    throw invalid(
      'where',
      'not-json',
      'Use only what JSON has: text, numbers, true, false, null, lists and objects; and dates.',
    )
  }
  if (text.length > MAX_QUERY_TEXT)
    throw invalid('where', 'too-large', `Keep the query under ${MAX_QUERY_TEXT} characters of JSON.`)
  return text
}

interface Start {
  readonly segment: Segment
  readonly values: readonly SqlValue[]
}

function readCursor(after: string, fingerprint: string, keys: readonly SortKey[]): Start {
  const values = decodeCursor(after, fingerprint) as SqlValue[]
  if (values.length !== keys.length || !isId(values.at(-1)) || values.some((value) => typeof value === 'boolean')) {
    throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same query.')
  }
  return { segment: keys[0]?.nullable && values[0] === null ? 'empty' : 'filled', values }
}

/** Rows from `start`: those with a first sort key, and where they run out, those without one. */
async function readPage(caller: Caller, plan: Plan, start: Start | undefined, wanted: number) {
  const segment = start?.segment ?? 'filled'
  const first = pageSql(plan, segment, start?.values, wanted)
  const rows = await caller.storage.read(first.text, first.params, FROM_REPLICA)
  if (rows.length >= wanted || segment === 'empty' || !plan.keys[0]?.nullable) return rows
  const rest = pageSql(plan, 'empty', undefined, wanted - rows.length)
  return [...rows, ...(await caller.storage.read(rest.text, rest.params, FROM_REPLICA))]
}

export function pageSql(plan: Plan, segment: Segment, values: readonly SqlValue[] | undefined, wanted: number): Sql {
  const { query, table, scope, scoped, match, keys, few } = plan
  const conditions = and(match, afterSql(query.engine.storage.dialect, keys, segment, values))
  // A literal: SQLite then sorts within the limit, at half the cost of a parameter.
  const limit = raw(String(wanted))
  const tail = sql` order by ${orderSql(keys, segment)} limit ${limit}`
  const records = raw(`select ${plan.columns} from `)
  const from = raw(`${table.name} r`)
  const rows = (inScope: Sql) => sql`${records}${from} where ${and(inScope, conditions)}${tail}`
  if (scope.kind !== 'owners') return rows(scopeSql(scope, scoped))

  const owners = [...scope.owners]
  const repeated = (owners.length + 1) * (conditions.params.length + 2)
  if (few || owners.length > MAX_BRANCHES || repeated > MAX_PARAMETERS)
    return rows(or(ownedByUnindexed(owners), grantedRows(scope, scoped)))
  const granted = grantedIdsSql(scope, scoped)
  if (owners.length === 1 && !granted) return rows(ownedBy(owners, scoped))

  // One scan of the owner's index for each owner, merged: stays flat, where `owner in (…)` sorts every match.
  // Only the keys are merged; the rows of the page are fetched by id.
  const merged = keys.map((key, index) => ({ ...key, column: raw(`k.k${index}`) }))
  const keyList = raw(`select ${keys.map((key, index) => `${key.column.text} as k${index}`).join(', ')} from `)
  const branches = owners.map(
    (owner) => sql`${keyList}${from} where ${and(ownedBy([owner], scoped), conditions)}${tail}`,
  )
  if (granted) {
    const others = and(raw('r.id = s.record_id'), not(ownedBy(owners, scoped)), conditions)
    branches.push(sql`${keyList}(${granted}) s cross join ${from} where ${others}${tail}`)
  }
  const seen = seenRows(scope, scoped)
  if (seen) {
    const { seen: _, ...rest } = scoped
    const seenOnly = and(seen, not(or(ownedBy(owners, scoped), grantedRows(scope, rest))), conditions)
    branches.push(sql`${keyList}${from} where ${seenOnly}${tail}`)
  }
  const union = join(
    branches.map((branch) => sql`select * from (${branch}) b`),
    ' union all ',
  )
  const order = orderSql(merged, segment)
  const page = sql`select * from (${union}) k order by ${order} limit ${limit}`
  const id = raw(`k.k${keys.length - 1}`)
  return sql`${records}(${page}) k cross join ${from} where r.tenant_id = ${query.tenant} and r.id = ${id} order by ${order}`
}

/** So many owners that walking the order finds matches soonest: written so that no owner index is tried. */
const ownedByUnindexed = (owners: readonly string[]) => inList(raw(`coalesce(r.owner, '')`), owners)

async function countOf(caller: Caller, { scope, scoped, table, match }: Plan, count: ListQuery['count']) {
  if (count === undefined || count === 'none') return {}
  if (count !== 'capped' && count !== 'exact')
    throw invalid('count', 'invalid-option', "Use 'none', 'capped' or 'exact'.")
  const rows = sql`from ${raw(table.name)} r where ${and(match, scopeSql(scope, scoped))}`
  const counting =
    count === 'exact'
      ? sql`select count(*) ${rows}`
      : sql`select count(*) from (select 1 ${rows} limit ${raw(String(COUNT_CAP + 1))}) c`
  const [[found] = [0]] = await caller.storage.read(counting.text, counting.params, FROM_REPLICA)
  const exact = Number(found)
  return count === 'capped' && exact > COUNT_CAP ? { count: COUNT_CAP, countCapped: true } : { count: exact }
}

/** Every match, page by page. */
export async function* eachRecord(
  caller: Caller,
  type: RecordType,
  request: Omit<ListQuery, 'limit' | 'after'> = {},
  narrowed?: Scope,
) {
  let after: string | null | undefined
  do {
    const page: Page<AnyRecord> = await listRecords(caller, type, { ...request, limit: MAX_LIMIT, after }, narrowed)
    yield* page.items
    after = page.nextCursor
  } while (after)
}
