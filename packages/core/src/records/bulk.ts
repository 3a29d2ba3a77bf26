import { type CrmError, invalid, isCrmError } from '../kernel/errors'
import type { Caller } from './caller'
import { createIn, shown, validateCreate } from './create'
import { tableOf } from './engine'
import type { RecordType } from './field'
import { lockInOrder } from './guard'
import { runVerb, type VerbOptions } from './idempotency'
import { deleteIn } from './remove'
import type { AnyRecord } from './types'
import { updateIn, validatePatch } from './update'
import { transact, type WriteSession } from './write'

/** What became of one item of a bulk call, in the order of the input. */
export type ItemResult<T> = { ok: true; value: T } | { ok: false; error: CrmError }

const MAX_ITEMS = 1000

/**
 * Runs each item in one transaction. An item that is refused is reported and leaves nothing behind; the others take
 * effect. When the database itself fails, none of them does.
 */
export async function runBulk<In, Out>(
  caller: Caller,
  verb: string,
  type: RecordType,
  items: readonly In[],
  options: VerbOptions | undefined,
  work: (write: WriteSession, item: In) => Promise<Out>,
  manyWrites = false,
): Promise<ItemResult<Out>[]> {
  if (!Array.isArray(items)) throw invalid('items', 'wrong-type', 'Give a list.')
  if (items.length > MAX_ITEMS) throw invalid('items', 'too-many', `Give at most ${MAX_ITEMS} at a time.`)
  return runVerb(caller, verb, items, options, async (write) => {
    await lockInOrder(write, tableOf(caller.engine, type), items.map(idOf))
    const results: ItemResult<Out>[] = []
    for (const item of items) results.push(await attempt(write, type, (inner) => work(inner, item), manyWrites))
    return results
  })
}

/** Of items that are, or name, a record that exists. */
const idOf = (item: unknown) => (typeof item === 'string' ? item : (item as { id?: unknown } | null)?.id)

/** Transactions, by their list of events, in which the ground is laid. */
const begun = new WeakSet<object>()

/** One item: under a savepoint when it may be refused after something was written, as by host code or after a turn was taken. */
export async function attempt<T>(
  write: WriteSession,
  type: RecordType,
  work: (write: WriteSession) => Promise<T>,
  manyWrites = false,
): Promise<ItemResult<T>> {
  const { hooks, assignment } = write.caller.engine
  const first = tableOf(write.caller.engine, type).definition.laysGround === true && !begun.has(write.events)
  const careful = manyWrites || first || hooks[type]?.inTransaction !== undefined || assignment[type] !== undefined
  let wrote = false
  const noting: Pick<WriteSession, 'run' | 'send'> = {
    run(sql, params) {
      wrote = true
      return write.run(sql, params)
    },
    send(sql, params, check) {
      wrote = true
      return write.send(sql, params, check)
    },
  }
  try {
    const value = careful ? await transact(write.inside(), work) : await work({ ...write, ...noting })
    if (first) begun.add(write.events)
    return { ok: true, value }
  } catch (error) {
    if (!isCrmError(error) || error.code === 'STORAGE' || wrote) throw error
    return { ok: false, error }
  }
}

export const createMany = (caller: Caller, type: RecordType, inputs: readonly unknown[], options?: VerbOptions) =>
  runBulk<unknown, AnyRecord>(caller, `${type}.createMany`, type, inputs, options, async (write, input) =>
    shown(write, type, await createIn(write, type, await validateCreate(caller, type, input))),
  )

export interface BulkUpdate<Patch = unknown> {
  id: string
  patch: Patch
  ifVersion?: number
}

export const updateMany = (caller: Caller, type: RecordType, items: readonly BulkUpdate[], options?: VerbOptions) =>
  runBulk<BulkUpdate, AnyRecord>(caller, `${type}.updateMany`, type, items, options, async (write, item) => {
    const { id, patch, ifVersion } = checkItem(item)
    return shown(write, type, await updateIn(write, type, id, await validatePatch(caller, type, patch), ifVersion))
  })

function checkItem(item: BulkUpdate): BulkUpdate {
  if (typeof item !== 'object' || item === null)
    throw invalid('items', 'wrong-type', 'Give { id, patch } for each record.')
  const unknown = Object.keys(item).find((key) => !['id', 'patch', 'ifVersion'].includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', 'Use only: id, patch, ifVersion.')
  return item
}

export const deleteMany = (caller: Caller, type: RecordType, ids: readonly string[], options?: VerbOptions) =>
  runBulk<string, void>(caller, `${type}.deleteMany`, type, ids, options, (write, id) => deleteIn(write, type, id))
