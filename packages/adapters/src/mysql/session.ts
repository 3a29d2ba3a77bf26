import { invalid, isCrmError, type Session, type SqlValue } from '@rapport/core/storage'
import { sendBy } from '../shared/send'
import type { Outcome } from './connection'

/** A session that can say why its transaction is gone. */
export interface MysqlSession extends Session {
  /** Throws when the server has undone the transaction. */
  requireAlive(): void
}

/**
 * Statements in one transaction. After a deadlock the server has undone all of it, and would run what comes next outside
 * of any, for good. So nothing more runs then, nor when there is no savepoint to go back to.
 */
export function sessionOf(
  execute: (text: string, params: readonly SqlValue[]) => Promise<Outcome>,
  guard: () => void,
  owner?: Session['owner'],
): MysqlSession {
  let undone: unknown
  function requireAlive() {
    if (undone) throw undone
  }

  async function go(text: string, params: readonly SqlValue[]) {
    guard()
    requireAlive()
    try {
      const outcome = await execute(text, params)
      if (text.startsWith('savepoint ') && !outcome.open) throw notOpen()
      return outcome
    } catch (error) {
      if (text.startsWith('rollback to ') || (isCrmError(error, 'STORAGE') && error.rule === 'conflict')) undone = error
      throw error
    }
  }

  const run = async (text: string, params: readonly SqlValue[]) => (await go(text, params)).changed
  return {
    all: async (text, params) => (await go(text, params)).rows,
    run,
    send: sendBy(run),
    requireAlive,
    ...(owner && { owner }),
  }
}

/** A savepoint of no transaction is gone at once, and what follows would be committed statement by statement. */
export const notOpen = () =>
  invalid(
    'within',
    'not-a-transaction',
    'Pass the connection of mysql2 on which you ran START TRANSACTION (not the pool), or the transaction of your Kysely instance.',
  )
