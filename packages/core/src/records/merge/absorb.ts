import { appendEvent } from '../append-event'
import { authorOf, nowOf } from '../caller'
import { runHook } from '../hooks'
import type { RecordTable } from '../record-table'
import type { AnyRecord } from '../types'
import { unlessConcurrent } from '../update'
import type { WriteSession } from '../write'
import type { MergeSide } from './side'
import { COMMON_SIDES } from './sides'

/** What a room adds to merging: its own side tables, and whom it refuses. */
export interface MergeRules {
  readonly sides?: readonly MergeSide[]
  readonly refuse?: (winner: AnyRecord, losers: readonly AnyRecord[]) => void
}

interface Absorbing {
  winner: string
  loser: AnyRecord
  members: readonly string[]
}

/** Deletes the loser and moves what hangs on it. Gives back what each side has to remember. */
export async function absorb(
  write: WriteSession,
  table: RecordTable,
  rules: MergeRules,
  { winner, loser, members }: Absorbing,
) {
  const between = { type: table.type, winner, loser: loser.id, members }
  const remembered: Record<string, unknown> = {}
  for (const side of [...COMMON_SIDES, ...(rules.sides ?? [])]) {
    const moved = await side.move(write, between)
    if (moved !== undefined) remembered[side.name] = moved
  }
  const event = await setDeleted(write, table, loser, nowOf(write.caller), {
    verb: 'merged',
    winner,
    mergedInto: [null, winner],
  })
  // The merge itself stays on the winner's timeline when it is undone.
  if (Array.isArray(remembered.timeline)) remembered.timeline.push(event.id)
  return remembered
}

interface Deletion {
  verb: 'merged' | 'unmerged'
  winner: string
  mergedInto: readonly [string | null, string | null]
}

/** Deletes a loser, or brings it back. Gives back the event. */
export async function setDeleted(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord,
  at: Date | null,
  { verb, winner, mergedInto }: Deletion,
) {
  const { caller, actor } = write
  const after = {
    ...before,
    deletedAt: at,
    updatedAt: nowOf(caller),
    updatedBy: authorOf(caller, actor),
    version: before.version + 1,
  }
  const update = `update ${table.name} set deleted_at = ?, updated_at = ?, updated_by = ?, version = ? where tenant_id = ? and id = ? and version = ?`
  const values = [at?.getTime() ?? null, after.updatedAt.getTime(), after.updatedBy, after.version]
  await write.send(update, [...values, caller.tenant, before.id, before.version], unlessConcurrent(table, before))
  const event = await appendEvent(write, {
    name: `${table.definition.table}.${verb}`,
    recordType: table.type,
    recordId: before.id,
    recordVersion: after.version,
    changes: { mergedInto },
    about: [{ type: table.type, id: winner }],
  })
  const hook = runHook(write, table.type, before, after, event)
  if (hook) await hook
  return event
}
