import type { UntypedApi } from '../api'
import type { Caller } from '../caller'
import type { DuplicateCandidate, Evidence } from '../duplicates'
import type { RecordType } from '../field'
import type { VerbOptions } from '../idempotency'
import type { QueryContext } from '../query'
import type { MergeRules } from './absorb'
import type { MergeEntry } from './list'
import type { MergeInput, MergeResult } from './merge'
import { getMerged } from './resolve'
import type { UnmergeResult } from './unmerge'

/** Finding and merging duplicates, of leads, contacts and companies alike. */
export interface MergeApi<R, Draft> {
  /**
   * Records that may be the same as a stored one or as one about to be created: at most 20, best first, only among those
   * the caller may read, compared only by fields the caller may see.
   *
   * @example
   * const [best] = await me.contacts.duplicates({ email: 'ada@example.com' })
   * if (best && best.score > 0.8) showMatch(best.record, best.reasons)
   */
  duplicates(of: string | Draft): Promise<DuplicateCandidate<R>[]>
  /**
   * Makes one record of several, up to 10 losers at a time. The winner keeps its values and takes what it lacks from
   * the losers in their order; tags, emails, phones and addresses of all, and any opt-out, are kept. Deals, activities,
   * tasks, notes, shares and the timeline go over; the losers are deleted, and `get` with their ids gives the winner.
   * Needs `merge` on each. Throws NOT_FOUND, FORBIDDEN, VALIDATION.
   *
   * @example
   * const { id } = await me.contacts.merge(keep.id, [copy.id], { fields: { title: copy.id } })
   * await me.contacts.unmerge(id)
   */
  merge(
    winnerId: string,
    loserIds: readonly string[],
    input?: MergeInput,
    options?: VerbOptions,
  ): Promise<MergeResult<R>>
  /** Undoes a merge. What was changed after it stays. Throws CONFLICT when it was undone before. */
  unmerge(mergeId: string, options?: VerbOptions): Promise<UnmergeResult<R>>
  /** What was merged into a record, newest first. */
  merges(id: string): Promise<MergeEntry[]>
}

type EvidenceOf = (query: QueryContext, draft: Record<string, unknown>) => readonly Evidence[]

// biome-ignore lint/suspicious/noExplicitAny: the engine works on records whose type is known only at run time
type UntypedMergeApi = MergeApi<any, any>

/** The verbs of duplicates and merging for one caller; `get` leads from merged records to their winner. */
export function mergeApi(
  caller: Caller,
  type: RecordType,
  evidenceOf: EvidenceOf,
  rules: MergeRules = {},
): UntypedMergeApi & Pick<UntypedApi, 'get'> {
  return {
    get: (id, options) => getMerged(caller, type, id, options),
    duplicates: async (of) => (await import('../duplicates')).duplicatesOf(caller, type, of, evidenceOf),
    merge: async (winnerId, loserIds, input, options) =>
      (await import('./merge')).mergeRecords(caller, type, rules, winnerId, loserIds, input, options),
    unmerge: async (mergeId, options) =>
      (await import('./unmerge')).unmergeRecords(caller, type, rules, mergeId, options),
    merges: async (id) => (await import('./list')).listMerges(caller, type, id),
  }
}
