import { nowOf } from '../records/caller'
import { concernedBy } from '../records/concerned'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import { lockRecord } from '../records/guard'

export async function activityRules(change: Change): Promise<void> {
  const { after, given, caller } = change
  after.occurredAt ??= nowOf(caller)
  if (given.has('participants') && after.participants !== null)
    await (await import('./participants')).checkParticipants(change)
}

/**
 * The records an activity is about remember when somebody last did something for them. Runs after the links were
 * checked, so a writer touches no record they cannot see.
 */
export async function touchRelated(change: Change): Promise<void> {
  const { before, after, caller, write } = change
  if (before) return recountRelated(change)
  const at = (after.occurredAt as Date).getTime()
  for (const { type, id } of concernedBy(tableOf(caller.engine, 'activities'), [after])) {
    const table = tableOf(caller.engine, type).name
    const update = `update ${table} set last_activity_at = ? where tenant_id = ? and id = ? and (last_activity_at is null or last_activity_at < ?)`
    await write.send(update, [at, caller.tenant, id, at])
  }
}

/** The same when an activity moved in time, to another record, or went or came back: the latest that is left counts. */
export async function recountRelated({ before, after, caller, write }: Change): Promise<void> {
  const { engine, tenant } = caller
  const activities = tableOf(engine, 'activities')
  const moved =
    timeOf(before?.occurredAt) !== timeOf(after.occurredAt) || timeOf(before?.deletedAt) !== timeOf(after.deletedAt)
  for (const { link, type, id } of concernedBy(activities, [before, after], !moved)) {
    const table = tableOf(engine, type)
    await lockRecord(write, table, id)
    const latest = `select max(a.occurred_at) from ${activities.name} a where a.tenant_id = ? and a.${link} = ? and a.deleted_at is null`
    const update = `update ${table.name} set last_activity_at = (${latest}) where tenant_id = ? and id = ?`
    await write.send(update, [tenant, id, tenant, id])
  }
}

const timeOf = (value: unknown) => (value as Date | null | undefined)?.getTime() ?? null
