import { invalid, type Storage } from '@rapport/core/storage'
import { namesIn } from '../shared/postgres/names'
import type { PgPool } from './driver'
import { lend, ownPool } from './pool'
import { poolStorage } from './storage'

export interface PostgresOptions {
  /** The host's pool of `pg`. It stays the host's: `crm.close()` does not end it. */
  pool?: PgPool
  /** Instead of a pool: `postgres://user:password@host/database`. The pool is ours then, and ended by `crm.close()`. */
  url?: string
  /** Connections of our own pool at most. Default 10. */
  max?: number
  /**
   * A pool of `pg` on a streaming replica: lists and reports go there once it has replayed what this process last wrote for
   * the tenant, and to the primary until then or when it does not answer. It stays the host's.
   */
  readPool?: PgPool
  /** Schema of our tables. Default `crm`. */
  schema?: string
  /** Put before each table name. Default nothing. */
  tablePrefix?: string
  /** How long to wait for a free connection, in milliseconds. Default 5,000. */
  patience?: number
  /** How long a statement may run, in milliseconds, by a setting of the transaction. Default: what the server says. */
  statementTimeout?: number
  /** How long a write waits for a row that another transaction holds, in milliseconds. Default 5,000. */
  lockTimeout?: number
  /** `enforce`: row-level security as a second fence around each tenant. */
  rls?: 'enforce'
}

/**
 * Stores the CRM in PostgreSQL 13 or newer, in a schema of its own.
 *
 * @example
 * createCrm({ storage: postgres({ pool }) })                     // the pool of your product
 * createCrm({ storage: postgres({ url: process.env.DATABASE_URL }) })
 */
export function postgres(options: PostgresOptions): Storage {
  const { pool, url, max = 10, patience = 5000 } = Object(options) as PostgresOptions
  const source = sourceOf(pool, url, max)
  return poolStorage({
    pool: lend(source, patience, pool === undefined),
    readPool: options.readPool && lend(() => options.readPool as PgPool, patience, false),
    names: namesIn(options.schema, options.tablePrefix),
    statementTimeout: milliseconds('statementTimeout', options.statementTimeout, 0),
    lockTimeout: milliseconds('lockTimeout', options.lockTimeout, 5000),
    fenced: options.rls === 'enforce',
  })
}

function sourceOf(pool: PgPool | undefined, url: string | undefined, max: number): () => PgPool {
  if (typeof pool?.connect === 'function') return () => pool
  if (typeof url === 'string' && /^postgres(ql)?:\/\//.test(url)) return () => ownPool({ connectionString: url, max })
  throw invalid(
    'storage',
    'not-a-database',
    "Give { pool } with a Pool of pg, or { url: 'postgres://user:password@host/database' }.",
  )
}

function milliseconds(field: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise
  if (Number.isInteger(value) && (value as number) >= 0) return value as number
  throw invalid(field, 'out-of-range', 'Give whole milliseconds; 0 for no limit.')
}
