import type { Sql } from '../storage/sql'
import { raw } from '../storage/sql'
import type { ReportContext } from './context'
import { fitsSplit, type Split } from './grouped'

/** SQLite joins at most 500 selects; beyond 200 one grouping sort costs no more. */
const MOST = 200

/**
 * The values of an indexed column, found by hopping from each to the next greater one: as many index look-ups as there
 * are values. Undefined when there are too many for a split, or the database groups by hash and has no use for one.
 */
export async function splitBy(
  ctx: ReportContext,
  type: 'leads' | 'deals' | 'activities' | 'tasks',
  column: string,
  where: Sql,
): Promise<Split | undefined> {
  if (ctx.caller.storage.dialect.groupsByHash) return undefined
  const values = await ctx.once(`values of ${type}.${column}`, () => distinctValues(ctx, type, column))
  if (values.length > MOST || !fitsSplit(where, values.length + 1)) return undefined
  // Every lead has a source; anything may be without owner.
  return { column: raw(`r.${column}`), values: column === 'source' ? values : [...values, null] }
}

async function distinctValues(
  { caller, query, table }: ReportContext,
  type: 'leads' | 'deals' | 'activities' | 'tasks',
  column: string,
): Promise<string[]> {
  const scope = column === 'owner' ? query.actor.scope(type, 'read') : undefined
  if (scope?.kind === 'owners' && !scope.shared) return [...scope.owners]
  const name = table(type).name
  const rows = await caller.storage.read(
    `with recursive found(x) as (
       select min(r.${column}) from ${name} r where r.tenant_id = ? and r.deleted_at is null
       union all
       select (select min(r.${column}) from ${name} r where r.tenant_id = ? and r.deleted_at is null and r.${column} > found.x)
       from found where found.x is not null
     ) select x from found where x is not null limit ${MOST + 1}`,
    [caller.tenant, caller.tenant],
  )
  return rows.map(([value]) => String(value))
}
