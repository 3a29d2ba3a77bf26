import { CrmError, invalid } from '../kernel/errors'
import { foldText } from '../kernel/text'
import type { Change } from '../records/definition'
import { storeRate } from './closing'
import { enterStage, fixedProbability } from './enter-stage'
import { hasLines } from './lines-stored'
import { findPlace } from './place'
import { raced, storePlanned } from './store-pipelines'

/** What must hold of a deal, whichever verb writes it. */
export async function dealRules(change: Change): Promise<void> {
  const { before, given } = change
  if (before && given.has('amount')) await refuseAmountBesideLines(change)
  if (!before || given.has('stage') || given.has('pipeline')) await placeDeal(change)
  checkProbability(change)
  checkLostFields(change)
  const rate = storeRate(change)
  if (rate) await rate
}

/** Puts the deal into the stage asked for. On a tenant's first deal that also makes its pipelines. */
async function placeDeal(change: Change) {
  const { before, after, given, write } = change
  const asked = (name: string) => (given.has(name) ? (after[name] ?? undefined) : undefined)
  const wanted = { pipeline: asked('pipeline'), stage: asked('stage') }
  for (let attempt = 0; attempt < 2; attempt++) {
    const place = await findPlace(change, wanted)
    after.pipeline = place.pipeline.id
    after.stage = place.stage.id
    if (before?.stage === place.stage.id) return
    enterStage(change, place)
    if (await storePlanned(write, place.book)) return
  }
  throw raced()
}

function checkProbability({ before, after, given }: Change) {
  if (!before || !given.has('probability') || after.status === 'open' || after.status !== before.status) return
  if (after.probability !== before.probability) throw fixedProbability()
}

/** A lost deal says why; another one has nothing to say. */
function checkLostFields({ before, after, given }: Change) {
  if (after.status !== 'lost') {
    const told = ['lostReason', 'lostNote'].find((name) => given.has(name) && after[name] !== null)
    if (told) throw invalid(told, 'only-when-lost', 'Give it together with a lost stage, or leave it out.')
    after.lostReason = null
    after.lostNote = null
    return
  }
  if (before?.status === 'lost' && !given.has('lostReason') && !given.has('lostNote')) return
  if (after.lostReason === null) throw invalid('lostReason', 'required', 'Say why the deal was lost.')
  if (after.lostNote === null && foldText(after.lostReason as string) === 'other') {
    throw invalid('lostNote', 'required', "Describe the reason, since it is 'other'.")
  }
}

async function refuseAmountBesideLines({ before, after, write }: Change) {
  const was = before?.amount as { amount: number; currency: string } | null | undefined
  const is = after.amount as typeof was
  if (was?.amount === is?.amount && was?.currency === is?.currency) return
  if (!before || !(await hasLines(write, before.id))) return
  if (write.actor.field('deals', 'lines') === 'none') {
    throw new CrmError('FORBIDDEN', 'You may not change amount.', {
      field: 'amount',
      rule: 'field-not-writable',
      remedy: 'Leave amount out, or ask an administrator for a role that may change it.',
    })
  }
  throw invalid('amount', 'follows-lines', 'Change the lines with setLines instead: the amount is their net total.')
}
