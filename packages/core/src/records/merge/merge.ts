import { invalid } from '../../kernel/errors'
import { isId } from '../../kernel/ids'
import type { Caller } from '../caller'
import { changesBetween } from '../changes'
import { checkFieldAccess, checkOwner } from '../checks'
import { shown } from '../create'
import { tableOf } from '../engine'
import type { RecordType } from '../field'
import { requireForWrite } from '../find'
import { lockInOrder } from '../guard'
import { runVerb, type VerbOptions } from '../idempotency'
import type { AnyRecord } from '../types'
import { saveChange } from '../update'
import type { WriteSession } from '../write'
import { absorb, type MergeRules } from './absorb'
import { combine, type FieldChoice } from './combine'
import { refuseLoops } from './links'
import { remember } from './remember'
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
    await lockInOrder(write, table, [winnerId, ...loserIds])
    const winner = await requireForWrite(write, type, winnerId, 'merge')
    const losers: AnyRecord[] = []
    for (const id of loserIds) losers.push(await requireForWrite(write, type, id, 'merge'))
    rules.refuse?.(winner, losers)
    const choice = input.fields ?? {}
    checkFieldAccess(write, table, nested(choice))
    const after = combine(table, winner, losers, choice, caller.engine.normalise)
    if (Object.hasOwn(choice, 'owner')) await checkOwner(write, table, winner, after.owner)

    const members = [winnerId, ...loserIds]
    const moved: MergeUndo['losers'] = {}
    for (const loser of losers) {
      moved[loser.id] = await absorb(write, table, rules, { winner: winnerId, loser, members })
    }
    await refuseLoops(write, table, winnerId)

    const name = `${table.definition.table}.merged`
    const saved = await saveChange(write, table, winner, after, new Set(Object.keys(choice)), name, {
      changes: { mergedFrom: [null, loserIds] },
      about: loserIds.map((id) => ({ type, id })),
    })
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
