import { defineRecord, type RecordDefinition } from '../records/definition'
import type { Engine } from '../records/engine'
import { tableOf } from '../records/engine'
import { defaulted, field, server } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import { leadRules } from './rules'
import { type LeadOptions, type LeadProcess, type LeadSource, type LeadStatus, leadProcess } from './status'

const process = leadProcess()

export const leadFields = {
  /** Full name; made of first and last name when only those are given. */
  name: defaulted(field.text({ folded: true, aliases: ['full name', 'lead name', 'contact name'] })),
  firstName: field.text({ max: 120, aliases: ['given name', 'forename'] }),
  lastName: field.text({ max: 120, aliases: ['family name', 'surname'] }),
  email: field.email(),
  phone: field.phone(),
  /** Name of the company, as text: it becomes a company record on conversion. */
  company: field.text({ folded: true, aliases: ['organisation', 'account'] }),
  title: field.text({ label: 'Job title' }),
  /** Where the first touch came from. `other` when not given. */
  source: defaulted(field.select<LeadSource, object>(process.sources), 'other'),
  /** Moves along declared transitions; `converted` is set by `convert` alone. */
  status: defaulted(field.select<LeadStatus, object>(process.statuses.map(({ name }) => name)), 'new'),
  /** 0 to 100. */
  score: field.integer({ min: 0, max: 100 }),
  /** First touch: how (`cpc`, `email`, …), through which campaign, from which page to which page. */
  medium: field.text(),
  campaign: field.text(),
  referrer: field.url(),
  landingPage: field.url(),
  utm: field.json<Record<string, string>>(),
  /** What the person agreed to, when and where. A `false` in it survives conversion and merge. */
  consent: field.json<Record<string, unknown>>(),
  /** Needed when the lead is lost, and kept only while it is. */
  lostReason: field.text({ max: 120 }),
  /** Needed when the reason is `other`. */
  lostNote: field.text({ max: 4000 }),
  convertedAt: server(field.instant()),
  convertedBy: server(field.user()),
  convertedContactId: server(field.link('contacts')),
  convertedCompanyId: server(field.link('companies')),
  convertedDealId: server(field.link('deals')),
  lastActivityAt: server(field.instant()),
  nextActivityAt: server(field.instant()),
}

interface LeadDefinition extends RecordDefinition {
  readonly process: LeadProcess
}

/** The lead of a CRM: with the host's own statuses, sources and lost reasons. */
export function defineLeads(options?: LeadOptions): LeadDefinition {
  const process = leadProcess(options)
  const closed = process.statuses.filter((status) => status.class === 'won' || status.class === 'lost')
  const definition = defineRecord({
    type: 'leads',
    table: 'lead',
    fields: {
      ...leadFields,
      source: { ...leadFields.source, options: process.sources },
      status: { ...leadFields.status, options: process.statuses.map(({ name }) => name) },
    },
    title: 'name',
    searched: ['name', 'email', 'phone', 'company'],
    madeFrom: {
      name: ['firstName', 'lastName'],
      lostReason: ['status'],
      lostNote: ['status'],
      convertedAt: ['status'],
      convertedBy: ['status'],
      convertedContactId: ['status'],
      convertedCompanyId: ['status'],
      convertedDealId: ['status'],
    },
    concerns: ['convertedContactId', 'convertedCompanyId', 'convertedDealId'],
    open: `status not in (${closed.map(({ name }) => `'${name}'`).join(', ')})`,
    rules: leadRules(process),
    eventName: ({ before, after }) => (before && before.status !== after.status ? 'lead.status_changed' : undefined),
    sideTables: [
      ['merge', 'winner_id'],
      ['merged', 'record_id'],
    ],
  })
  return { ...definition, process }
}

export const leads = defineLeads()

/** Statuses and transitions of the CRM the engine belongs to. */
export const processOf = (engine: Engine): LeadProcess =>
  (tableOf(engine, 'leads').definition as LeadDefinition).process

export interface Lead<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof leadFields> {}
export type NewLead<Custom = Record<string, unknown>> = CreateOf<typeof leadFields> & BaseInput<Custom>
export type LeadPatch<Custom = Record<string, unknown>> = PatchOf<typeof leadFields> & BaseInput<Custom>
