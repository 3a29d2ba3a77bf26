import { isCrmError, type Row } from '@rapport/core/storage'
import { notOpen, storageError, toCrmError } from '../shared/postgres/errors'
import { readerOf, sayable } from '../shared/postgres/values'
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
  const outcomes = hasWire(client)
    ? isWholeTrip(client, statements)
      ? [NOTHING, ...(await inOneTrip(client, statements.slice(1, -1), manner)), NOTHING]
      : await inOneTrip(client, statements, manner)
    : client.pipeline
      ? await pipelined(client, statements)
      : await oneByOne(client, statements)
  for (const [index, { check }] of statements.entries()) check?.((outcomes[index] as Outcome).changed)
  return outcomes
}

export const BEGIN: Statement = { text: 'begin', params: [] }
export const COMMIT: Statement = { text: 'commit', params: [] }
export const ROLLBACK: Statement = { text: 'rollback', params: [] }

/** A transaction from its beginning to its end. In one trip it needs neither said: to the server, what comes before a Sync is one. */
export const isWholeTrip = (client: PgClient, statements: readonly Statement[]): boolean =>
  hasWire(client) && statements[0] === BEGIN && statements.at(-1) === COMMIT

const NOTHING: Outcome = { rows: [], changed: 0 }

/**
 * The same for a read, which is run again where its prepared statement was out of date. Its statements may open a transaction:
 * a failure leaves none open for the next borrower.
 */
export async function executeRead(
  client: PgClient,
  statements: readonly Statement[],
  manner: Manner,
  discard: () => void,
): Promise<Outcome[]> {
  try {
    return await execute(client, statements, manner)
  } catch (error) {
    if (isCrmError(error) && error.rule === 'conflict')
      return isWholeTrip(client, statements)
        ? execute(client, statements, manner)
        : execute(client, [ROLLBACK, ...statements], manner).then(rest)
    if (statements.length > 1 && !isWholeTrip(client, statements))
      await execute(client, [ROLLBACK], manner).catch(discard)
    throw error
  }
}

const rest = ([, ...outcomes]: Outcome[]) => outcomes

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
}

const types = { getTypeParser: (type: number) => readerOf(type) ?? String }

/** For clients that are not `pg`'s own, but take its queries. */
async function oneByOne(client: PgClient, statements: readonly Statement[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const statement of statements) outcomes.push(await one(client, statement))
  return outcomes
}

/** For clients in pipeline mode, which put them on the wire together by themselves. */
async function pipelined(client: PgClient, statements: readonly Statement[]): Promise<Outcome[]> {
  const settled = await Promise.allSettled(statements.map((statement) => one(client, statement)))
  const failed = settled.find(({ status }) => status === 'rejected')
  if (failed) throw (failed as PromiseRejectedResult).reason
  return (settled as PromiseFulfilledResult<Outcome>[]).map(({ value }) => value)
}

async function one(client: PgClient, { text, params }: Statement): Promise<Outcome> {
  try {
    const query = { text, values: params.map(sayable), rowMode: 'array', types }
    const { rows, rowCount } = ((await client.query(query as never)) ?? {}) as Partial<PgResult>
    // Others have a `query` that takes and gives something else.
    if (!Array.isArray(rows) || rows.some((row) => !Array.isArray(row))) throw notOpen()
    return { rows, changed: rowCount ?? 0 }
  } catch (error) {
    throw toCrmError(error)
  }
}

/** Errors of a prepared statement that the server does not have, has twice, or made for tables that have changed since. */
const isStalePlan = (error: unknown): boolean => {
  const { code, message = '' } = (error ?? {}) as { code?: string; message?: string }
  return code === '26000' || code === '42P05' || (code === '0A000' && /cached plan/.test(message))
}
