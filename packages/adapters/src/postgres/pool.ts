import { createRequire } from 'node:module'
import { CrmError, isCrmError } from '@rapport/core/storage'
import { borrow } from '../shared/borrow'
import { toCrmError } from '../shared/postgres/errors'
import type { PgClient, PgPool } from './driver'

/** Clients lent one call at a time. */
export interface Pool {
  /** `discard` says that the client is of no use to the next borrower. */
  use<T>(work: (client: PgClient, discard: () => void) => Promise<T>): Promise<T>
  /** Ends the pool when it is our own. */
  close(): Promise<void>
}

/** Whether the connection is of no use after that: it is lost, or pg gave up waiting for an answer that may still come. */
function isBroken(error: unknown): boolean {
  if (!isCrmError(error, 'STORAGE')) return false
  const answered = typeof (error.cause as { code?: unknown } | undefined)?.code === 'string'
  return error.rule === 'connection' || (error.rule === 'failed' && !answered)
}

/** A pool of the host's, or of our own when `own`. Waiting for a client longer than `patience` ms is an error, not a hang. */
export function lend(source: () => PgPool, patience: number, own: boolean): Pool {
  let pool: PgPool | undefined
  const open = () => {
    pool ??= source()
    return pool
  }

  return {
    async use(work) {
      const client = await borrow(open().connect(), patience, toCrmError)
      // A client that is lent has no listener of the pool's: without one, a lost connection would end the process.
      const ignore = () => {}
      client.on?.('error', ignore)
      let broken = false
      try {
        return await work(client, () => {
          broken = true
        })
      } catch (error) {
        broken ||= isBroken(error)
        throw error
      } finally {
        client.off?.('error', ignore)
        client.release?.(broken)
      }
    },
    async close() {
      if (own) await pool?.end()
    },
  }
}

/** A pool of our own, made at the first statement. */
export function ownPool(options: { connectionString: string; max: number }): PgPool {
  const { Pool } = loadDriver()
  const pool = new Pool(options)
  // Lost while idle: the next borrower gets another one.
  pool.on?.('error', () => {})
  return pool
}

function loadDriver(): { Pool: new (options: object) => PgPool } {
  try {
    return createRequire(import.meta.url)('pg')
  } catch (cause) {
    const problem = { field: 'storage', rule: 'missing-driver', remedy: 'Install it: npm i pg' }
    throw new CrmError('STORAGE', 'The driver pg could not be loaded.', problem, cause)
  }
}
