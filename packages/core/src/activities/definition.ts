import { defineRecord } from '../records/definition'
import { defaulted, field } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import { activityRules, recountRelated, touchRelated } from './rules'

export const ACTIVITY_KINDS = ['call', 'meeting', 'note', 'email', 'sms'] as const

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
  participants: field.json<Record<string, unknown>>(),
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
  rules: activityRules,
  afterWrite: touchRelated,
  afterRemove: recountRelated,
})

export interface Activity<Custom = Record<string, unknown>>
  extends BaseRecord<Custom>,
    ValuesOf<typeof activityFields> {}
export type NewActivity<Custom = Record<string, unknown>> = CreateOf<typeof activityFields> & BaseInput<Custom>
export type ActivityPatch<Custom = Record<string, unknown>> = PatchOf<typeof activityFields> & BaseInput<Custom>
