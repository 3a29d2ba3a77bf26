import type { RecordTable } from './record-table'
import type { WriteSession } from './write'

/**
 * Shows everything on one record's timeline on another's as well: its own events, and those about it. Two records of
 * one person: a lead and its contact, a duplicate and what it was merged into. One statement, whatever the history.
 */
export async function followTimeline(
  write: WriteSession,
  from: string,
  to: { table: RecordTable; id: string },
): Promise<void> {
  const { storage, tenant } = write.caller
  const events = storage.table('event')
  const about = storage.table('event_about')
  await write.send(
    `insert into ${about} (tenant_id, record_id, at, event_id)
    select s.tenant_id, t.id, s.at, s.event_id
    from (
      select e.tenant_id, e.at, e.id as event_id from ${events} e where e.tenant_id = ? and e.record_id = ?
      union
      select a.tenant_id, a.at, a.event_id from ${about} a join ${events} o on o.tenant_id = a.tenant_id and o.id = a.event_id
      where a.tenant_id = ? and a.record_id = ? and o.record_id <> ?
    ) s
    join ${to.table.name} t on t.tenant_id = s.tenant_id and t.id = ?
    where not exists (
      select 1 from ${about} k where k.tenant_id = s.tenant_id and k.record_id = t.id and k.at = s.at and k.event_id = s.event_id
    )`,
    [tenant, from, tenant, from, to.id, to.id],
  )
}

/** Events about both records already: what `unfollowTimeline` has to leave. */
export async function sharedEvents(write: WriteSession, from: string, to: string): Promise<string[]> {
  const { storage, tenant } = write.caller
  const events = storage.table('event')
  const about = storage.table('event_about')
  const rows = await write.all(
    `select a.event_id from ${about} a join ${events} e on e.tenant_id = a.tenant_id and e.id = a.event_id
    where a.tenant_id = ? and a.record_id = ? and (e.record_id = ? or exists (
      select 1 from ${about} b where b.tenant_id = a.tenant_id and b.record_id = ? and b.at = a.at and b.event_id = a.event_id
    ))`,
    [tenant, to, from, from],
  )
  return rows.map(([id]) => String(id))
}

/** Takes `from`'s events off `to`'s timeline again, but for those in `keep`. */
export async function unfollowTimeline(
  write: WriteSession,
  from: string,
  to: string,
  keep: readonly string[],
): Promise<void> {
  const { storage, tenant } = write.caller
  const events = storage.table('event')
  const about = storage.table('event_about')
  const except = keep.length > 0 ? ` and event_id not in (${keep.map(() => '?').join(', ')})` : ''
  await write.send(
    `delete from ${about} where tenant_id = ? and record_id = ? and event_id in (
      select s.event_id from (
        select e.id as event_id from ${events} e where e.tenant_id = ? and e.record_id = ?
        union
        select a.event_id from ${about} a where a.tenant_id = ? and a.record_id = ?
      ) s
    )${except}`,
    [tenant, to, tenant, from, tenant, from, ...keep],
  )
}
