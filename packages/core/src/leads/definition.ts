import { defineRecord } from '../records/definition'
import { defaulted, field, server } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import { leadRules } from './rules'
import { LEAD_SOURCES, LEAD_STATUSES } from './status'

export const leadFields = {
  /** Full name; made of first and last name when only those are given. */
  name: defaulted(field.text({ folded: true, aliases: ['full name', 'lead name', 'contact name'] })),
  firstName: field.text({ max: 120 }),
  lastName: field.text({ max: 120 }),
  email: field.email(),
  phone: field.phone(),
  /** Name of the company, as text: it becomes a company record on conversion. */
  company: field.text({ folded: true, aliases: ['organisation', 'account'] }),
  title: field.text({ label: 'Job title' }),
  source: defaulted(field.select<string, object>(LEAD_SOURCES), 'other'),
  status: defaulted(field.select<string, object>(LEAD_STATUSES), 'new'),
  /** 0 to 100. */
  score: field.integer({ min: 0, max: 100 }),
  medium: field.text(),
  campaign: field.text(),
  referrer: field.url(),
  landingPage: field.url(),
  utm: field.json<Record<string, string>>(),
  consent: field.json<Record<string, unknown>>(),
  lostReason: field.text({ max: 120 }),
  lostNote: field.text({ max: 4000 }),
  convertedAt: server(field.instant()),
  convertedBy: server(field.user()),
  convertedContactId: server(field.link('contacts')),
  convertedCompanyId: server(field.link('companies')),
  convertedDealId: server(field.link('deals')),
  lastActivityAt: server(field.instant()),
  nextActivityAt: server(field.instant()),
}

export const leads = defineRecord({
  type: 'leads',
  table: 'lead',
  fields: leadFields,
  title: 'name',
  searched: ['name', 'email', 'phone', 'company'],
  madeFrom: { name: ['firstName', 'lastName'] },
  open: "status not in ('converted', 'lost')",
  rules: leadRules,
  eventName: ({ before, after }) => (before && before.status !== after.status ? 'lead.status_changed' : undefined),
})

export interface Lead<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof leadFields> {}
export type NewLead<Custom = Record<string, unknown>> = CreateOf<typeof leadFields> & BaseInput<Custom>
export type LeadPatch<Custom = Record<string, unknown>> = PatchOf<typeof leadFields> & BaseInput<Custom>
