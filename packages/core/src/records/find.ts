import { forbidden } from '../access/actor'
import type { Action } from '../access/roles'
import { narrower, type Scope, scopeSql } from '../access/scope'
import { CrmError } from '../kernel/errors'
import { isId } from '../kernel/ids'
import type { Session } from '../storage/port'
import { and, raw, type Sql, sql } from '../storage/sql'
import type { Caller } from './caller'
import { tableOf } from './engine'
import type { RecordType } from './field'
import { includeRelated } from './include'
import { type QueryContext, queryContext, scopedTable } from './query'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import { showTo } from './visibility'
import type { WriteSession } from './write'

export const notFound = (type: string, field = 'id'): CrmError =>
  new CrmError('NOT_FOUND', `There is no such record among your ${type}.`, {
    field,
    rule: 'not-found',
    remedy: 'Check the id; the record may be deleted, or out of your reach.',
  })

type Reader = Pick<Session, 'all'>

/** The records the actor may do this with: whatever is done with a record takes sight of it as well. */
export function reach(query: QueryContext, type: RecordType, action: Action): Scope {
  const own = query.actor.scope(type, action)
  return action === 'read' || action === 'create' ? own : narrower(own, query.actor.scope(type, 'read'))
}

/** The stored record when it is live and in scope for the action. One statement. */
export async function findInScope(
  query: QueryContext,
  reader: Reader,
  type: RecordType,
  id: string,
  action: Action,
  { deleted = false, toChange = false }: { deleted?: boolean; toChange?: boolean } = {},
) {
  if (!isId(id)) return undefined
  const table = tableOf(query.engine, type)
  const scope = reach(query, type, action)
  if (scope.kind === 'none') return undefined
  const select = oneRow(query, table, scopeSql(scope, scopedTable(query, table, 'r')), id, deleted)
  const lock = toChange ? (query.engine.storage.dialect.forUpdate ?? '') : ''
  const [row] = await reader.all(select.text + lock, select.params)
  return row && table.read(row)
}

function oneRow(query: QueryContext, table: RecordTable, inScope: Sql, id: string, deleted: boolean): Sql {
  const alive = deleted ? ' and r.deleted_at is not null' : ' and r.deleted_at is null'
  const row = sql`${raw(`select ${table.selectList} from ${table.name} r where r.tenant_id = `)}${query.tenant} and r.id = ${id}`
  return sql`${row}${raw(alive)} and ${and(inScope)}`
}

/** Records whose rows this process holds locked until its transaction ends. */
const locked = new WeakSet<AnyRecord>()

/** Whether nobody else can have changed the record since it was read. */
export const isLocked = (record: AnyRecord): boolean => locked.has(record)

/** The record to write on. Out of reach for reading: NOT_FOUND. Readable, but not for this: FORBIDDEN. */
export async function requireForWrite(
  write: WriteSession,
  type: RecordType,
  id: string,
  action: Action,
  deleted = false,
): Promise<AnyRecord> {
  const { caller, actor } = write
  const query: QueryContext = { engine: caller.engine, tenant: caller.tenant, actor, now: caller.engine.clock.now() }
  const found = await findInScope(query, write, type, id, action, { deleted, toChange: true })
  if (found) {
    if (caller.engine.storage.dialect.forUpdate) locked.add(found)
    return found
  }
  const readable = !deleted && (await findInScope(query, write, type, id, 'read'))
  throw readable ? forbidden(type, action) : notFound(type)
}

/** The record as the caller may see it. Throws NOT_FOUND for what does not exist, is deleted, or is out of reach. */
export async function getRecord(
  caller: Caller,
  type: RecordType,
  id: string,
  options: { include?: readonly string[] | undefined } = {},
) {
  const query = await queryContext(caller)
  const record = await findInScope(query, { all: caller.storage.read }, type, id, 'read')
  if (!record) throw notFound(type)
  const table = tableOf(query.engine, type)
  showTo(query.actor, table, record)
  if (options?.include) await includeRelated(caller, query, table, [record], options.include)
  return record
}
