import type { Caller } from '../records/caller'
import type { DuplicateCandidate } from '../records/duplicates'
import { requireForWrite } from '../records/find'
import { queryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import type { WriteSession } from '../records/write'
import { requireConvertible } from './convert'
import { type ConvertInput, cleanConvertInput, type TargetName } from './convert-input'
import { planConversion, seesField, type TargetPlan } from './convert-plan'

/** What conversion would do with one target. */
export interface PlannedTarget {
  action: 'create' | 'link' | 'none'
  /** Of the record that would be linked. */
  id: string | null
  /** With `create`, the values it would have; with `link`, those that would fill its empty fields. */
  values: Record<string, unknown>
}

export interface ConversionPreview {
  /** True for a lead that is converted already: `convert` would return what it became, and change nothing. */
  converted: boolean
  contact: PlannedTarget
  company: PlannedTarget
  deal: PlannedTarget
  /** Records that those to be created may be the same as, best first. */
  duplicates: Record<TargetName, DuplicateCandidate[]>
  /** True when `convert` with this input would refuse because of them. */
  refused: boolean
}

/** Runs the plan of a conversion without writing. Throws what `convert` would throw, but for duplicates: those it lists. */
export async function previewConversion(
  caller: Caller,
  id: string,
  input: ConvertInput = {},
): Promise<ConversionPreview> {
  const clean = cleanConvertInput(input)
  const reading = await readOnly(caller)
  const lead = await requireForWrite(reading, 'leads', id, 'convert')
  if (lead.convertedAt !== null) return convertedBefore(reading, lead)
  requireConvertible(reading, lead)
  const plan = await planConversion(reading, lead, clean)
  const found = Object.values(plan.duplicates).some((candidates) => candidates.length > 0)
  const fromCompany = plan.company.record ? { company: plan.company.record.id } : {}
  return {
    converted: false,
    contact: planned(plan.contact),
    company: planned(plan.company),
    deal: planned(plan.deal, fromCompany),
    duplicates: plan.duplicates as ConversionPreview['duplicates'],
    refused: found && clean.onDuplicate === 'error',
  }
}

function planned({ action, record, values }: TargetPlan, links: Record<string, unknown> = {}): PlannedTarget {
  return { action, id: record?.id ?? null, values: action === 'create' ? { ...links, ...values } : { ...values } }
}

function convertedBefore(reading: WriteSession, lead: AnyRecord): ConversionPreview {
  const to = (link: string): PlannedTarget => {
    const id = seesField(reading, 'leads', link) ? lead[link] : null
    return typeof id === 'string' ? { action: 'link', id, values: {} } : { action: 'none', id: null, values: {} }
  }
  return {
    converted: true,
    contact: to('convertedContactId'),
    company: to('convertedCompanyId'),
    deal: to('convertedDealId'),
    duplicates: { contact: [], company: [], deal: [] },
    refused: false,
  }
}

/** A session for plans: what it reads is committed, and it cannot write. */
async function readOnly(caller: Caller): Promise<WriteSession> {
  const { actor } = await queryContext(caller)
  const refuse = (): never => {
    throw new Error('A preview does not write.')
  }
  const refused = { run: refuse, send: refuse, hold: refuse, inside: refuse }
  return { caller, actor, events: [], all: caller.storage.read, ...refused }
}
