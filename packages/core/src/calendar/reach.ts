import { scopeSql } from '../access/scope'
import { tableOf } from '../records/engine'
import { type QueryContext, scopedTable } from '../records/query'
import { type Sql, TRUE } from '../storage/sql'

/** Rows of these owners that the actor may read: nothing to ask of each where all of the owners are within reach. */
export function ownedInReach(query: QueryContext, type: 'tasks' | 'meetings', owners: readonly string[]): Sql {
  const scope = query.actor.scope(type, 'read')
  if (scope.kind === 'owners' && owners.every((owner) => scope.owners.has(owner))) return TRUE
  return scopeSql(scope, scopedTable(query, tableOf(query.engine, type), 'r'))
}
