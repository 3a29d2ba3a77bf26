import { invalid } from '../../kernel/errors'
import { isId, newId } from '../../kernel/ids'
import { inList, raw, sql } from '../../storage/sql'
import { appendEvent } from '../append-event'
import { authorOf, type Caller, nowOf } from '../caller'
import { changesBetween } from '../changes'
import { checkFieldAccess } from '../checks'
import { shown } from '../create'
import { tableOf } from '../engine'
import type { RecordType } from '../field'
import { requireForWrite } from '../find'
import { runHook } from '../hooks'
import { runVerb, type VerbOptions } from '../idempotency'
import type { RecordTable } from '../record-table'
import type { AnyRecord } from '../types'
import { concurrentWrite, saveChange } from '../update'
import type { WriteSession } from '../write'
import { combine, type FieldChoice } from './combine'
import { refuseLoops } from './links'
import { chunks, type MergeSide } from './side'
import { COMMON_SIDES } from './sides'
import { type MergeUndo, undoOf } from './undo'

export interface MergeInput {
  /** Field → id of the record whose value is kept. Default: the winner's, or where it is empty the first loser's. */
  fields?: FieldChoice
}

export interface MergeResult<R = AnyRecord> {
  /** Pass to `unmerge`. */
  id: string
  record: R
  /** False when so many rows were moved (over 20,000 of one kind) that it cannot be undone. */
  undoable: boolean
}

/** What a room adds to merging: its own side tables, and whom it refuses. */
export interface MergeRules {
  readonly sides?: readonly MergeSide[]
  readonly refuse?: (winner: AnyRecord, losers: readonly AnyRecord[]) => void
}

const MAX_LOSERS = 10

/**
 * Makes one record of several. The winner keeps its values, gains what it lacks, and everything that hung on the others;
 * those are deleted, and their ids lead to the winner.
 */
export async function mergeRecords(
  caller: Caller,
  type: RecordType,
  rules: MergeRules,
  winnerId: string,
  loserIds: readonly string[],
  input: MergeInput = {},
  options?: VerbOptions,
): Promise<MergeResult> {
  checkInput(winnerId, loserIds, input)
  return runVerb(caller, `${type}.merge`, [winnerId, loserIds, input], options, async (open) => {
    const write: WriteSession = { ...open, allowDuplicates: true }
    const table = tableOf(caller.engine, type)
    const winner = await requireForWrite(write, type, winnerId, 'merge')
    const losers: AnyRecord[] = []
    for (const id of loserIds) losers.push(await requireForWrite(write, type, id, 'merge'))
    rules.refuse?.(winner, losers)
    const choice = input.fields ?? {}
    checkFieldAccess(write, table, nested(choice))
    const after = combine(table, winner, losers, choice, caller.engine.normalise)

    const members = [winnerId, ...loserIds]
    const moved: MergeUndo['losers'] = {}
    for (const loser of losers)
      moved[loser.id] = await absorb(write, table, rules, { winner: winnerId, loser, members })
    await refuseLoops(write, table, winnerId)

    const saved = await saveChange(
      write,
      table,
      winner,
      after,
      new Set(Object.keys(choice)),
      `${table.definition.table}.merged`,
      {
        changes: { mergedFrom: [null, loserIds] },
        about: loserIds.map((id) => ({ type, id })),
      },
    )
    const undo = undoOf(table, changesBetween(table, winner, saved), moved)
    const id = await remember(write, type, winnerId, loserIds, undo)
    return { id, record: shown(write, type, saved), undoable: undo !== null }
  })
}

function checkInput(winner: unknown, losers: unknown, input: MergeInput) {
  if (!isId(winner)) throw invalid('winnerId', 'invalid-id', 'Give the id of the record that stays.')
  if (!Array.isArray(losers) || losers.length === 0 || losers.length > MAX_LOSERS || !losers.every(isId)) {
    throw invalid('loserIds', 'invalid-ids', `Give a list of 1 to ${MAX_LOSERS} ids of records of the same type.`)
  }
  if (new Set([winner, ...losers]).size !== losers.length + 1) {
    throw invalid('loserIds', 'repeated-id', 'Name each record once, and the winner not among the losers.')
  }
  const stranger = Object.keys(input).find((key) => key !== 'fields')
  if (stranger !== undefined) throw invalid(stranger, 'unknown-key', 'Use only: fields.')
}

/** `{ 'custom.tier': id, title: id }` in the shape of a patch, for the check of field permissions. */
function nested(choice: FieldChoice): Record<string, unknown> {
  const custom = Object.keys(choice).flatMap((path) =>
    path.startsWith('custom.') ? [[path.slice('custom.'.length), null]] : [],
  )
  const plain = Object.keys(choice).flatMap((path) => (path.startsWith('custom.') ? [] : [[path, null]]))
  return { ...Object.fromEntries(plain), custom: Object.fromEntries(custom) }
}

interface Absorbing {
  winner: string
  loser: AnyRecord
  members: readonly string[]
}

/** Deletes the loser and moves what hangs on it. Gives back what each side has to remember. */
async function absorb(
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
  if ((await write.run(update, [...values, caller.tenant, before.id, before.version])) === 0)
    throw concurrentWrite(table)
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

async function remember(
  write: WriteSession,
  type: RecordType,
  winner: string,
  losers: readonly string[],
  undo: MergeUndo | null,
): Promise<string> {
  const { caller, actor } = write
  const { storage, tenant } = caller
  const id = newId()
  const values = [
    tenant,
    id,
    type,
    winner,
    undo && JSON.stringify(undo),
    nowOf(caller).getTime(),
    authorOf(caller, actor),
    null,
  ]
  const columns = 'tenant_id, id, record_type, winner_id, undo, created_at, created_by, undone_at'
  await write.run(`insert into ${storage.table('merge')} (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?)`, values)
  const earlier = await mergedBefore(write, losers)
  for (const some of chunks([...losers, ...earlier])) {
    const rows = some.map(() => '(?, ?, ?, ?, ?)').join(', ')
    const insert = `insert into ${storage.table('merged')} (tenant_id, merge_id, record_id, winner_id, undone_at) values ${rows}`
    await write.run(
      insert,
      some.flatMap((loser) => [tenant, id, loser, winner, null]),
    )
  }
  return id
}

/** What went into the losers earlier: it leads to the new winner as well. */
async function mergedBefore(write: WriteSession, losers: readonly string[]): Promise<string[]> {
  const { storage, tenant } = write.caller
  const select = sql`select distinct record_id from ${raw(storage.table('merged'))} where tenant_id = ${tenant} and undone_at is null and ${inList(raw('winner_id'), losers)}`
  return (await write.all(select.text, select.params)).map(([id]) => String(id))
}
