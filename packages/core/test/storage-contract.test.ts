import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '@rapport/adapters/sqlite'
import { type ContractHost, storageContract } from '@rapport/core/testing'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { describe, test } from 'vitest'

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
