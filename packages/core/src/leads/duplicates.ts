import { foldText } from '../kernel/text'
import { type Evidence, sameText } from '../records/duplicates'
import { tableOf } from '../records/engine'
import type { QueryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'
import { inList, raw, sql } from '../storage/sql'

/** Values of a lead, stored or not. Compared are names, `email`, `phone` and `company`. */
export type LeadDraft = Readonly<Record<string, unknown>>

/**
 * Why two leads may be one: same email 0.9; same phone 0.5; same name 0.4; and of a namesake, same company another 0.4.
 */
export function leadEvidence(query: QueryContext, draft: LeadDraft): Evidence[] {
  const normal = (kind: 'email' | 'phone', value: unknown) =>
    typeof value === 'string' ? query.engine.normalise(kind, value) : null
  const email = normal('email', draft.email)
  const phone = normal('phone', draft.phone)
  const names = namesOf(draft)
  const company = typeof draft.company === 'string' ? [foldText(draft.company)] : []
  const seesNames = isVisible(query.actor, tableOf(query.engine, 'leads'), 'name')
  const namesake = (other: AnyRecord) => seesNames && sameText(names, other.name)
  return [
    {
      reason: 'same-email',
      field: 'email',
      weight: 0.9,
      find: email === null ? undefined : sql`r.email_key = ${email}`,
      agrees: (other) => email !== null && normal('email', other.email) === email,
    },
    {
      reason: 'same-phone',
      field: 'phone',
      weight: 0.5,
      find: phone === null ? undefined : sql`r.phone_key = ${phone}`,
      agrees: (other) => phone !== null && normal('phone', other.phone) === phone,
    },
    {
      reason: 'same-name',
      field: 'name',
      weight: 0.4,
      find: names.length > 0 ? inList(raw('r.name_fold'), names) : undefined,
      agrees: namesake,
    },
    {
      reason: 'same-company',
      field: 'company',
      weight: 0.4,
      agrees: (other) => sameText(company, other.company) && namesake(other),
    },
  ]
}

function namesOf({ name, firstName, lastName }: LeadDraft): string[] {
  const full = [firstName, lastName].filter(Boolean).join(' ')
  return [...new Set([name, full].filter((one): one is string => typeof one === 'string' && one !== '').map(foldText))]
}
