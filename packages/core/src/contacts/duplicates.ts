import { foldText } from '../kernel/text'
import { type Evidence, keyedBy, sameText } from '../records/duplicates'
import { tableOf } from '../records/engine'
import type { LabelledValue } from '../records/field'
import type { QueryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'
import { inList, raw } from '../storage/sql'

/** Values of a contact, stored or not. Compared are names, `email`, `emails`, `phone`, `phones` and `company`. */
export type ContactDraft = Readonly<Record<string, unknown>>

/**
 * Why two contacts may be one person: same email 0.9; same phone 0.5, since colleagues share a switchboard; same name
 * 0.4, also with first and last name swapped; and of a namesake, same company another 0.4.
 */
export function contactEvidence(query: QueryContext, draft: ContactDraft): Evidence[] {
  const { normalise } = query.engine
  const normal = (kind: 'email' | 'phone', list: unknown, single: unknown) =>
    new Set(
      [
        ...((list ?? []) as LabelledValue[]).map(({ value }) => value),
        ...(typeof single === 'string' ? [single] : []),
      ].flatMap((value) => normalise(kind, value) ?? []),
    )
  const emails = normal('email', draft.emails, draft.email)
  const phones = normal('phone', draft.phones, draft.phone)
  const names = namesOf(draft)
  const shares = (kind: 'email' | 'phone', wanted: ReadonlySet<string>) => (other: AnyRecord) =>
    [...normal(kind, other[`${kind}s`], other[kind])].some((value) => wanted.has(value))
  const seesNames = isVisible(query.actor, tableOf(query.engine, 'contacts'), 'name')
  const namesake = (other: AnyRecord) => seesNames && sameText(names, other.name)
  return [
    {
      reason: 'same-email',
      field: 'emails',
      weight: 0.9,
      find: keyedBy(query, 'contacts', 'email', emails),
      agrees: shares('email', emails),
    },
    {
      reason: 'same-phone',
      field: 'phones',
      weight: 0.5,
      find: keyedBy(query, 'contacts', 'phone', phones),
      agrees: shares('phone', phones),
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
      agrees: (other) => draft.company != null && other.company === draft.company && namesake(other),
    },
  ]
}

/** The folded name in both orders; none where a contact has only an address for a name. */
function namesOf({ firstName, lastName, name }: ContactDraft): string[] {
  const parts = [firstName, lastName].filter((part): part is string => typeof part === 'string')
  if (parts.length === 0) return typeof name === 'string' && /\p{L}\s+\p{L}/u.test(name) ? [foldText(name)] : []
  return [...new Set([foldText(parts.join(' ')), foldText(parts.reverse().join(' '))])]
}
