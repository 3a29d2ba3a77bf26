import { CrmError, invalid } from '../kernel/errors'
import { foldText } from '../kernel/text'
import type { Change } from '../records/definition'
import type { AnyRecord } from '../records/types'
import type { LeadProcess } from './status'

/** What must hold of a lead: a name, a legal step of its status, a reason when it is lost. */
export const leadRules =
  (process: LeadProcess) =>
  (change: Change): void => {
    nameLead(change)
    checkStep(process, change)
    checkLost(process, change)
  }

const fullName = (lead: AnyRecord) => [lead.firstName, lead.lastName].filter(Boolean).join(' ')

/** The name follows first and last name, unless it was given as something else. */
function nameLead({ before, after, given }: Change) {
  const follows = before !== undefined && before.name === fullName(before)
  if (after.name === null || (follows && !given.has('name'))) after.name = fullName(after) || (after.name ?? null)
  if (after.name === null) throw invalid('name', 'required', 'Give a name, or a first or last name.')
}

function checkStep(process: LeadProcess, { before, after }: Change) {
  const from = before?.status as string | undefined
  const to = after.status as string
  if (from === to) return
  const converts = to === 'converted' && before?.convertedAt == null && after.convertedAt !== null
  if (converts && from !== undefined && isConvertible(process, from)) return
  if (to === 'converted') throw illegal(process, from, to, 'only-by-convert')
  if (from !== undefined && !process.next(from).includes(to)) throw illegal(process, from, to, 'illegal-transition')
}

/** Leads of open and ongoing statuses convert; a lost one is reopened first. */
export const isConvertible = (process: LeadProcess, status: string): boolean =>
  process.classOf(status) === 'open' || process.classOf(status) === 'ongoing'

export function illegal(process: LeadProcess, from: string | undefined, to: string, rule: string): CrmError {
  const next = from === undefined ? [] : process.next(from)
  const remedy =
    rule === 'only-by-convert' && (from === undefined || isConvertible(process, from))
      ? 'Convert the lead with leads.convert; the status follows.'
      : next.length > 0
        ? `From ${from} it can go to: ${next.join(', ')}.`
        : `A lead that is ${from} stays so; create a new lead instead.`
  const message = from === undefined ? `A new lead cannot be ${to}.` : `A lead cannot go from ${from} to ${to}.`
  return new CrmError('INVALID_TRANSITION', message, { field: 'status', rule, remedy })
}

/** A lost lead says why. Any other lead has no such reason: reopening clears it. */
function checkLost(process: LeadProcess, { before, after, given }: Change) {
  if (process.classOf(after.status as string) !== 'lost') {
    const told = ['lostReason', 'lostNote'].find((name) => given.has(name) && after[name] !== null)
    if (told) throw invalid(told, 'only-when-lost', 'Give it together with a lost status, or leave it out.')
    after.lostReason = null
    after.lostNote = null
    return
  }
  const reason = after.lostReason as string | null
  if (reason === null) throw invalid('lostReason', 'required', 'Say why the lead is lost.')
  const changed = given.has('lostReason') || before?.status !== after.status
  if (changed && process.lostReasons && !process.lostReasons.includes(reason)) {
    throw invalid('lostReason', 'invalid-option', `Use one of: ${process.lostReasons.join(', ')}.`)
  }
  if (foldText(reason) === 'other' && after.lostNote === null) {
    throw invalid('lostNote', 'required', "Say in a note what the reason 'other' means.")
  }
}
