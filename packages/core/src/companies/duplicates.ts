import { isFreeMailDomain } from '../kernel/email'
import { foldText } from '../kernel/text'
import { type Evidence, sameText } from '../records/duplicates'
import type { QueryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import { inList, raw, sql } from '../storage/sql'
import { bareCompanyName, spellingsOf } from './name'
import { domainOfWebsite } from './website'

/** Values of a company, stored or not. Compared are `name`, `domain`, `website` and `phone`. */
export type CompanyDraft = Readonly<Record<string, unknown>>

/**
 * Why two companies may be one: same domain 0.85, never that of a free-mail provider; same name 0.7; same name but for
 * the legal form (`Acme` and `ACME, Inc.`) 0.6; same phone 0.5.
 */
export function companyEvidence(query: QueryContext, draft: CompanyDraft): Evidence[] {
  const { normalise } = query.engine
  const normal = (kind: 'domain' | 'phone', value: unknown) =>
    typeof value === 'string' ? normalise(kind, value) : null
  const domain = domainIn(query, draft)
  const phone = normal('phone', draft.phone)
  const name = typeof draft.name === 'string' ? draft.name : undefined
  const folded = name === undefined ? [] : [foldText(name)]
  const same = (other: AnyRecord) => sameText(folded, other.name)
  const similar = (other: AnyRecord) =>
    name !== undefined && !same(other) && bareCompanyName(String(other.name)) === bareCompanyName(name)
  return [
    {
      reason: 'same-domain',
      field: 'domain',
      weight: 0.85,
      find: domain === null ? undefined : sql`r.domain_key = ${domain}`,
      agrees: (other) => domain !== null && normal('domain', other.domain) === domain,
    },
    {
      reason: 'same-name',
      field: 'name',
      weight: 0.7,
      find: name === undefined ? undefined : inList(raw('r.name_fold'), spellingsOf(name)),
      agrees: same,
    },
    { reason: 'similar-name', field: 'name', weight: 0.6, agrees: similar },
    {
      reason: 'same-phone',
      field: 'phone',
      weight: 0.5,
      find: phone === null ? undefined : sql`r.phone_key = ${phone}`,
      agrees: (other) => phone !== null && normal('phone', other.phone) === phone,
    },
  ]
}

function domainIn({ engine }: QueryContext, { domain, website }: CompanyDraft): string | null {
  const own = typeof domain === 'string' ? engine.normalise('domain', domain) : null
  if (own !== null) return isFreeMailDomain(own) ? null : own
  return typeof website === 'string' ? domainOfWebsite(website, engine.normalise) : null
}
