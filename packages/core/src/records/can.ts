import type { Action } from '../access/roles'
import { grantedRows, inScope } from '../access/scope'
import { isId } from '../kernel/ids'
import { FALSE, raw, sql } from '../storage/sql'
import type { Caller } from './caller'
import { tableOf } from './engine'
import type { RecordType } from './field'
import { reach } from './find'
import { type QueryContext, queryContext, scopedTable } from './query'

/** Whether the caller may do this: with some record of the type, or with the given one. The rule in memory. */
export async function can(
  caller: Caller,
  type: RecordType,
  action: Action,
  record?: string | { id: string },
): Promise<boolean> {
  const query = await queryContext(caller)
  if (typeof type !== 'string' || typeof action !== 'string') return false
  const scope = reach(query, type, action)
  if (record === undefined || scope.kind === 'none') return scope.kind !== 'none'
  const owned = await readOwner(caller, query, type, typeof record === 'string' ? record : record?.id)
  if (!owned) return false
  if (inScope(scope, owned, NO_IDS)) return true
  return inScope(scope, owned, await grantedTo(caller, query, type, action, owned.id))
}

const NO_IDS: ReadonlySet<string> = new Set()

async function readOwner(caller: Caller, { engine, tenant }: QueryContext, type: RecordType, id: unknown) {
  if (!isId(id)) return undefined
  const select = `select id, owner from ${tableOf(engine, type).name} where tenant_id = ? and id = ? and deleted_at is null`
  const [row] = await caller.storage.read(select, [tenant, id])
  return row && { id: String(row[0]), owner: row[1] as string | null }
}

async function grantedTo(
  caller: Caller,
  query: QueryContext,
  type: RecordType,
  action: Action,
  id: string,
): Promise<ReadonlySet<string>> {
  const table = tableOf(query.engine, type)
  const granted = grantedRows(reach(query, type, action), scopedTable(query, table, 'r'))
  if (granted === FALSE) return NO_IDS
  const select = sql`select r.id from ${raw(table.name)} r where r.tenant_id = ${query.tenant} and r.id = ${id} and ${granted}`
  return new Set((await caller.storage.read(select.text, select.params)).map(([found]) => String(found)))
}
