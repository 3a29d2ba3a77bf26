import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { type PgliteOptions, pglite } from '@rapport/adapters/pglite'
import type { ContractHost } from '@rapport/core/testing'
import { Kysely, sql } from 'kysely'
import { inject } from 'vitest'
import { migrate } from '../../src/storage/migrate'
import type { Place, TestDatabase } from './databases'
import { READY } from './pglite-image'
import { pgliteKysely } from './pglite-kysely'
import { clearing, failing } from './postgres'

/** One instance for each test file, with a schema for each place; those with our tables are emptied and used again. */
export function pgliteDatabase(): TestDatabase {
  let loaded: Promise<PGlite> | undefined
  const load = () => {
    loaded ??= PGlite.create({ extensions: { pg_trgm }, loadDataDir: new Blob([readFileSync(inject('pgliteImage'))]) })
    return loaded
  }
  const free = Array.from({ length: READY }, (_, at) => `ready${at}`)
  let made = READY
  let bare = 0

  async function newSchema(schema: string) {
    await (await load()).exec(`drop schema if exists "${schema}" cascade; create schema "${schema}"`)
    return schema
  }
  const bareSchema = () => newSchema(`bare${bare++}`)
  const drop = async (schema: string) => void (await (await load()).exec(`drop schema "${schema}" cascade`))

  const openers = (db: PGlite, schema: string) => ({
    open: () => pglite({ db, schema }),
    openNarrow: (patience: number) => pglite({ db, schema, patience }),
  })

  async function readySchema(db: PGlite): Promise<string> {
    const schema = free.pop()
    if (schema) return schema
    const fresh = `ready${made++}`
    await migrate(pglite({ db, schema: fresh }), new Date(0))
    return fresh
  }

  const contract = (options: PgliteOptions = {}, named = bareSchema): ContractHost => {
    let schema = ''
    return {
      async open() {
        schema = await named()
        return pglite({ ...options, db: await load(), schema })
      },
      clean: () => drop(schema),
    }
  }

  return {
    async lend(): Promise<Place> {
      const db = await load()
      const schema = await readySchema(db)
      return {
        ...openers(db, schema),
        async giveBack() {
          const { rows } = await db.query<{ tablename: string }>(
            'select tablename from pg_tables where schemaname = $1',
            [schema],
          )
          const names = rows.map(({ tablename }) => tablename)
          await db.exec(clearing(schema, names))
          free.push(schema)
        },
      }
    },
    async lendBare(): Promise<Place> {
      const schema = await bareSchema()
      return { ...openers(await load(), schema), giveBack: () => drop(schema) }
    },
    async lendHost(plugins) {
      const db = await load()
      const schema = await bareSchema()
      await db.exec(`set search_path = "${schema}"`)
      // biome-ignore lint/suspicious/noExplicitAny: any tables
      const kysely = new Kysely<any>({ dialect: pgliteKysely(db), plugins })
      return {
        kysely,
        open: (options) => pglite({ db, schema, tablePrefix: 'crm_', ...options }),
        async breakEvents(name) {
          for (const statement of failing(name)) await sql.raw(statement).execute(kysely)
        },
        async giveBack() {
          await kysely.destroy()
          await db.exec('reset search_path')
          await drop(schema)
        },
      }
    },
    contractHosts: {
      "the host's instance": contract(),
      'a schema with capitals': contract({}, () => newSchema('Odd_Name')),
      'a prefix': contract({ tablePrefix: 'crm_' }),
    },
  }
}
