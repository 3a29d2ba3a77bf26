import { nowOf } from '../records/caller'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import type { RecordType } from '../records/field'

export function activityRules({ after, caller }: Change): void {
  after.occurredAt ??= nowOf(caller)
}

const RELATED: Readonly<Record<string, RecordType>> = { lead: 'leads', contact: 'contacts', company: 'companies', deal: 'deals' }

/** The records an activity is about remember when somebody last did something for them. */
export async function touchRelated({ after, caller, write }: Change): Promise<void> {
  const at = (after.occurredAt as Date).getTime()
  for (const [name, type] of Object.entries(RELATED)) {
    if (typeof after[name] !== 'string') continue
    const table = tableOf(caller.engine, type).name
    const update = `update ${table} set last_activity_at = ? where tenant_id = ? and id = ? and (last_activity_at is null or last_activity_at < ?)`
    await write.run(update, [at, caller.tenant, after[name] as string, at])
  }
}
