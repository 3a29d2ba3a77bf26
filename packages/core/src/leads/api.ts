import { type RecordApi, recordApi } from '../records/api'
import type { ItemResult } from '../records/bulk'
import type { Caller } from '../records/caller'
import type { VerbOptions } from '../records/idempotency'
import { type MergeApi, mergeApi } from '../records/merge/api'
import type { OrderBy, Where } from '../records/where'
import type { Conversion, ConversionOf, ConvertItem } from './convert'
import type { ConvertInput } from './convert-input'
import type { ConversionPreview } from './convert-preview'
import { type Lead, type LeadPatch, type leadFields, type NewLead, processOf } from './definition'
import { leadEvidence } from './duplicates'
import { refuseConvertedLosers } from './merge'
import type { LeadStatusInfo } from './status'

/** Leads: what every record has, conversion, duplicates and merging. */
export interface LeadsApi<Custom = Record<string, unknown>>
  extends RecordApi<
      Lead<Custom>,
      NewLead<Custom>,
      LeadPatch<Custom>,
      Where<typeof leadFields, Custom>,
      OrderBy<typeof leadFields, Custom>
    >,
    MergeApi<Lead<Custom>, Partial<NewLead<Custom>>> {
  /**
   * Makes a contact, a company and a deal of a lead. Each is created, linked or left out; a linked record only gets its
   * empty fields filled. New records belong to the lead's owner. The lead's timeline, activities and tasks follow.
   * Repeating the call gives the first result.
   *
   * Needs `convert` on the lead and `create` on what is created. Throws DUPLICATE with `candidates` by target,
   * INVALID_TRANSITION for a lost lead, VALIDATION, NOT_FOUND, FORBIDDEN.
   *
   * @example
   * const { contact, company, deal } = await me.leads.convert(lead.id, { deal: { create: { title: 'Engine', amount: eur(12_000) } } })
   * await me.leads.convert(other.id, { contact: { link: contact.id }, onDuplicate: 'link' })
   */
  convert<const I extends ConvertInput = object>(
    id: string,
    input?: I,
    options?: VerbOptions,
  ): Promise<ConversionOf<I, Lead<Custom>>>
  /** What `convert` would do with this input, without doing it. */
  previewConvert(id: string, input?: ConvertInput): Promise<ConversionPreview>
  /** Up to 1,000 leads in one transaction, each with its own input and its own result. */
  convertMany(items: readonly ConvertItem[], options?: VerbOptions): Promise<ItemResult<Conversion<Lead<Custom>>>[]>
  /** The statuses of this CRM with their classes, and where a lead may go from each. */
  statuses(): LeadStatusInfo[]
  /** The sources of this CRM. */
  sources(): string[]
}

export const leadsApi = (caller: Caller): LeadsApi => ({
  ...recordApi(caller, 'leads'),
  ...mergeApi(caller, 'leads', leadEvidence, { refuse: refuseConvertedLosers }),
  convert: async (id, input, options) =>
    (await import('./convert')).convertLead(caller, id, input, options) as Promise<never>,
  previewConvert: async (id, input) => (await import('./convert-preview')).previewConversion(caller, id, input),
  convertMany: async (items, options) => (await import('./convert')).convertLeads(caller, items, options),
  statuses: () => processOf(caller.engine).statuses.map((status) => ({ ...status, next: [...status.next] })),
  sources: () => [...processOf(caller.engine).sources],
})
