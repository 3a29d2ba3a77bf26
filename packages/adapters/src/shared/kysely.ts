import type { Row, Session, SqlValue } from '@rapport/core/storage'
import { sendBy } from './send'

/** The part of the host's Kysely instance, or of its transaction, that we use. */
export interface KyselyLike {
  readonly isTransaction: boolean
  executeQuery(query: never): Promise<{ rows: unknown[]; numAffectedRows?: bigint | undefined }>
  transaction(): { execute<T>(work: (trx: never) => Promise<T>): Promise<T> }
  connection(): { execute<T>(work: (connection: never) => Promise<T>): Promise<T> }
  getExecutor(): { provideConnection<T>(work: (connection: object) => Promise<T>): Promise<T> }
  withoutPlugins?(): KyselyLike
}

export const isKysely = (value: unknown): value is KyselyLike =>
  typeof (value as KyselyLike | null)?.executeQuery === 'function' &&
  typeof (value as KyselyLike).transaction === 'function'

/** Without the host's plugins, which would rename our columns and parse our JSON. */
export const plain = (kysely: KyselyLike): KyselyLike => kysely.withoutPlugins?.() ?? kysely

/** What all forms of one transaction have in common: the connection it holds. */
export const connectionOf = (transaction: KyselyLike): Promise<object> =>
  transaction
    .getExecutor()
    .provideConnection(async (connection) => connection)
    // It has ended; the first statement will say so.
    .catch(() => transaction)

/** Our statements on a Kysely instance or transaction, without importing Kysely. */
export function sessionOn(executor: KyselyLike, guard: () => void, toCrmError: (error: unknown) => unknown): Session {
  async function execute(text: string, params: readonly SqlValue[]) {
    guard()
    // The shape of Kysely's CompiledQuery.raw.
    const query = { kind: 'RawNode', sqlFragments: [text], parameters: [] }
    try {
      return await executor.executeQuery({
        sql: text,
        parameters: params,
        query,
        queryId: { queryId: 'rapport' },
      } as never)
    } catch (error) {
      throw toCrmError(error)
    }
  }
  const run = async (text: string, params: readonly SqlValue[]) =>
    Number((await execute(text, params)).numAffectedRows ?? 0)
  return {
    all: async (text, params) => (await execute(text, params)).rows.map((row) => Object.values(row as object) as Row),
    run,
    send: sendBy(run),
  }
}
