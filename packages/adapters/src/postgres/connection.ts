import type { Row } from '@rapport/core/storage'
import { storageError, toCrmError } from '../shared/postgres/errors'
import { readerOf } from '../shared/postgres/values'
import { Batch, type Outcome, type Statement } from './batch'
import { hasWire, type PgClient } from './driver'
import { forgetPrepared } from './prepared'

/** How statements reach the server, shared by all connections of a storage. */
export interface Manner {
  /** Prepared under names: not through a proxy, which hands connections on without them. Not known before the first answer. */
  named?: boolean
}

/** A proxy gives its own number for the connection, the server that of its process. */
const WHO_ANSWERS: Statement = { text: 'select pg_backend_pid() as pid', params: [] }

/** Runs statements on one client, all in one round trip where the client lets us. Throws what went wrong as a CrmError. */
export async function execute(client: PgClient, statements: readonly Statement[], manner: Manner): Promise<Outcome[]> {
  const outcomes = hasWire(client) ? await inOneTrip(client, statements, manner) : await oneByOne(client, statements)
  for (const [index, { check }] of statements.entries()) check?.((outcomes[index] as Outcome).changed)
  return outcomes
}

async function inOneTrip(
  client: PgClient & { connection: object },
  statements: readonly Statement[],
  manner: Manner,
): Promise<Outcome[]> {
  const asking = manner.named === undefined
  const batch = new Batch(asking ? [...statements, WHO_ANSWERS] : statements, manner.named ?? false)
  client.query(batch as never)
  try {
    const outcomes = await batch.done
    if (asking) manner.named = outcomes.pop()?.rows[0]?.[0] === client.processID
    return outcomes
  } catch (error) {
    if (!isStalePlan(error)) throw toCrmError(error)
    forgetPrepared(client.connection as never)
    if ((error as { code?: string }).code !== '0A000') manner.named = false
    throw storageError('conflict', 'The prepared statement is out of date; run the call again.', error)
  }
}

interface PgResult {
  rows: Row[]
  rowCount: number | null
  fields: { dataTypeID: number }[]
}

/** For clients that are not `pg`'s own, and pools in pipeline mode, which put them on the wire together by themselves. */
async function oneByOne(client: PgClient, statements: readonly Statement[]): Promise<Outcome[]> {
  const running = statements.map(async ({ text, params }) => {
    const types = { getTypeParser: (type: number) => readerOf(type) ?? String }
    return client.query({ text, values: [...params], rowMode: 'array', types } as never) as Promise<PgResult>
  })
  const settled = await Promise.allSettled(running)
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed) throw toCrmError((failed as PromiseRejectedResult).reason)
  return (settled as PromiseFulfilledResult<PgResult>[]).map(({ value }) => ({
    rows: value.rows,
    changed: value.rowCount ?? 0,
  }))
}

/** Errors of a prepared statement that the server does not have, has twice, or made for tables that have changed since. */
const isStalePlan = (error: unknown): boolean => {
  const { code, message = '' } = (error ?? {}) as { code?: string; message?: string }
  return code === '26000' || code === '42P05' || (code === '0A000' && /cached plan/.test(message))
}
