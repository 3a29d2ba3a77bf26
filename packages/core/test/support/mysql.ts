import { createHash } from 'node:crypto'
import { mysql } from '@rapport/adapters/mysql'
import { createPool, type PoolConnection } from 'mysql2/promise'
import { migrate, migrationStatements, tablesOn } from '../../src/storage/migrate'
import type { Places } from './databases'

const MODE = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO'

/** A pool as a host has it: with what MySQL 8 demands by default and MariaDB does not, and several statements at once. */
export function mysqlPool(connectionLimit = 12) {
  const pool = createPool({ uri: process.env.RAPPORT_MYSQL_URL as string, connectionLimit, multipleStatements: true })
  pool.on('connection', (connection) => {
    connection.query(`set session sql_mode = '${MODE}'`)
  })
  return pool
}

/**
 * Databases that outlive the worker, because making one takes seconds: named after the schema they hold, locked by who
 * uses them, empty when lent. The server is best run with innodb_flush_log_at_trx_commit = 2: waiting for the disk is not
 * what is tested.
 */
export function mysqlPlaces(): Places {
  const pool = mysqlPool()
  const free: string[] = []
  let made = 0
  let locks: Promise<PoolConnection> | undefined

  async function takeDatabase(): Promise<string> {
    locks ??= pool.getConnection()
    const holder = await locks
    for (;;) {
      const database = `rapport_test_${SCHEMA}_${made++}`
      const [[lock]] = (await holder.query('select get_lock(?, 0) as held', [database])) as unknown as [Lock[]]
      if (lock?.held !== 1) continue
      await holder.query(`create database if not exists ${database}`)
      await migrate(mysql({ pool, database }), new Date(0))
      await empty(database)
      return database
    }
  }

  async function empty(database: string) {
    const clear = TABLES.map((name) => `delete from ${database}.crm_${name}`).join('; ')
    await pool.query(`set foreign_key_checks = 0; start transaction; ${clear}; commit; set foreign_key_checks = 1`)
  }

  return {
    async lend() {
      const database = free.pop() ?? (await takeDatabase())
      return {
        open: () => mysql({ pool, database }),
        async giveBack() {
          await empty(database)
          free.push(database)
        },
      }
    },
  }
}

interface Lock {
  held: number
}

const nowhere = mysql({ url: 'mysql://nobody@localhost/nowhere' })
const SCHEMA = createHash('sha256').update(migrationStatements(nowhere).join()).digest('hex').slice(0, 8)
const TABLES = tablesOn(nowhere).map(({ name }) => name)
