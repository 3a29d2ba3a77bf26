import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mysql } from '@rapport/adapters/mysql'
import { sqlite } from '@rapport/adapters/sqlite'
import { type ContractHost, storageContract } from '@rapport/core/testing'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { describe, test } from 'vitest'
import { mysqlPool } from './support/mysql'

function onFile(): ContractHost {
  let folder = ''
  return {
    open() {
      folder = mkdtempSync(join(tmpdir(), 'rapport-'))
      return sqlite({ file: join(folder, 'crm.db') })
    },
    clean: () => rmSync(folder, { recursive: true }),
  }
}

function onKysely(): ContractHost {
  let host: Kysely<unknown>
  return {
    open() {
      const database = new Database(':memory:')
      database.pragma('foreign_keys = on')
      host = new Kysely({ dialect: new SqliteDialect({ database }) })
      return sqlite({ kysely: host })
    },
    clean: () => host.destroy(),
  }
}

describe.each([
  ['a file in memory', { open: () => sqlite({ file: ':memory:' }) }],
  ['a file on disk', onFile()],
  ["the host's Kysely", onKysely()],
  ['another prefix', { open: () => sqlite({ file: ':memory:', tablePrefix: '' }) }],
] satisfies [string, ContractHost][])('sqlite on %s', (_, host) => {
  for (const { name, run } of storageContract(host)) test(name, run)
})

function onMysql(options: object, prefix = 'crm_'): ContractHost {
  let pool: ReturnType<typeof mysqlPool>
  const database = `rapport_contract_${process.pid}${prefix}`
  return {
    async open() {
      pool = mysqlPool()
      await pool.query(`drop database if exists ${database}; create database ${database}`)
      return mysql({ pool, database, tablePrefix: prefix, ...options })
    },
    async clean() {
      await pool.query(`drop database ${database}`)
      await pool.end()
    },
  }
}

describe.skipIf(!process.env.RAPPORT_MYSQL_URL).each([
  ["the host's pool", onMysql({})],
  ['another prefix', onMysql({}, '')],
  ['a pool of its own', onMysql({ pool: undefined, url: process.env.RAPPORT_MYSQL_URL })],
  ['limited statements', onMysql({ statementTimeout: 20_000 }, 'timed_')],
] satisfies [string, ContractHost][])('mysql on %s', (_, host) => {
  for (const { name, run } of storageContract(host)) test(name, run)
})
