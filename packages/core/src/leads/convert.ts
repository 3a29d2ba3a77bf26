import type { Company } from '../companies/definition'
import type { Contact } from '../contacts/definition'
import type { Deal } from '../deals/definition'
import { invalid } from '../kernel/errors'
import { type ItemResult, runBulk } from '../records/bulk'
import { authorOf, type Caller, nowOf } from '../records/caller'
import { writeQuery } from '../records/checks'
import { createIn, shown } from '../records/create'
import { tableOf } from '../records/engine'
import { findInScope, requireForWrite } from '../records/find'
import { runVerb, type VerbOptions } from '../records/idempotency'
import type { AnyRecord } from '../records/types'
import { saveChange } from '../records/update'
import { transact, type WriteSession } from '../records/write'
import { refuseDuplicates, TYPES } from './convert-duplicates'
import { carryOver } from './convert-history'
import { type CleanInput, type ConvertInput, cleanConvertInput, type TargetName } from './convert-input'
import { planConversion, seesField, type TargetPlan } from './convert-plan'
import { type Lead, processOf } from './definition'
import { illegal, isConvertible } from './rules'

/** What a lead became. Null where the target was `none`, or is out of the caller's reach. */
export interface Conversion<L = Lead, C = Contact | null, Co = Company | null, D = Deal | null> {
  lead: L
  contact: C
  company: Co
  deal: D
}

type Wanted<Target, Otherwise, R> = Target extends 'none' ? null : Target extends 'create' | object ? R : Otherwise

/** What a conversion with that input gives: what was asked for is there. */
export type ConversionOf<I extends ConvertInput, L = Lead> = Conversion<
  L,
  Wanted<I['contact'], Contact, Contact>,
  Wanted<I['company'], Company | null, Company>,
  Wanted<I['deal'], null, Deal>
>

export interface ConvertItem extends ConvertInput {
  /** The lead. */
  id: string
}

/**
 * Makes a contact, a company and a deal of a lead, in one transaction. Everything is looked up and checked before the
 * first write; a lead that is converted already gives what it became then.
 */
export async function convertLead(
  caller: Caller,
  id: string,
  input: ConvertInput = {},
  options?: VerbOptions,
): Promise<Conversion> {
  const clean = cleanConvertInput(input)
  return runVerb(caller, 'leads.convert', [id, input], options, (write) => convertIn(write, id, clean))
}

/** Up to 1,000, each all or nothing, with a result for each in the same order. */
export const convertLeads = (
  caller: Caller,
  items: readonly ConvertItem[],
  options?: VerbOptions,
): Promise<ItemResult<Conversion>[]> =>
  runBulk(caller, 'leads.convertMany', 'leads', items, options, async (write, item: ConvertItem) => {
    if (typeof item !== 'object' || item === null) throw invalid('items', 'wrong-type', 'Give { id } for each lead.')
    const { id, ...input } = item
    const clean = cleanConvertInput(input)
    return transact(write.inside(), (inner) => convertIn(inner, id, clean))
  })

/** The same inside an open transaction, from clean input. */
export async function convertIn(write: WriteSession, id: string, input: CleanInput): Promise<Conversion> {
  const lead = await requireForWrite(write, 'leads', id, 'convert')
  if (lead.convertedAt !== null) return earlierConversion(write, lead)
  requireConvertible(write, lead)
  const plan = await planConversion(write, lead, input)
  if (input.onDuplicate === 'error') refuseDuplicates(plan.duplicates)

  const writing: WriteSession = input.onDuplicate === 'create' ? { ...write, allowDuplicates: true } : write
  const company = await settle(writing, 'company', plan.company, {})
  const contact = await settle(writing, 'contact', plan.contact, { company: company?.id })
  const itsCompany = seesField(write, 'contacts', 'company') ? contact?.company : undefined
  const deal = await settle(writing, 'deal', plan.deal, { company: company?.id ?? itsCompany, lead: lead.id })
  await carryOver(
    writing,
    lead,
    { contact, company, deal },
    { activities: input.activities, newDeal: plan.deal.action === 'create' },
  )
  const converted = await markConverted(writing, lead, { contact, company, deal })
  const show = (name: TargetName, record: AnyRecord | null) => record && shown(write, TYPES[name], record)
  return {
    lead: shown(write, 'leads', converted),
    contact: show('contact', contact),
    company: show('company', company),
    deal: show('deal', deal),
  } as unknown as Conversion
}

/** INVALID_TRANSITION for a lead that is lost. */
export function requireConvertible({ caller }: WriteSession, lead: AnyRecord) {
  const process = processOf(caller.engine)
  if (!isConvertible(process, lead.status as string))
    throw illegal(process, lead.status as string, 'converted', 'only-when-open')
}

async function earlierConversion(write: WriteSession, lead: AnyRecord): Promise<Conversion> {
  const query = writeQuery(write)
  const find = async (name: TargetName, id: unknown) => {
    const found = typeof id === 'string' ? await findInScope(query, write, TYPES[name], id, 'read') : undefined
    return found ? shown(write, TYPES[name], found) : null
  }
  return {
    lead: shown(write, 'leads', lead),
    contact: await find('contact', lead.convertedContactId),
    company: await find('company', lead.convertedCompanyId),
    deal: await find('deal', lead.convertedDealId),
  } as unknown as Conversion
}

/** Creates or fills one target. `links` lead to the targets before it; empty ones are filled, given ones stay. */
async function settle(
  write: WriteSession,
  name: TargetName,
  plan: TargetPlan,
  links: Record<string, unknown>,
): Promise<AnyRecord | null> {
  if (plan.action === 'none') return null
  const type = TYPES[name]
  const table = tableOf(write.caller.engine, type)
  const record = plan.record
  const wanted = Object.entries(links).filter(
    ([key, id]) => typeof id === 'string' && record?.[key] == null && !(key in plan.values),
  )
  if (!record) return createIn(write, type, { ...plan.values, ...Object.fromEntries(wanted) })
  const fillable = wanted.filter(([key]) => key === 'lead' || write.actor.field(type, key) === 'update')
  const editable = fillable.length === 0 || (await findInScope(writeQuery(write), write, type, record.id, 'update'))
  const values = { ...plan.values, ...(editable && Object.fromEntries(fillable)) } as Record<string, unknown>
  if (Object.keys(values).length === 0) return record
  const custom = { ...record.custom, ...(values.custom as object | undefined) }
  return saveChange(write, table, record, { ...record, ...values, custom } as AnyRecord, new Set(Object.keys(values)))
}

function markConverted(
  write: WriteSession,
  lead: AnyRecord,
  made: Record<TargetName, AnyRecord | null>,
): Promise<AnyRecord> {
  const { caller, actor } = write
  const after: AnyRecord = {
    ...lead,
    status: 'converted',
    convertedAt: nowOf(caller),
    convertedBy: authorOf(caller, actor),
    convertedContactId: made.contact?.id ?? null,
    convertedCompanyId: made.company?.id ?? null,
    convertedDealId: made.deal?.id ?? null,
  }
  return saveChange(write, tableOf(caller.engine, 'leads'), lead, after, new Set(), 'lead.converted')
}
