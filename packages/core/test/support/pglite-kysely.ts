import type { PGlite, Transaction } from '@electric-sql/pglite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'

/** A host's Kysely on PGlite, whose transactions are those of `db.transaction`. */
export function pgliteKysely(db: PGlite): Dialect {
  let ended: Promise<unknown> | undefined
  let end: (failure?: Error) => void = () => {}

  function newConnection() {
    let tx: Transaction | undefined
    const connection = {
      async executeQuery<R>({ sql, parameters }: CompiledQuery) {
        const { rows, affectedRows = 0 } = await (tx ?? db).query<R>(sql, [...parameters])
        return { rows, numAffectedRows: BigInt(affectedRows) }
      },
      // biome-ignore lint/correctness/useYield: nothing here streams
      async *streamQuery(): AsyncGenerator<never> {
        throw new Error('This Kysely does not stream.')
      },
      on(transaction?: Transaction) {
        tx = transaction
      },
    }
    return connection
  }
  type Connection = ReturnType<typeof newConnection>

  const begin = (connection: Connection) =>
    new Promise<void>((begun, failed) => {
      ended = db.transaction((tx) => {
        connection.on(tx)
        begun()
        return new Promise<void>((commit, rollback) => {
          end = (failure) => (failure ? rollback(failure) : commit())
        })
      })
      ended.catch(failed)
    })
  async function finish(connection: Connection, failure?: Error) {
    end(failure)
    connection.on()
    await ended?.catch((error) => {
      if (error !== failure) throw error
    })
  }

  return {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createDriver: () => ({
      async init() {},
      acquireConnection: async () => newConnection(),
      beginTransaction: (connection: DatabaseConnection) => begin(connection as Connection),
      commitTransaction: (connection: DatabaseConnection) => finish(connection as Connection),
      rollbackTransaction: (connection: DatabaseConnection) => finish(connection as Connection, new Error('undone')),
      async releaseConnection() {},
      async destroy() {},
    }),
  } as Dialect
}
