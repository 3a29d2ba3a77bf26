import { type RecordApi, recordApi } from '../records/api'
import type { Caller } from '../records/caller'
import { type MergeApi, mergeApi } from '../records/merge/api'
import type { OrderBy, Where } from '../records/where'
import type { Company, CompanyPatch, companyFields, NewCompany } from './definition'
import { companyEvidence } from './duplicates'

/** Companies: what every record has, duplicates and merging. */
export interface CompaniesApi<Custom = Record<string, unknown>>
  extends RecordApi<
      Company<Custom>,
      NewCompany<Custom>,
      CompanyPatch<Custom>,
      Where<typeof companyFields, Custom>,
      OrderBy<typeof companyFields, Custom>
    >,
    MergeApi<Company<Custom>, Partial<NewCompany<Custom>>> {}

export const companiesApi = (caller: Caller): CompaniesApi => ({
  ...recordApi(caller, 'companies'),
  ...mergeApi(caller, 'companies', companyEvidence),
})
