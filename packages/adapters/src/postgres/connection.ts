import type { Row } from '@rapport/core/storage'
import { Batch, type Outcome, type Statement } from './batch'
import { hasWire, type PgClient } from './driver'
import { isStalePlan, notOpen, toCrmError } from './errors'
import { forgetPrepared } from './prepared'
import { readerOf } from './values'

/** How statements reach the server, shared by all connections of a storage. */
export interface Manner {
  /** Prepared under names. False once a proxy has shown that it hands connections on without them. */
  named: boolean
}

/** Runs statements on one client, all in one round trip where the client lets us. Throws what went wrong as a CrmError. */
export async function execute(client: PgClient, statements: readonly Statement[], manner: Manner): Promise<Outcome[]> {
  const outcomes = hasWire(client)
    ? await inOneTrip(client, statements, manner)
    : client.pipeline
      ? await pipelined(client, statements)
      : await oneByOne(client, statements)
  for (const [index, { check }] of statements.entries()) check?.((outcomes[index] as Outcome).changed)
  return outcomes
}

export const ROLLBACK: Statement = { text: 'rollback', params: [] }

/** The same for a read, whose statements may open a transaction: a failure leaves none open for the next borrower. */
export async function executeRead(
  client: PgClient,
  statements: readonly Statement[],
  manner: Manner,
  discard: () => void,
): Promise<Outcome[]> {
  try {
    return await execute(client, statements, manner)
  } catch (error) {
    if (statements.length > 1) await execute(client, [ROLLBACK], manner).catch(discard)
    throw error
  }
}

async function inOneTrip(
  client: PgClient & { connection: object },
  statements: readonly Statement[],
  manner: Manner,
): Promise<Outcome[]> {
  const batch = new Batch(statements, manner.named)
  client.query(batch as never)
  try {
    return await batch.done
  } catch (error) {
    if (isStalePlan(error)) {
      forgetPrepared(client.connection as never)
      if ((error as { code?: string }).code !== '0A000') manner.named = false
    }
    throw toCrmError(error)
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
    const query = { text, values: [...params], rowMode: 'array', types }
    const { rows, rowCount } = ((await client.query(query as never)) ?? {}) as Partial<PgResult>
    // Others have a `query` that takes and gives something else.
    if (!Array.isArray(rows) || rows.some((row) => !Array.isArray(row))) throw notOpen()
    return { rows, changed: rowCount ?? 0 }
  } catch (error) {
    throw toCrmError(error)
  }
}
