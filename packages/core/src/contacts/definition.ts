import { defineRecord } from '../records/definition'
import { defaulted, field, server } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import { contactRules } from './rules'

export const contactFields = {
  firstName: field.text({ max: 120, aliases: ['given name', 'forename'] }),
  lastName: field.text({ max: 120, aliases: ['family name', 'surname'] }),
  /** First and last name; the first email where there is neither. Writing it is a shorthand: it is split into the two. */
  name: defaulted(field.text({ folded: true, max: 240 })),
  /**
   * The primary one of `emails`. Writing it is a shorthand: it replaces the primary address and leaves the others; one
   * that is already listed becomes the primary one; null removes the primary one.
   */
  email: field.email(),
  /** The primary one of `phones`, with the same shorthand. */
  phone: field.phone(),
  /** Up to 20, each with label; exactly one is primary. */
  emails: field.emails(),
  phones: field.phones(),
  addresses: field.addresses(),
  company: field.link('companies'),
  title: field.text({ label: 'Job title' }),
  source: field.text({ max: 60 }),
  /** What the person agreed to, when and where. A `false` in it survives a merge. */
  consent: field.json<Record<string, unknown>>(),
  lastActivityAt: server(field.instant()),
  nextActivityAt: server(field.instant()),
}

export const contacts = defineRecord({
  type: 'contacts',
  table: 'contact',
  fields: contactFields,
  title: 'name',
  searched: ['name', 'emails', 'phones'],
  duplicateBy: ['emails'],
  keys: { emails: 'email', phones: 'phone' },
  madeFrom: {
    name: ['firstName', 'lastName', 'emails', 'phones'],
    email: ['emails'],
    phone: ['phones'],
    emails: ['email'],
    phones: ['phone'],
  },
  concerns: ['company'],
  rules: contactRules,
  sideTables: [
    ['deal_contact', 'contact_id'],
    ['meeting_attendee', 'contact_id'],
    ['merge', 'winner_id'],
    ['merged', 'record_id'],
  ],
})

export interface Contact<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof contactFields> {}
export type NewContact<Custom = Record<string, unknown>> = CreateOf<typeof contactFields> & BaseInput<Custom>
export type ContactPatch<Custom = Record<string, unknown>> = PatchOf<typeof contactFields> & BaseInput<Custom>
