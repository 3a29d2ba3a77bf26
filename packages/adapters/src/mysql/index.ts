import { invalid, type Storage } from '@rapport/core/storage'
import type { MysqlPool } from './driver'
import { type SessionSettings, sessionSettings } from './limits'
import { namesIn } from './names'
import { lend, ownPool } from './pool'
import { poolStorage } from './storage'

export interface MysqlOptions {
  /** The host's pool of `mysql2/promise`, with the character set utf8mb4. It stays the host's: `crm.close()` does not end it. */
  pool?: MysqlPool
  /** Instead of a pool: `mysql://user:password@host/database`. The pool is ours then, and ended by `crm.close()`. */
  url?: string
  /** Connections of our own pool at most. Default 10. */
  max?: number
  /** Database of our tables, when it is another one than the connection's. It must exist. */
  database?: string
  /** Put before each table name. Default `crm_`. */
  tablePrefix?: string
  /** How long to wait for a free connection, in milliseconds. Default 5,000. */
  patience?: number
  /** How long a statement may run, in milliseconds; on MySQL, how long a read may. Default: what the server says. */
  statementTimeout?: number
  /** How long a write waits for a row that another transaction holds, in milliseconds, in whole seconds. Default 5,000. */
  lockTimeout?: number
}

/**
 * Stores the CRM in MySQL 8 or MariaDB 10.6 and newer, with InnoDB.
 *
 * @example
 * createCrm({ storage: mysql({ pool }) })                     // the pool of your product
 * createCrm({ storage: mysql({ url: process.env.DATABASE_URL }) })
 */
export function mysql(options: MysqlOptions): Storage {
  const { pool, url, max = 10, patience = 5000 } = Object(options) as MysqlOptions
  const settings = sessionSettings({
    statementTimeout: milliseconds('statementTimeout', options?.statementTimeout, 0),
    lockTimeout: milliseconds('lockTimeout', options?.lockTimeout, 5000),
  })
  const source = sourceOf(pool, url, max, settings)
  const own = pool === undefined
  const table = namesIn(options.database, options.tablePrefix)
  return poolStorage({ pool: lend(source, patience, own), table, settings, own })
}

function sourceOf(
  pool: MysqlPool | undefined,
  url: string | undefined,
  max: number,
  settings: SessionSettings,
): () => MysqlPool {
  if (typeof pool?.getConnection === 'function' && !('promise' in pool)) return () => pool
  if (pool === undefined && typeof url === 'string' && /^(mysql|mariadb):\/\//.test(url))
    return () => ownPool(url, max, settings.always)
  throw invalid(
    'storage',
    'not-a-database',
    "Give { pool } with a pool of mysql2/promise, or { url: 'mysql://user:password@host/database' }.",
  )
}

function milliseconds(field: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise
  if (Number.isInteger(value) && (value as number) >= 0) return value as number
  throw invalid(field, 'out-of-range', 'Give whole milliseconds; 0 for no limit.')
}
