import { tableOf } from '../records/engine'
import type { RecordType } from '../records/field'
import type { AnyRecord } from '../records/types'
import type { WriteSession } from '../records/write'

/**
 * What a lead becomes belongs to the lead's owner, where the caller may give records to them and they are active; else to
 * the caller, as with any new record.
 */
export async function ownerFor(write: WriteSession, type: RecordType, lead: AnyRecord): Promise<string | undefined> {
  const { owner } = lead
  const { actor, caller } = write
  if (owner === null || owner === actor.user || actor.field(type, 'owner') !== 'update') return undefined
  const { definition } = tableOf(caller.engine, type)
  const reaches = (action: 'create' | 'assign') => {
    const scope = actor.scope(definition.type, action)
    return (
      scope.kind === 'all' ||
      (scope.kind === 'owners' && (action === 'assign' ? actor.colleagues : scope.owners).has(owner))
    )
  }
  if (!reaches('create') || !reaches('assign')) return undefined
  const [row] = await write.all(`select active from ${caller.storage.table('user')} where tenant_id = ? and id = ?`, [
    caller.tenant,
    owner,
  ])
  return row?.[0] ? owner : undefined
}
