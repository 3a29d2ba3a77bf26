import type { Actor } from '../access/actor'
import { type Scope, type ScopedTable, scopeSql } from '../access/scope'
import { and, raw, type Sql, sql } from '../storage/sql'
import { type Caller, nowOf } from './caller'
import type { Engine } from './engine'
import type { RecordTable } from './record-table'

/** What compiling a query needs to know: whose it is, when, and of which tenant. */
export interface QueryContext {
  readonly engine: Engine
  readonly tenant: string
  readonly actor: Actor
  readonly now: Date
}

export async function queryContext(caller: Caller): Promise<QueryContext> {
  const ready = caller.engine.ready(caller.storage)
  if (ready) await ready
  const actor = await caller.actor()
  return { engine: caller.engine, tenant: caller.tenant, actor, now: nowOf(caller) }
}

export const scopedTable = (
  query: Pick<QueryContext, 'engine' | 'tenant'>,
  table: RecordTable,
  alias: string,
): ScopedTable => ({
  alias,
  type: table.type,
  tenant: query.tenant,
  shares: query.engine.storage.table('share'),
  attendees: query.engine.storage.table('meeting_attendee'),
})

/** Live rows of the tenant, without regard to permissions. */
export const liveRows = (query: Pick<QueryContext, 'tenant'>, alias: string): Sql =>
  sql`${raw(`${alias}.tenant_id`)} = ${query.tenant} and ${raw(`${alias}.deleted_at`)} is null`

/** Live rows that are in scope. */
export const rowsInScope = (query: QueryContext, table: RecordTable, scope: Scope, alias: string): Sql =>
  and(liveRows(query, alias), scopeSql(scope, scopedTable(query, table, alias)))

/** Live rows the actor may read. */
export const readableRows = (query: QueryContext, table: RecordTable, alias: string): Sql =>
  rowsInScope(query, table, query.actor.scope(table.type, 'read'), alias)
