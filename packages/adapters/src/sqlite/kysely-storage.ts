import { invalid, type Storage } from '@rapport/core/storage'
import { closedError } from '../shared/closed'
import { type KyselyLike, plain, sessionOn } from '../shared/kysely'
import { tableNamer } from '../shared/names'
import { patiently } from '../shared/patiently'
import { sqliteDialect } from './dialect'
import { toCrmError } from './errors'

export interface SqliteKyselyOptions {
  /** The host's Kysely instance for SQLite. All statements go through it, so nothing is lost between the two of you. */
  // biome-ignore lint/suspicious/noExplicitAny: any Kysely<Database> fits
  kysely: KyselyLike | any
  /** Put before each table name. Default `crm_`. */
  tablePrefix?: string
  /** How long to wait for a transaction of yours that is open, in milliseconds. Default 5,000. */
  patience?: number
}

/** The host's own Kysely instance. Nothing is opened, nothing is closed. */
export function kyselyStorage({ kysely, tablePrefix, patience = 5000 }: SqliteKyselyOptions): Storage {
  const table = tableNamer(tablePrefix)
  let closed = false
  const guard = () => {
    if (closed) throw closedError()
  }
  const host = plain(kysely)

  return {
    dialect: sqliteDialect,
    table,
    joined: false,
    async read(text, params) {
      guard()
      try {
        return await patiently(
          patience,
          (run) => host.connection().execute(run as never),
          (connection: KyselyLike) => sessionOn(connection, guard, toCrmError).all(text, params),
        )
      } catch (error) {
        throw toCrmError(error)
      }
    },
    async transaction(work) {
      guard()
      let refused: unknown
      const noting = (error: unknown) => {
        refused = error
        throw error
      }
      try {
        return await patiently(
          patience,
          (run) => host.transaction().execute(run as never),
          (trx: KyselyLike) => work(sessionOn(trx, guard, toCrmError)).catch(noting),
        )
      } catch (error) {
        // What the work threw comes out as it is; what BEGIN and COMMIT throw is the driver's.
        throw error === refused ? error : toCrmError(error)
      }
    },
    join(hostTransaction) {
      const trx = hostTransaction as KyselyLike | undefined
      if (!trx?.isTransaction || typeof trx.executeQuery !== 'function') {
        throw invalid(
          'within',
          'not-a-transaction',
          'Pass the transaction of the Kysely instance the CRM was created with.',
        )
      }
      // SQLite has one connection, and Kysely one transaction at a time on it.
      return { ...sessionOn(plain(trx), guard, toCrmError), owner: () => kysely }
    },
    async close() {
      closed = true
    },
  }
}
