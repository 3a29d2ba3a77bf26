import { isId } from '../kernel/ids'
import { inList, raw, sql } from '../storage/sql'
import type { RecordTable } from './record-table'
import type { WriteSession } from './write'

/**
 * Holds these values of a field until the transaction ends, so that whoever else is about to store one of them waits and
 * then finds ours. For what two records may not share and no constraint can say. Nothing where one writer holds the database.
 */
export async function holdValues(write: WriteSession, { type }: RecordTable, field: string, values: readonly string[]) {
  const held = [...new Set(values)].sort().map((value) => `${field}\n${value}`)
  await hold(write, type, held)
}

/** Holds every value of the type, for work on many records at once. */
export const holdAll = (write: WriteSession, { type }: RecordTable) => hold(write, type, 'all')

/** Holds names of the tenant that are not of a record: the turn of a rule, a key of idempotency. */
export async function hold(write: WriteSession, space: string, values: readonly string[] | 'all') {
  const { dialect } = write.caller.storage
  for (const { text, params } of dialect.guard?.(write.caller.tenant, space, values) ?? [])
    await write.hold(text, params)
}

/** Locks a record whose figures are about to be made of others, so that the second of two who do so sees what the first wrote. */
export async function lockRecord(write: WriteSession, table: RecordTable, id: string) {
  const lock = write.caller.storage.dialect.forUpdate
  const select = `select r.id from ${table.name} r where r.tenant_id = ? and r.id = ?`
  if (lock !== undefined) await write.hold(select + lock, [write.caller.tenant, id])
}

/**
 * Locks the records a call is about to change, in one order that is the same for everybody: two calls that want the same
 * ones in another order then wait for each other instead of blocking each other.
 */
export async function lockInOrder(write: WriteSession, table: RecordTable, ids: readonly unknown[]) {
  const lock = write.caller.storage.dialect.forUpdate
  const wanted = [...new Set(ids)].filter((id) => isId(id))
  if (lock === undefined || wanted.length < 2) return
  const select = sql`select r.id from ${raw(table.name)} r where r.tenant_id = ${write.caller.tenant} and ${inList(raw('r.id'), wanted)} order by r.id`
  await write.all(select.text + lock, select.params)
}
