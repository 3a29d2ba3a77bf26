import { forbidden } from '../access/actor'
import type { Scope } from '../access/scope'
import type { RecordType } from '../records/field'
import type { QueryContext } from '../records/query'

/**
 * What a report may count: records the asker may read, no further than the level of `reports` reaches. Both levels are
 * the asker's own, and levels contain each other (own, team, all), so the narrower one is what they have in common.
 */
export function reportScope({ actor }: Pick<QueryContext, 'actor'>, type: RecordType): Scope {
  const reports = actor.scope('reports', 'read')
  if (reports.kind === 'none') throw forbidden('reports', 'read')
  const records = actor.scope(type, 'read')
  if (records.kind === 'none') throw forbidden(type, 'read')
  return reach(reports) < reach(records) ? reports : records
}

const reach = (scope: Scope): number => {
  if (scope.kind !== 'owners') return scope.kind === 'all' ? 3 : 0
  return scope.shared ? 2 : 1
}
