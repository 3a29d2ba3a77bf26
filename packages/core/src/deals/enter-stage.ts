import { CrmError, invalid, type Problem } from '../kernel/errors'
import { nowOf } from '../records/caller'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'
import type { Stage } from './pipeline-types'
import type { Place } from './place'

/** Everything that follows from a deal being in another stage, on the record itself. */
export function enterStage(change: Change, { stage }: Pick<Place, 'stage'>) {
  const { before, after, given } = change
  const at = momentOf(change)
  const overridden = given.has('probability') && after.probability !== null
  if (overridden && stage.class !== 'open' && after.probability !== stage.probability) throw fixedProbability()
  after.status = stage.class
  after.stageEnteredAt = at
  if (!overridden) after.probability = stage.probability
  if (stage.class === 'open') after.closedAt = null
  else if (before?.status !== stage.class) after.closedAt = at
  if (before?.status === 'lost' && stage.class !== 'lost') clearLost(change)
  checkRequired(change, stage)
}

export const fixedProbability = () =>
  invalid('probability', 'fixed-when-closed', 'Leave it out: a closed deal has the probability of its stage.')

/** When it happens. History goes forward; a clock that is a little behind does not turn it back. */
function momentOf({ before, caller }: Change): Date {
  const at = nowOf(caller)
  const entered = before?.stageEnteredAt as Date | undefined
  if (!entered || at >= entered) return at
  if (!caller.past) return entered
  throw invalid(
    'history.at',
    'out-of-order',
    `Write the moves of a deal in the order they happened: it came to its stage at ${entered.toISOString()}.`,
  )
}

function clearLost({ after, given }: Change) {
  for (const name of ['lostReason', 'lostNote']) if (!given.has(name)) after[name] = null
}

/** Fields that the stage asks for must be filled, by this write or an earlier one. */
function checkRequired({ after, write }: Change, stage: Stage) {
  if (stage.requiredFields.length === 0) return
  const table = tableOf(write.caller.engine, 'deals')
  if (stage.requiredFields.some((name) => !isVisible(write.actor, table, name))) {
    // Refused whether or not the hidden field is filled, so that the answer says nothing about it.
    throw new CrmError('FORBIDDEN', `You may not move deals to ${stage.name}.`, {
      field: 'stage',
      rule: 'requires-hidden-field',
      remedy: 'Ask a colleague who sees all fields that this stage requires.',
    })
  }
  const problems = stage.requiredFields
    .filter((name) => isEmpty(fieldValue(after, name)))
    .map((field): Problem => ({ field, rule: 'required', remedy: `Give a value: ${stage.name} requires it.` }))
  if (problems.length > 0) {
    const names = problems.map(({ field }) => field).join(', ')
    throw new CrmError('VALIDATION', `To enter ${stage.name} the deal needs: ${names}.`, problems)
  }
}

const fieldValue = (record: AnyRecord, name: string): unknown =>
  name.startsWith('custom.') ? record.custom[name.slice('custom.'.length)] : record[name]

const isEmpty = (value: unknown) =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0)
