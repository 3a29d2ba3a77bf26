import { invalid, type Session, type Storage } from '@rapport/core/storage'
import { closedError } from '../shared/closed'
import { isKysely } from '../shared/kysely'
import { patiently } from '../shared/patiently'
import { toCrmError } from '../shared/postgres/errors'
import { kyselySession } from '../shared/postgres/kysely-session'
import type { Names } from '../shared/postgres/names'
import { pgliteDialect } from './dialect'
import { isTransaction, type PgliteLike, type PgliteTransaction } from './driver'
import { sessionOn } from './session'

export interface Source {
  open(): Promise<PgliteLike> | PgliteLike
  close(): Promise<void>
}

/** PGlite has one connection and lets one transaction at a time have it, the host's and ours alike. */
export function pgliteStorage(source: Source, names: Names, patience: number): Storage {
  let closed = false
  const guard = () => {
    if (closed) throw closedError()
  }

  /** A read is one too: only so is it known whether a statement waits for the connection or runs. */
  async function transact<T>(work: (session: Session) => Promise<T>): Promise<T> {
    guard()
    const database = await source.open()
    let refused: unknown
    try {
      return await patiently(
        patience,
        (run) => database.transaction(run),
        (tx: PgliteTransaction) =>
          work(sessionOn(tx, guard)).catch((error) => {
            refused = error
            throw error
          }),
      )
    } catch (error) {
      // What the work threw comes out as it is; what begin and commit throw is the driver's.
      throw error === refused ? error : toCrmError(error)
    }
  }

  return {
    dialect: pgliteDialect,
    setUp: [names.makeSchema],
    table: names.table,
    joined: false,
    read: (text, params) => transact(async (session) => session.all(text, params)),
    transaction: transact,
    join(hostTransaction) {
      guard()
      if (isKysely(hostTransaction) && hostTransaction.isTransaction) return kyselySession(hostTransaction, guard)
      if (isTransaction(hostTransaction)) return sessionOn(hostTransaction, guard)
      throw invalid(
        'within',
        'not-a-transaction',
        'Pass the `tx` that db.transaction gives to your function, or the transaction of your Kysely instance.',
      )
    },
    async close() {
      if (closed) return
      closed = true
      await source.close()
    },
  }
}
