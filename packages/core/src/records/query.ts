import type { Actor } from '../access/actor'
import { type Scope, type ScopedTable, scopeSql } from '../access/scope'
import { and, FALSE, or, raw, type Sql, sql } from '../storage/sql'
import { type Caller, nowOf } from './caller'
import { type Engine, tableOf } from './engine'
import type { RecordType } from './field'
import type { RecordTable } from './record-table'
import { isVisible } from './visibility'

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

export const scopedTable = (query: QueryContext, table: RecordTable, alias: string): ScopedTable => ({
  alias,
  type: table.type,
  tenant: query.tenant,
  shares: query.engine.storage.table('share'),
  attendees: query.engine.storage.table('meeting_attendee'),
  ...(table.definition.seenWith && { seen: rowsAboutReadable(query, table, table.definition.seenWith, alias) }),
})

/** Rows whose link leads to a record the actor may read. A link they may not see shows them nothing. */
const rowsAboutReadable = (query: QueryContext, table: RecordTable, links: readonly string[], alias: string): Sql =>
  or(
    ...links.flatMap((name) => {
      const bound = table.fields.get(name)
      if (!bound || !isVisible(query.actor, table, name)) return []
      const target = tableOf(query.engine, bound.field.to as RecordType)
      const [column, on] = [`${alias}.${bound.columns[0]}`, `${alias}_${name}`]
      const readable = readableRows(query, target, on)
      return readable === FALSE
        ? []
        : sql`exists (select 1 from ${raw(`${target.name} ${on} where ${on}.id = ${column}`)} and ${readable})`
    }),
  )

/** Live rows of the tenant, without regard to permissions. */
export const liveRows = (query: Pick<QueryContext, 'tenant'>, alias: string): Sql =>
  sql`${raw(`${alias}.tenant_id`)} = ${query.tenant} and ${raw(`${alias}.deleted_at`)} is null`

/** Live rows that are in scope. */
export const rowsInScope = (query: QueryContext, table: RecordTable, scope: Scope, alias: string): Sql =>
  and(liveRows(query, alias), scopeSql(scope, scopedTable(query, table, alias)))

/** Live rows the actor may read. */
export const readableRows = (query: QueryContext, table: RecordTable, alias: string): Sql =>
  rowsInScope(query, table, query.actor.scope(table.type, 'read'), alias)
