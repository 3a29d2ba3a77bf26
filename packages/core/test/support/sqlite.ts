import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '@rapport/adapters/sqlite'
import type { ContractHost } from '@rapport/core/testing'
import SQLite from 'better-sqlite3'
import { Kysely, type KyselyPlugin, SqliteDialect, sql } from 'kysely'
import type { Place, TestDatabase } from './databases'

export function sqliteDatabase(): TestDatabase {
  return {
    lend: onDisk,
    lendBare: onDisk,
    inMemory: () => sqlite({ file: ':memory:' }),
    async lendHost(plugins) {
      const kysely = newKysely(plugins)
      return {
        kysely,
        open: (options) => sqlite({ kysely, ...options }),
        async breakEvents(name) {
          const raise = `create trigger fail before insert on crm_event when new.name = '${name}' begin select raise(abort, 'no'); end`
          await sql.raw(raise).execute(kysely)
        },
        giveBack: () => kysely.destroy(),
      }
    },
    contractHosts: {
      'a file in memory': { open: () => sqlite({ file: ':memory:' }) },
      'a file on disk': contractOnDisk(),
      "the host's Kysely": contractOnKysely(),
      'another prefix': { open: () => sqlite({ file: ':memory:', tablePrefix: '' }) },
    },
  }
}

async function onDisk(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-'))
  const file = join(folder, 'crm.db')
  return {
    open: () => sqlite({ file }),
    openNarrow: (patience) => sqlite({ file, patience }),
    giveBack: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

function newKysely(plugins: KyselyPlugin[] = []) {
  const database = new SQLite(':memory:')
  database.pragma('foreign_keys = on')
  // biome-ignore lint/suspicious/noExplicitAny: any tables
  return new Kysely<any>({ dialect: new SqliteDialect({ database }), plugins })
}

function contractOnDisk(): ContractHost {
  let place: Place
  return {
    async open() {
      place = await onDisk()
      return place.open()
    },
    clean: () => place.giveBack(),
  }
}

function contractOnKysely(): ContractHost {
  let kysely: ReturnType<typeof newKysely>
  return {
    open() {
      kysely = newKysely()
      return sqlite({ kysely })
    },
    clean: () => kysely.destroy(),
  }
}
