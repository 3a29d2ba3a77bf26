import { CrmError, invalid } from '../../kernel/errors'
import { isId } from '../../kernel/ids'
import { type Caller, nowOf } from '../caller'
import { shown } from '../create'
import { tableOf } from '../engine'
import type { RecordType } from '../field'
import { notFound, requireForWrite } from '../find'
import { runVerb, type VerbOptions } from '../idempotency'
import type { RecordTable } from '../record-table'
import type { AnyRecord } from '../types'
import { saveChange } from '../update'
import type { WriteSession } from '../write'
import { type MergeRules, setDeleted } from './absorb'
import { COMMON_SIDES } from './sides'
import { type MergeUndo, withoutMerge } from './undo'

export interface UnmergeResult<R = AnyRecord> {
  winner: R
  /** The records that are back. */
  restored: R[]
}

/**
 * Undoes a merge: the losers are back with what was theirs, the winner has its own values again. What was changed since
 * stays changed: a field set anew, a deal that went on to another record.
 */
export const unmergeRecords = (
  caller: Caller,
  type: RecordType,
  rules: MergeRules,
  id: string,
  options?: VerbOptions,
): Promise<UnmergeResult> =>
  runVerb(caller, `${type}.unmerge`, id, options, async (open) => {
    const write: WriteSession = { ...open, allowDuplicates: true }
    const table = tableOf(caller.engine, type)
    const { winnerId, undo } = await readMerge(write, type, id)
    const winner = await requireForWrite(write, type, winnerId, 'merge')
    const losers: AnyRecord[] = []
    for (const loser of Object.keys(undo.losers)) losers.push(await requireForWrite(write, type, loser, 'merge', true))

    const after = withoutMerge(table, winner, undo)
    const given = new Set(Object.keys(undo.fields).filter((field) => field === 'name'))
    const saved = await saveChange(write, table, winner, after, given, `${table.definition.table}.unmerged`, {
      changes: { mergedFrom: [losers.map((loser) => loser.id), null] },
      about: losers.map((loser) => ({ type, id: loser.id })),
    })
    const restored: AnyRecord[] = []
    for (const loser of [...losers].reverse())
      restored.unshift(await release(write, table, rules, winnerId, loser, undo))
    await markUndone(write, id)
    return { winner: shown(write, type, saved), restored: restored.map((record) => shown(write, type, record)) }
  })

async function readMerge(
  write: WriteSession,
  type: RecordType,
  id: string,
): Promise<{ winnerId: string; undo: MergeUndo }> {
  const { storage, tenant } = write.caller
  const select = `select winner_id, undo, undone_at from ${storage.table('merge')} where tenant_id = ? and id = ? and record_type = ?`
  const [row] = isId(id) ? await write.all(select, [tenant, id, type]) : []
  if (!row) throw notFound(type, 'mergeId')
  await requireForWrite(write, type, String(row[0]), 'merge')
  if (row[2] !== null) {
    const remedy = 'Read the records again: they are separate already.'
    throw new CrmError('CONFLICT', 'This merge was undone before.', {
      field: 'mergeId',
      rule: 'already-undone',
      remedy,
    })
  }
  if (row[1] === null)
    throw invalid(
      'mergeId',
      'too-large-to-undo',
      'Separate the records by hand: too many rows were moved to remember them all.',
    )
  return { winnerId: String(row[0]), undo: JSON.parse(String(row[1])) }
}

async function release(
  write: WriteSession,
  table: RecordTable,
  rules: MergeRules,
  winner: string,
  loser: AnyRecord,
  undo: MergeUndo,
) {
  const moved = undo.losers[loser.id] ?? {}
  const between = { type: table.type, winner, loser: loser.id, members: [winner, ...Object.keys(undo.losers)] }
  for (const side of [...COMMON_SIDES, ...(rules.sides ?? [])].reverse()) {
    if (moved[side.name] !== undefined) await side.giveBack(write, between, moved[side.name] as never)
  }
  const event = await setDeleted(write, table, loser, null, { verb: 'unmerged', winner, mergedInto: [winner, null] })
  return { ...loser, deletedAt: null, updatedAt: event.at, updatedBy: event.actor, version: event.recordVersion }
}

async function markUndone(write: WriteSession, id: string) {
  const { storage, tenant } = write.caller
  const at = nowOf(write.caller).getTime()
  await write.send(`update ${storage.table('merge')} set undone_at = ?, undo = null where tenant_id = ? and id = ?`, [
    at,
    tenant,
    id,
  ])
  await write.send(`update ${storage.table('merged')} set undone_at = ? where tenant_id = ? and merge_id = ?`, [
    at,
    tenant,
    id,
  ])
}
