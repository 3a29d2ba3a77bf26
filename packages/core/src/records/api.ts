import type { Action } from '../access/roles'
import type { AssignmentRule } from './assignment'
import { checkAssignee, pickOwner } from './assignment'
import { type BulkUpdate, createMany, deleteMany, type ItemResult, runBulk, updateMany } from './bulk'
import type { Caller } from './caller'
import { can } from './can'
import { createRecord, shown } from './create'
import { tableOf } from './engine'
import type { TimelineEntry, TimelineOptions } from './event'
import type { RecordType } from './field'
import { getRecord } from './find'
import type { VerbOptions } from './idempotency'
import { eachRecord, type ListQuery, listRecords, type Page } from './list'
import { deleteRecord, purgeRecord, restoreRecord } from './remove'
import { type Grantee, type Share, shareRecord, unshareRecord } from './share'
import { type UpdateOptions, updateIn, updateRecord } from './update'
import type { WriteSession } from './write'

/** A list request whose filter and order are typed. */
export interface TypedQuery<Where, OrderBy> extends Omit<ListQuery, 'where' | 'orderBy'> {
  where?: Where
  orderBy?: readonly OrderBy[] | OrderBy
}

/** To whom: a user, or whoever the rule picks. */
export type AssignTo = { user: string | null } | AssignmentRule

/** What can be done with every type of record. */
export interface RecordApi<R, New, Patch, Where, OrderBy> {
  /** Throws VALIDATION, FORBIDDEN, DUPLICATE. */
  create(input: New, options?: VerbOptions): Promise<R>
  /** Throws NOT_FOUND for what does not exist, is deleted, or is out of reach. */
  get(id: string, options?: { include?: readonly string[] }): Promise<R>
  list(query?: TypedQuery<Where, OrderBy>): Promise<Page<R>>
  /** Every match, read page by page. */
  each(query?: Omit<TypedQuery<Where, OrderBy>, 'limit' | 'after' | 'count'>): AsyncIterable<R>
  /** Changes the given fields. With `ifVersion`, CONFLICT when one of them changed meanwhile. */
  update(id: string, patch: Patch, options?: UpdateOptions): Promise<R>
  delete(id: string, options?: VerbOptions): Promise<void>
  restore(id: string, options?: VerbOptions): Promise<R>
  /** Removes a deleted record for good. */
  purge(id: string, options?: VerbOptions): Promise<void>
  /** Up to 1,000 in one transaction, with a result for each in the same order. */
  createMany(inputs: readonly New[], options?: VerbOptions): Promise<ItemResult<R>[]>
  updateMany(items: readonly BulkUpdate<Patch>[], options?: VerbOptions): Promise<ItemResult<R>[]>
  deleteMany(ids: readonly string[], options?: VerbOptions): Promise<ItemResult<void>[]>
  assign(id: string, to: AssignTo, options?: VerbOptions): Promise<R>
  assignMany(ids: readonly string[], to: AssignTo, options?: VerbOptions): Promise<ItemResult<R>[]>
  share(id: string, share: Share, options?: VerbOptions): Promise<void>
  unshare(id: string, grantee: Grantee, options?: VerbOptions): Promise<void>
  can(action: Action, record?: string | { id: string }): Promise<boolean>
  /** Everything that happened to the record and around it, newest first, as far as the caller may see it. */
  timeline(id: string, options?: TimelineOptions): Promise<Page<TimelineEntry>>
}

// biome-ignore lint/suspicious/noExplicitAny: the engine works on records whose type is known only at run time
export type UntypedApi = RecordApi<any, any, any, any, any>

/** The verbs that every record type has, for one caller. */
export function recordApi(caller: Caller, type: RecordType): UntypedApi {
  return {
    create: (input, options) => createRecord(caller, type, input, options),
    get: (id, options) => getRecord(caller, type, id, options),
    list: (query) => listRecords(caller, type, query),
    each: (query) => eachRecord(caller, type, query),
    update: (id, patch, options) => updateRecord(caller, type, id, patch, options),
    delete: (id, options) => deleteRecord(caller, type, id, options),
    restore: (id, options) => restoreRecord(caller, type, id, options),
    purge: (id, options) => purgeRecord(caller, type, id, options),
    createMany: (inputs, options) => createMany(caller, type, inputs, options),
    updateMany: (items, options) => updateMany(caller, type, items, options),
    deleteMany: (ids, options) => deleteMany(caller, type, ids, options),
    assign: async (id, to, options) => {
      const [result] = await assignMany(caller, type, [id], to, options)
      if (!result?.ok) throw result?.error
      return result.value
    },
    assignMany: (ids, to, options) => assignMany(caller, type, ids, to, options),
    share: (id, share, options) => shareRecord(caller, type, id, share, options),
    unshare: (id, grantee, options) => unshareRecord(caller, type, id, grantee, options),
    can: (action, record) => can(caller, type, action, record),
    timeline: (id, options) => caller.engine.timeline(caller, { type, id }, options),
  }
}

async function assignMany(
  caller: Caller,
  type: RecordType,
  ids: readonly string[],
  to: AssignTo,
  options?: VerbOptions,
) {
  checkAssignee(to)
  const byRule = !('user' in to)
  const work = async (write: WriteSession, id: string) => {
    const owner = 'user' in to ? to.user : await pickOwner(write, tableOf(caller.engine, type), to)
    return shown(write, type, await updateIn(write, type, id, { owner }))
  }
  // A rule takes its turn before the record can be refused.
  return runBulk(caller, `${type}.assign`, type, ids, options, work, byRule)
}
