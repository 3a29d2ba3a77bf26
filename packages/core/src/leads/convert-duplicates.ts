import { companyEvidence } from '../companies/duplicates'
import { contactEvidence } from '../contacts/duplicates'
import { CrmError } from '../kernel/errors'
import { foldText } from '../kernel/text'
import { writeQuery } from '../records/checks'
import { type DuplicateCandidate, type Evidence, findDuplicates, sameText } from '../records/duplicates'
import type { RecordType } from '../records/field'
import type { AnyRecord } from '../records/types'
import type { WriteSession } from '../records/write'
import { sql } from '../storage/sql'
import type { TargetName } from './convert-input'

/** The record type of each target. */
export const TYPES: Readonly<Record<TargetName, RecordType>> = {
  contact: 'contacts',
  company: 'companies',
  deal: 'deals',
}

/** Evidence below this is not worth a question: a namesake, or a number shared by colleagues. */
const SURE_ENOUGH = 0.6

/** Records that one to be created may well be the same as. */
export async function likelyDuplicates(
  write: WriteSession,
  name: TargetName,
  evidence: readonly Evidence[],
): Promise<DuplicateCandidate[]> {
  const found = await findDuplicates(writeQuery(write), write, TYPES[name], evidence)
  return found.filter(({ score }) => score >= SURE_ENOUGH)
}

/** An open deal of the same title with the same company. */
export function dealEvidence({ title }: Record<string, unknown>, company: AnyRecord | undefined): Evidence[] {
  if (company === undefined || typeof title !== 'string') return []
  const folded = foldText(title)
  return [
    {
      reason: 'same-title',
      field: 'title',
      weight: 0.8,
      find: sql`r.title_fold = ${folded} and r.company = ${company.id} and r.status = 'open'`,
      agrees: (other) => sameText([folded], other.title) && other.company === company.id,
    },
  ]
}

/** An email or domain that another record has is not put on this one as well. */
export async function withoutTaken(
  write: WriteSession,
  name: TargetName,
  record: AnyRecord,
  fills: Record<string, unknown>,
) {
  const field = name === 'contact' ? 'emails' : name === 'company' ? 'domain' : undefined
  if (field === undefined || fills[field] === undefined) return fills
  const query = writeQuery(write)
  const evidence =
    name === 'contact'
      ? contactEvidence(query, { emails: fills.emails })
      : companyEvidence(query, { domain: fills.domain })
  const others = await findDuplicates(query, write, TYPES[name], evidence, record.id)
  if (others.length === 0) return fills
  const { [field]: _, ...rest } = fills
  return rest
}

/** DUPLICATE, with the ids of the candidates by target, where the caller wants to be asked. */
export function refuseDuplicates(duplicates: Readonly<Record<TargetName, readonly DuplicateCandidate[]>>): void {
  const problems = (Object.keys(TYPES) as TargetName[]).flatMap((name) => {
    const found = duplicates[name]
    if (found.length === 0) return []
    const remedy = `Link one of the candidates with ${name}: { link: id }, or pass onDuplicate: 'link' or 'create'.`
    return [{ field: name, rule: 'duplicate', remedy, candidates: found.map(({ record }) => record.id) }]
  })
  if (problems.length === 0) return
  const named = problems.map(({ field, candidates }) => `${field} ${candidates[0]}`).join(', ')
  throw new CrmError('DUPLICATE', `What the lead would become seems to exist already: ${named}.`, problems)
}
