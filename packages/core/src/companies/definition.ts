import { defineRecord } from '../records/definition'
import { type Field, field, type PostalAddress, server } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import { companyRules } from './rules'

const domain = { ...field.text({ max: 253 }), normalised: 'domain' } as Field<string, string, 'optional'>

export const companyFields = {
  name: field.text({
    required: true,
    folded: true,
    aliases: ['company name', 'account', 'account name', 'organisation'],
  }),
  /** Internet domain, such as `example.com`; a URL is cut down to it. Taken from the website when not given. */
  domain,
  industry: field.text({ aliases: ['sector', 'branch'] }),
  /** Number of employees. */
  size: field.integer({ min: 0, aliases: ['employees', 'number of employees', 'headcount'] }),
  /** Yearly revenue. */
  revenue: field.money(),
  phone: field.phone(),
  website: field.url(),
  description: field.text({ max: 20_000 }),
  address: field.json<PostalAddress>(),
  /** The company it belongs to. */
  parent: field.link('companies', { aliases: ['parent company', 'subsidiary of'] }),
  lastActivityAt: server(field.instant()),
  nextActivityAt: server(field.instant()),
}

export const companies = defineRecord({
  type: 'companies',
  table: 'company',
  fields: companyFields,
  title: 'name',
  searched: ['name', 'domain', 'phone'],
  duplicateBy: ['domain'],
  madeFrom: { domain: ['website'] },
  rules: companyRules,
  sideTables: [
    ['merge', 'winner_id'],
    ['merged', 'record_id'],
  ],
})

export interface Company<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof companyFields> {}
export type NewCompany<Custom = Record<string, unknown>> = CreateOf<typeof companyFields> & BaseInput<Custom>
export type CompanyPatch<Custom = Record<string, unknown>> = PatchOf<typeof companyFields> & BaseInput<Custom>
