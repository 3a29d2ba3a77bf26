import { requireAny } from '../access/actor'
import { companyEvidence } from '../companies/duplicates'
import { contactEvidence } from '../contacts/duplicates'
import { CrmError, invalid, isCrmError } from '../kernel/errors'
import { checkFieldAccess, writeQuery } from '../records/checks'
import { validateCreate } from '../records/create'
import type { DuplicateCandidate, Evidence } from '../records/duplicates'
import { tableOf } from '../records/engine'
import type { RecordType } from '../records/field'
import { findInScope } from '../records/find'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import { dealEvidence, likelyDuplicates, TYPES, withoutTaken } from './convert-duplicates'
import type { CleanInput, CleanTarget, TargetName } from './convert-input'
import { ownerFor } from './convert-owner'
import { fillsOf, valuesFor } from './convert-values'

/** What conversion does with one target. */
export type TargetPlan =
  | { readonly action: 'none'; readonly record?: undefined; readonly values: Readonly<Record<string, unknown>> }
  | { readonly action: 'create'; readonly record?: undefined; readonly values: Readonly<Record<string, unknown>> }
  /** `values` fill what is empty in the record. */
  | { readonly action: 'link'; readonly record: AnyRecord; readonly values: Readonly<Record<string, unknown>> }

export interface ConversionPlan {
  readonly contact: TargetPlan
  readonly company: TargetPlan
  readonly deal: TargetPlan
  /** Records that those to be created may be the same as. */
  readonly duplicates: Readonly<Record<TargetName, readonly DuplicateCandidate[]>>
}

interface Planning {
  readonly write: WriteSession
  readonly lead: AnyRecord
  readonly input: CleanInput
  readonly duplicates: Record<TargetName, DuplicateCandidate[]>
}

/** Works out what conversion will do. Reads only; all duplicates are known before anything is written. */
export async function planConversion(write: WriteSession, lead: AnyRecord, input: CleanInput): Promise<ConversionPlan> {
  const planning: Planning = { write, lead, input, duplicates: { contact: [], company: [], deal: [] } }
  const linked = input.contact?.kind === 'link' ? await linkTarget(planning, 'contact', input.contact.id) : undefined
  const ownCompany = linked && (await companyOf(planning, linked.record))

  let company = ownCompany ?? (await planCompany(planning))
  const known = company.record ?? planning.duplicates.company[0]?.record
  const contact = linked ?? (await planContact(planning, known?.id))
  if (contact.action === 'link' && !linked && company.action === 'create') {
    company = (await companyOf(planning, contact.record)) ?? company
  }
  const deal = await planDeal(planning, company)
  return { contact: withCompany(planning, contact, company), company, deal, duplicates: planning.duplicates }
}

/** The company of a linked contact, where the caller named no other. */
async function companyOf(planning: Planning, contact: AnyRecord | undefined): Promise<TargetPlan | undefined> {
  if (planning.input.company || typeof contact?.company !== 'string') return undefined
  const { write } = planning
  if (!seesField(write, 'contacts', 'company')) return undefined
  const found = await findInScope(writeQuery(write), write, 'companies', contact.company, 'read')
  return found && linkRecord(planning, 'company', found)
}

async function planCompany(planning: Planning): Promise<TargetPlan> {
  const mapped = valuesFor(planning.write, planning.lead, 'company', tableOf(planning.write.caller.engine, 'companies'))
  const target =
    planning.input.company ?? (mapped.name === undefined ? { kind: 'none' } : { kind: 'create', given: {} })
  return planTarget(planning, 'company', target, mapped, (values) =>
    companyEvidence(writeQuery(planning.write), values),
  )
}

function planContact(planning: Planning, company: string | undefined): Promise<TargetPlan> {
  const mapped = valuesFor(planning.write, planning.lead, 'contact', tableOf(planning.write.caller.engine, 'contacts'))
  const target = planning.input.contact ?? { kind: 'create', given: {} }
  return planTarget(planning, 'contact', target, mapped, (values) =>
    contactEvidence(writeQuery(planning.write), { company, ...values }),
  )
}

function planDeal(planning: Planning, company: TargetPlan): Promise<TargetPlan> {
  const { write, lead, input } = planning
  const mapped = valuesFor(write, lead, 'deal', tableOf(write.caller.engine, 'deals'))
  const known = seesField(write, 'companies', 'name') ? company.record?.name : undefined
  const name = known ?? company.values.name
  const title = typeof name === 'string' ? { title: name } : {}
  return planTarget(planning, 'deal', input.deal ?? { kind: 'none' }, { ...mapped, ...title }, (values) =>
    dealEvidence(values, company.record),
  )
}

async function planTarget(
  planning: Planning,
  name: TargetName,
  target: CleanTarget,
  mapped: Record<string, unknown>,
  evidenceOf: (values: Record<string, unknown>) => readonly Evidence[],
): Promise<TargetPlan> {
  if (target.kind === 'none') return { action: 'none', values: {} }
  if (target.kind === 'link') return linkTarget(planning, name, target.id)
  const { write, lead, input, duplicates } = planning
  const values = await under(`${name}.create`, async () => newValues(write, TYPES[name], mapped, target.given, lead))
  const candidates = await likelyDuplicates(write, name, evidenceOf(values))
  duplicates[name].push(...candidates)
  const [best] = candidates
  if (best && input.onDuplicate === 'link') return linkTarget(planning, name, best.record.id)
  // Of two companies made on purpose, only the first one keeps the domain that was guessed from an email.
  if (best?.reasons.includes('same-domain') && !('domain' in target.given)) delete values.domain
  return { action: 'create', values }
}

/** Clean values of a new record: the lead's, with what the caller gave instead. */
async function newValues(
  write: WriteSession,
  type: RecordType,
  mapped: Record<string, unknown>,
  given: Readonly<Record<string, unknown>>,
  lead: AnyRecord,
) {
  const { caller, actor } = write
  requireAny(actor, type, 'create')
  const custom = { ...(mapped.custom as object | undefined), ...(given.custom as object | undefined) }
  const values = await validateCreate(caller, type, {
    ...mapped,
    ...given,
    ...(Object.keys(custom).length > 0 && { custom }),
  })
  checkFieldAccess(write, tableOf(caller.engine, type), values)
  if (values.owner !== undefined) return values
  const owner = await ownerFor(write, type, lead)
  return owner === undefined ? values : { ...values, owner }
}

async function linkTarget(planning: Planning, name: TargetName, id: string): Promise<TargetPlan & { action: 'link' }> {
  const { write } = planning
  const found = await findInScope(writeQuery(write), write, TYPES[name], id, 'read')
  if (found) return linkRecord(planning, name, found)
  throw invalid(
    `${name}.link`,
    'missing-target',
    `Give the id of one of your ${TYPES[name]}; this one does not exist, is deleted, or is out of your reach.`,
  )
}

/** Fills what is empty, where the caller may change the record; else it is linked as it is. */
async function linkRecord(
  { write, lead }: Planning,
  name: TargetName,
  record: AnyRecord,
): Promise<TargetPlan & { action: 'link' }> {
  const table = tableOf(write.caller.engine, TYPES[name])
  const editable = await findInScope(writeQuery(write), write, TYPES[name], record.id, 'update')
  if (!editable) return { action: 'link', record, values: {} }
  return {
    action: 'link',
    record,
    values: await withoutTaken(write, name, record, fillsOf(record, valuesFor(write, lead, name, table))),
  }
}

/** A linked contact without company gets this one, where the caller may write it. */
function withCompany({ write }: Planning, contact: TargetPlan, company: TargetPlan): TargetPlan {
  if (contact.action === 'create' && company.record && !('company' in contact.values)) {
    return { ...contact, values: { ...contact.values, company: company.record.id } }
  }
  if (contact.action !== 'link' || !company.record || contact.record.company !== null) return contact
  const writable = write.actor.field('contacts', 'company') === 'update'
  return writable ? { ...contact, values: { ...contact.values, company: company.record.id } } : contact
}

/** What the caller may not see of a linked record, conversion does not carry into another one. */
export const seesField = ({ actor, caller }: WriteSession, type: RecordType, field: string): boolean =>
  isVisible(actor, tableOf(caller.engine, type), field)

/** Errors of a part of the input, with the path of that part. */
async function under<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isCrmError(error, 'VALIDATION')) throw error
    const problems = error.problems.map((problem) => ({ ...problem, field: `${path}.${problem.field}` }))
    throw new CrmError('VALIDATION', error.message, problems)
  }
}
