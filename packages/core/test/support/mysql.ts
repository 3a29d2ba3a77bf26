import { mysql } from '@rapport/adapters/mysql'
import { createPool } from 'mysql2/promise'
import { migrate } from '../../src/storage/migrate'
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

/** Databases of this worker, migrated once and emptied after each test. */
export function mysqlPlaces(): Places {
  const pool = mysqlPool()
  const free: string[] = []
  let made = 0
  let swept: Promise<void> | undefined

  async function newDatabase(): Promise<string> {
    swept ??= sweep()
    await swept
    const database = `rapport_test_${process.pid}_${made++}`
    await pool.query(`drop database if exists ${database}; create database ${database}`)
    await migrate(mysql({ pool, database }), new Date(0))
    return database
  }

  /** What workers left behind that are no more. */
  async function sweep() {
    const [rows] = await pool.query("show databases like 'rapport\\_test\\_%'")
    for (const row of rows as object[]) {
      const name = String(Object.values(row)[0])
      if (!isAlive(Number(name.split('_')[2]))) await pool.query(`drop database if exists ${name}`)
    }
  }

  async function empty(database: string) {
    const named = 'select table_name as name from information_schema.tables where table_schema = ?'
    const [rows] = await pool.query(named, [database])
    const tables = (rows as { name: string }[]).filter(({ name }) => name !== 'crm_migration')
    const clear = tables.map(({ name }) => `delete from ${database}.${name}`).join('; ')
    await pool.query(`set foreign_key_checks = 0; start transaction; ${clear}; commit; set foreign_key_checks = 1`)
  }

  return {
    async lend() {
      const database = free.pop() ?? (await newDatabase())
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
