import { type MysqlOptions, mysql } from '@rapport/adapters/mysql'
import type { ContractHost } from '@rapport/core/testing'
import { Kysely, MysqlDialect, sql } from 'kysely'
import { createPool as createCallbackPool } from 'mysql2'
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise'
import { inject } from 'vitest'
import { migrate } from '../../src/storage/migrate'
import type { Place, TestDatabase } from './databases'

const MODE = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO'
const uri = process.env.RAPPORT_MYSQL_URL as string

/** A pool as a host has it: with what MySQL 8 demands by default and MariaDB does not, and several statements at once. */
export function mysqlPool(options: PoolOptions = {}) {
  const pool = createPool({ uri, connectionLimit: 12, multipleStatements: true, ...options })
  pool.on('connection', (connection) => {
    connection.query(`set session sql_mode = '${MODE}'`)
  })
  return pool
}

/** Databases of this worker. Those with our tables are emptied and used again, by the next file as well. */
export function mysqlDatabase(): TestDatabase {
  const pool = mysqlPool()
  const own = `${inject('mysqlPrefix')}${process.env.VITEST_POOL_ID}`
  let bare = 0

  async function newDatabase(database: string) {
    await pool.query(`drop database if exists ${database}; create database ${database}`)
    return database
  }
  const bareDatabase = () => newDatabase(`${own}_bare${bare++}`)
  const drop = async (database: string) => void (await pool.query(`drop database ${database}`))

  const ready = `${own}_ready`
  let made = 0
  let free: Promise<string[]> | undefined
  async function leftByOthers() {
    const [rows] = await pool.query('select schema_name as name from information_schema.schemata')
    const left = (rows as { name: string }[]).map(({ name }) => name).filter((name) => name.startsWith(ready))
    made = left.length
    return left
  }

  async function migratedDatabase(): Promise<string> {
    free ??= leftByOthers()
    const database = (await free).pop()
    if (database) return database
    const fresh = await newDatabase(`${ready}${made++}`)
    await migrate(mysql({ pool, database: fresh }), new Date(0))
    return fresh
  }

  const openers = (database: string) => ({
    open: () => mysql({ pool, database }),
    openNarrow: (patience: number) => mysql({ url: uri, database, max: 1, patience }),
  })

  const contract = (options: MysqlOptions = { pool }): ContractHost => {
    let database = ''
    return {
      async open() {
        database = await bareDatabase()
        return mysql({ ...options, database })
      },
      clean: () => drop(database),
    }
  }

  return {
    async lend(): Promise<Place> {
      const database = await migratedDatabase()
      return {
        ...openers(database),
        async giveBack() {
          await empty(pool, database)
          ;(await free)?.push(database)
        },
      }
    },
    async lendBare(): Promise<Place> {
      const database = await bareDatabase()
      return { ...openers(database), giveBack: () => drop(database) }
    },
    async lendHost(plugins) {
      const database = await bareDatabase()
      const hosts = createCallbackPool({ uri, database, connectionLimit: 6 })
      // biome-ignore lint/suspicious/noExplicitAny: any tables
      const kysely = new Kysely<any>({ dialect: new MysqlDialect({ pool: hosts }), plugins })
      return {
        kysely,
        open: (options) => mysql({ pool: hosts.promise(), ...options }),
        breakEvents: async (name) => void (await sql.raw(failing(name)).execute(kysely)),
        async giveBack() {
          await kysely.destroy()
          await drop(database)
        },
      }
    },
    contractHosts: {
      "the host's pool": contract(),
      'another prefix': contract({ pool, tablePrefix: '' }),
      'a url': contract({ url: uri }),
      'limited statements': contract({ pool, statementTimeout: 20_000 }),
    },
  }
}

const failing = (event: string) => `
  create trigger fail before insert on crm_event for each row
  begin if new.name = '${event}' then signal sqlstate '45000' set message_text = 'no'; end if; end`

/** In one round trip, and faster than truncate, which makes a file for each table anew. */
async function empty(pool: Pool, database: string) {
  const named = 'select table_name as name from information_schema.tables where table_schema = ?'
  const [rows] = await pool.query(named, [database])
  const tables = (rows as { name: string }[]).filter(({ name }) => !/(migration|search_fill)$/.test(name))
  const clear = tables.map(({ name }) => `delete from ${database}.${name}`).join('; ')
  await pool.query(`set foreign_key_checks = 0; start transaction; ${clear}; commit; set foreign_key_checks = 1`)
}
