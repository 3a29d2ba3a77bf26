import { readableRows } from '../records/query'
import { and, inList, or, raw, type Sql, sql } from '../storage/sql'
import type { ActivityCounts } from './activity-counts'
import type { ReportContext } from './context'
import { groupedRows } from './grouped'
import { groupColumn } from './groups'

/**
 * Notes on records by author, as far as the asker may read notes and the records they are on, and the level of
 * `reports` reaches the author. With a filter there are none: it is about records, which notes are not.
 */
export async function noteCounts(ctx: ReportContext, groups: readonly string[]): Promise<ActivityCounts[]> {
  const { caller, query, request, period } = ctx
  if (request.where !== undefined || query.actor.scope('notes', 'read').kind === 'none') return []
  const columns = groups.map((name) => {
    const column = groupColumn(ctx, name, 'created_at')
    return name === 'owner' || name === 'team' ? { ...column, sql: raw('r.created_by') } : column
  })
  const rows = await groupedRows(ctx, {
    from: raw(`${caller.storage.table('note')} r`),
    where: and(
      sql`r.tenant_id = ${caller.tenant} and r.deleted_at is null`,
      sql`r.created_at >= ${period.from.getTime()} and r.created_at < ${period.to.getTime()}`,
      authors(ctx),
      onReadableRecords(ctx),
    ),
    keys: columns.map(({ sql }) => sql),
    measures: [raw('count(*)')],
  })
  return rows
    .filter(({ values }) => Number(values[0]) > 0)
    .map(({ keys, values }) => ({
      keys: Object.fromEntries(columns.map(({ name, read }, index) => [name, read(keys[index])])),
      counts: { notes: Number(values[0]) },
    }))
}

function authors({ query }: ReportContext): Sql {
  const scope = query.actor.scope('reports', 'read')
  return scope.kind === 'owners' ? inList(raw('r.created_by'), [...scope.owners]) : and()
}

function onReadableRecords({ query }: ReportContext): Sql {
  const tables = [...query.engine.tables.values()].filter(({ type }) => query.actor.scope(type, 'read').kind !== 'none')
  return or(
    ...tables.map((table) => {
      const record = and(raw('x.id = r.record_id'), readableRows(query, table, 'x'))
      return sql`r.record_type = ${table.type} and exists (select 1 from ${raw(table.name)} x where ${record})`
    }),
  )
}
