import { createRequire } from 'node:module'
import { CrmError, isCrmError } from '@rapport/core/storage'
import { borrow } from '../shared/borrow'
import { execute } from './connection'
import type { MysqlAnnounced, MysqlConnection, MysqlPool } from './driver'
import { storageError, toCrmError } from './errors'

/** Connections lent one call at a time. */
export interface Pool {
  use<T>(work: (connection: MysqlConnection) => Promise<T>): Promise<T>
  /** Ends the pool when it is our own. */
  close(): Promise<void>
}

/** After these the connection is of no use to the next borrower. */
const BROKEN = new Set(['connection', 'corrupt', 'failed'])

/** A pool of the host's, or of our own when `own`. Waiting for a connection longer than `patience` ms is an error, not a hang. */
export function lend(source: () => MysqlPool, patience: number, own: boolean): Pool {
  let pool: MysqlPool | undefined
  let proven = false
  const open = () => {
    pool ??= source()
    return pool
  }

  return {
    async use(work) {
      const connection = await borrow(open().getConnection(), patience, toCrmError)
      let broken = false
      try {
        if (!proven) await prove(connection)
        proven = true
        return await work(connection)
      } catch (error) {
        broken = isCrmError(error, 'STORAGE') && BROKEN.has(error.rule ?? '')
        throw error
      } finally {
        if (broken) connection.destroy?.()
        else connection.release?.()
      }
    },
    async close() {
      if (own) await pool?.end()
    },
  }
}

/** Once for each pool: text would be damaged silently, or a read leave a transaction open. */
async function prove(connection: MysqlConnection) {
  const { rows } = await execute(connection, 'select @@character_set_client, @@autocommit')
  const [charset, autocommit] = rows[0] as [string, number]
  if (charset !== 'utf8mb4')
    throw storageError('encoding', `The pool talks ${charset}; set its option charset to 'utf8mb4'.`)
  if (Number(autocommit) !== 1) throw storageError('failed', 'Give a pool whose connections have autocommit on.')
}

/** So many statements stay prepared on a connection: all servers together take some 16,000. */
const MOST_PREPARED = 500

/** A pool of our own, made at the first statement. `settings` run on every new connection. */
export function ownPool(uri: string, max: number, settings: readonly string[]): MysqlPool {
  const { createPool } = loadDriver()
  const pool = createPool({ uri, connectionLimit: max, charset: 'UTF8MB4_BIN', maxPreparedStatements: MOST_PREPARED })
  const prepare = (announced: MysqlAnnounced) => {
    const connection = announced.promise?.() ?? announced
    // Queued before whatever the borrower asks for. Not set as we need it, a connection is of no use.
    for (const text of settings) connection.query(text).catch(() => announced.destroy())
  }
  pool.on?.('connection' as never, prepare as never)
  return pool
}

function loadDriver(): { createPool(options: object): MysqlPool } {
  try {
    return createRequire(import.meta.url)('mysql2/promise')
  } catch (cause) {
    const problem = { field: 'storage', rule: 'missing-driver', remedy: 'Install it: npm i mysql2' }
    throw new CrmError('STORAGE', 'The driver mysql2 could not be loaded.', problem, cause)
  }
}
