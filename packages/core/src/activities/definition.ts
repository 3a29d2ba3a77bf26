import { defineRecord } from '../records/definition'
import { defaulted, field } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import { activityRules, recountRelated, touchRelated } from './rules'

export const ACTIVITY_KINDS = ['call', 'meeting', 'note', 'email', 'sms'] as const

/** Users and contacts by id, and others by what is known of them. */
export interface Participants {
  users?: readonly string[]
  /** Contacts the writer may see. */
  contacts?: readonly string[]
  /** A name, an email, or both. */
  others?: readonly { name?: string; email?: string }[]
}

/** Something that happened, with whom it was and what it concerns. The owner is the one who did it. */
export const activityFields = {
  kind: field.select(ACTIVITY_KINDS, { required: true }),
  subject: field.text(),
  body: field.text({ max: 100_000 }),
  /** When it happened; now by default. */
  occurredAt: defaulted(field.instant()),
  /** Minutes. */
  duration: field.integer({ min: 0, max: 100_000 }),
  outcome: field.text(),
  direction: field.select(['in', 'out']),
  /** Who took part, beside the owner and the linked contact; at most 100 people. */
  participants: field.json<Participants>(),
  lead: field.link('leads'),
  contact: field.link('contacts'),
  company: field.link('companies'),
  deal: field.link('deals'),
}

export const activities = defineRecord({
  type: 'activities',
  table: 'activity',
  fields: activityFields,
  title: 'subject',
  searched: ['subject'],
  concerns: ['lead', 'contact', 'company', 'deal'],
  alsoConcerns: ({ participants }) =>
    ((participants as Participants | null)?.contacts ?? []).map((id) => ({ type: 'contacts', id })),
  rules: activityRules,
  afterWrite: touchRelated,
  afterRemove: recountRelated,
})

export interface Activity<Custom = Record<string, unknown>>
  extends BaseRecord<Custom>,
    ValuesOf<typeof activityFields> {}
export type NewActivity<Custom = Record<string, unknown>> = CreateOf<typeof activityFields> & BaseInput<Custom>
export type ActivityPatch<Custom = Record<string, unknown>> = PatchOf<typeof activityFields> & BaseInput<Custom>
