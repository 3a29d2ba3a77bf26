import {
  type Awaitable,
  busyError,
  invalid,
  type Row,
  type Session,
  type SqlValue,
  type Storage,
} from '@rapport/core/storage'
import { sqliteDialect } from './dialect'
import { closedError, toCrmError } from './errors'
import { tableNamer } from './names'

/** The part of the host's Kysely instance, or of its transaction, that we use. */
export interface KyselyLike {
  readonly isTransaction: boolean
  executeQuery(query: never): Promise<{ rows: unknown[]; numAffectedRows?: bigint | undefined }>
  transaction(): { execute<T>(work: (trx: never) => Promise<T>): Promise<T> }
  connection(): { execute<T>(work: (connection: never) => Promise<T>): Promise<T> }
  withoutPlugins?(): KyselyLike
}

export interface SqliteKyselyOptions {
  /** The host's Kysely instance for SQLite. All statements go through it, so nothing is lost between the two of you. */
  // biome-ignore lint/suspicious/noExplicitAny: any Kysely<Database> fits
  kysely: KyselyLike | any
  /** Put before each table name. Default `crm_`. */
  tablePrefix?: string
  /** How long to wait for a transaction of yours that is open, in milliseconds. Default 5,000. */
  patience?: number
}

export const isKysely = (value: unknown): value is KyselyLike =>
  typeof (value as KyselyLike | null)?.executeQuery === 'function' &&
  typeof (value as KyselyLike).transaction === 'function'

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
          (run) => host.connection().execute(run),
          (connection) => sessionOn(connection, guard).all(text, params),
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
          (run) => host.transaction().execute(run),
          (trx) => work(sessionOn(trx, guard)).catch(noting),
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
      return { ...sessionOn(plain(trx), guard), owner: kysely }
    },
    async close() {
      closed = true
    },
  }
}

/** Without the host's plugins, which would rename our columns and parse our JSON. */
const plain = (kysely: KyselyLike): KyselyLike => kysely.withoutPlugins?.() ?? kysely

/**
 * Runs `work` once the host's connection is free. SQLite has one: whoever waits for it inside the transaction that
 * holds it waits forever, so waiting ends in an error that says what to do.
 */
function patiently<T>(
  patience: number,
  acquire: (work: (executor: never) => Promise<T>) => Promise<T>,
  work: (executor: KyselyLike) => Awaitable<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(busyError(patience))
    }, patience)
    acquire(async (executor) => {
      clearTimeout(timer)
      if (late) throw busyError(patience)
      return work(executor)
    }).then(resolve, (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

function sessionOn(executor: KyselyLike, guard: () => void): Session & { all: Storage['read'] } {
  async function execute(text: string, params: readonly SqlValue[]) {
    guard()
    // The shape of Kysely's CompiledQuery.raw, built here so that Kysely is not imported.
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
  return {
    all: async (text, params) => (await execute(text, params)).rows.map((row) => Object.values(row as object) as Row),
    run: async (text, params) => Number((await execute(text, params)).numAffectedRows ?? 0),
  }
}
