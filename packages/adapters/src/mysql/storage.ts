import type { Session, Storage } from '@rapport/core/storage'
import { closedError } from '../shared/closed'
import { connectionOf, isKysely, plain } from '../shared/kysely'
import { execute } from './connection'
import { mysqlDialect } from './dialect'
import type { MysqlConnection } from './driver'
import { storageError } from './errors'
import { kyselyExecute } from './kysely'
import type { SessionSettings } from './limits'
import type { Pool } from './pool'
import { notOpen, sessionOf } from './session'

export interface StorageParts {
  pool: Pool
  table: (name: string) => string
  settings: SessionSettings
  /** The pool is ours, and its connections are set to what we need. */
  own: boolean
}

/** One installer at a time in a database: data definition commits, so no transaction could hold the others off. */
const INSTALLING = "concat('rapport ', md5(coalesce(database(), '')))"
const PATIENCE = 120

export function poolStorage({ pool, table, settings, own }: StorageParts): Storage {
  let closed = false
  const guard = () => {
    if (closed) throw closedError()
  }
  const sessionOn = (connection: MysqlConnection) =>
    sessionOf(
      (text, params) => execute(connection, text, params),
      guard,
      () => connection.connection ?? connection,
    )

  /** Nothing we set is left for the next borrower of a connection of the host's. */
  async function set<T>(
    connection: MysqlConnection,
    [before, after]: readonly [string, string],
    work: () => Promise<T>,
  ): Promise<T> {
    if (own) return work()
    await execute(connection, before)
    try {
      return await work()
    } finally {
      await execute(connection, after).catch(() => connection.destroy?.())
    }
  }

  function transact<T>(connection: MysqlConnection, work: (session: Session) => Promise<T>): Promise<T> {
    return set(connection, settings.transaction, async () => {
      const session = sessionOn(connection)
      await execute(connection, 'start transaction')
      try {
        const result = await work(session)
        session.requireAlive()
        await execute(connection, 'commit')
        return result
      } catch (error) {
        await execute(connection, 'rollback').catch(() => connection.destroy?.())
        throw error
      }
    })
  }

  return {
    dialect: mysqlDialect(table),
    table,
    joined: false,
    async read(text, params) {
      guard()
      return pool.use(async (connection) => {
        const reading = async () => (await execute(connection, text, params)).rows
        return settings.read ? set(connection, settings.read, reading) : reading()
      })
    },
    async transaction(work) {
      guard()
      return pool.use((connection) => transact(connection, work))
    },
    async exclusively(work) {
      guard()
      return pool.use((connection) => alone(connection, () => work(sessionOn(connection))))
    },
    join(hostTransaction) {
      guard()
      return joinHost(hostTransaction, guard, sessionOn)
    },
    async close() {
      if (closed) return
      closed = true
      await pool.close()
    },
  }
}

async function alone<T>(connection: MysqlConnection, work: () => Promise<T>): Promise<T> {
  const { rows } = await execute(connection, `select get_lock(${INSTALLING}, ${PATIENCE})`)
  if (Number(rows[0]?.[0]) !== 1)
    throw storageError('busy', `Another process has been migrating for ${PATIENCE} seconds; try again later.`)
  try {
    return await work()
  } finally {
    await execute(connection, `select release_lock(${INSTALLING})`).catch(() => connection.destroy?.())
  }
}

/** The host's open transaction: a connection of mysql2, with promises or callbacks, on which it has begun, or a Kysely transaction. */
function joinHost(host: unknown, guard: () => void, sessionOn: (connection: MysqlConnection) => Session): Session {
  if (isKysely(host)) {
    if (host.isTransaction) return sessionOf(kyselyExecute(plain(host)), guard, () => connectionOf(host))
    throw notOpen()
  }
  const given = host as Partial<MysqlConnection> & { getConnection?: unknown; promise?(): MysqlConnection }
  const isConnection = typeof given?.query === 'function' && typeof given.execute === 'function'
  if (!isConnection || given.getConnection !== undefined) throw notOpen()
  return sessionOn(given.promise?.() ?? (given as MysqlConnection))
}
