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
