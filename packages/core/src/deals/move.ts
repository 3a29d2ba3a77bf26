import { invalid } from '../kernel/errors'
import type { ItemResult } from '../records/bulk'
import { runBulk } from '../records/bulk'
import type { Caller } from '../records/caller'
import { shown } from '../records/create'
import { runVerb } from '../records/idempotency'
import { type UpdateOptions, updateIn, validatePatch } from '../records/update'
import type { WriteSession } from '../records/write'
import type { Deal } from './definition'
import { checkKeys } from './pipeline-input'
import type { Destination } from './place'

export interface MoveDetails {
  /** Id or name of the pipeline, where the stage's name alone does not say. */
  pipeline?: string
  /** Percent, instead of the stage's. */
  probability?: number
  /** Why, when the stage is a lost one. */
  lostReason?: string
  /** More about why; needed when the reason is `other`. */
  lostNote?: string
}

export interface MoveOptions extends MoveDetails, UpdateOptions {}

export interface LossInput {
  reason: string
  /** Needed when the reason is `other`. */
  note?: string | null
}

const DETAILS = ['pipeline', 'probability', 'lostReason', 'lostNote']
const OPTIONS = ['ifVersion', 'idempotencyKey']

/**
 * Moves a deal to a stage, by name or id. Opens a new interval of its stage history, takes over the stage's
 * probability unless one is given, sets `closedAt` on won and lost and clears it on the way back.
 * Throws VALIDATION for what the stage requires, INVALID_TRANSITION where the pipeline forbids the way.
 */
export async function moveDeal(caller: Caller, id: string, stage: string, options: MoveOptions = {}): Promise<Deal> {
  checkKeys(options, [...DETAILS, ...OPTIONS], 'options')
  if (typeof stage !== 'string') throw invalid('stage', 'wrong-type', 'Give the name or id of a stage.')
  const { ifVersion, idempotencyKey, ...details } = options
  return changeStage(caller, 'deals.moveTo', id, { ...details, stage }, undefined, { ifVersion, idempotencyKey })
}

/** Wins a deal: the won stage of its pipeline. Winning a won deal changes nothing. */
export async function winDeal(caller: Caller, id: string, options: UpdateOptions = {}): Promise<Deal> {
  checkKeys(options, OPTIONS, 'options')
  return changeStage(caller, 'deals.win', id, {}, { enter: 'won' }, options)
}

/** Loses a deal: the lost stage of its pipeline, with the reason. On a lost deal it corrects the reason. */
export async function loseDeal(
  caller: Caller,
  id: string,
  loss: LossInput,
  options: UpdateOptions = {},
): Promise<Deal> {
  checkKeys(options, OPTIONS, 'options')
  checkKeys(loss, ['reason', 'note'], 'loss')
  if (loss.reason === undefined) throw invalid('lostReason', 'required', 'Say why the deal was lost.')
  const patch = { lostReason: loss.reason, lostNote: loss.note ?? null }
  return changeStage(caller, 'deals.lose', id, patch, { enter: 'lost' }, options)
}

export interface ReopenOptions extends UpdateOptions {
  /** Name or id of an open stage. Default: the one the deal was in last. */
  stage?: string
}

/** Reopens a won or lost deal: into the open stage it came from, or the one given. Clears `closedAt` and why it was lost. */
export async function reopenDeal(caller: Caller, id: string, options: ReopenOptions = {}): Promise<Deal> {
  checkKeys(options, ['stage', ...OPTIONS], 'options')
  const { stage, ...rest } = options
  if (stage !== undefined && typeof stage !== 'string')
    throw invalid('stage', 'wrong-type', 'Give the name or id of a stage.')
  return changeStage(caller, 'deals.reopen', id, {}, { reopen: true, stage }, rest)
}

async function changeStage(
  caller: Caller,
  verb: string,
  id: string,
  patch: object,
  to: Destination | undefined,
  options: UpdateOptions,
): Promise<Deal> {
  const values = await validatePatch(caller, 'deals', patch)
  return runVerb(caller, verb, [id, patch, to, options.ifVersion], options, (write) =>
    changeStageIn(write, id, values, to, options.ifVersion),
  )
}

async function changeStageIn(
  write: WriteSession,
  id: string,
  values: object,
  to: Destination | undefined,
  ifVersion?: number,
): Promise<Deal> {
  const moved = await updateIn(write, 'deals', id, to ? { ...values, stage: to } : { ...values }, ifVersion)
  return shown(write, 'deals', moved) as unknown as Deal
}

/** Up to 1,000 deals to one stage in one transaction, with a result for each in the same order. */
export async function moveDeals(
  caller: Caller,
  ids: readonly string[],
  stage: string,
  options: MoveDetails & Pick<UpdateOptions, 'idempotencyKey'> = {},
): Promise<ItemResult<Deal>[]> {
  checkKeys(options, [...DETAILS, 'idempotencyKey'], 'options')
  if (!Array.isArray(ids)) throw invalid('ids', 'wrong-type', 'Give a list of ids.')
  if (typeof stage !== 'string') throw invalid('stage', 'wrong-type', 'Give the name or id of a stage.')
  const { idempotencyKey, ...details } = options
  const items = ids.map((id: string) => ({ id, ...details, stage }))
  return runBulk(caller, 'deals.moveMany', 'deals', items, { idempotencyKey }, async (write, { id, ...patch }) => {
    const values = await validatePatch(caller, 'deals', patch)
    return changeStageIn(write, id, values, undefined)
  })
}
