import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { pglite } from '@rapport/adapters/pglite'
import { type PostgresOptions, postgres } from '@rapport/adapters/postgres'
import { sqlite } from '@rapport/adapters/sqlite'
import type { Storage } from '@rapport/core/storage'
import Database from 'better-sqlite3'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { inject, onTestFinished } from 'vitest'

/** A place in a database in which nothing is installed, gone when the test is over. */
export interface EmptyDatabase {
  /** What the adapter is called with: for processes of their own. */
  options: object
  open(): Promise<Storage>
  /** Runs SQL by the driver alone, and gives the rows. */
  apply(sql: string): Promise<unknown[][]>
  /** Names of the tables and indexes there. */
  objects(): Promise<string[]>
}

export interface DatabaseKind {
  name: 'sqlite' | 'postgres' | 'mysql' | 'pglite'
  /** Why its tests do not run here. */
  skipped?: string
  empty(options?: Pick<PostgresOptions, 'rls'>): Promise<EmptyDatabase>
}

let made = 0
const newName = () => `m${process.pid}_${made++}`

async function emptySqlite(): Promise<EmptyDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const options = { file: join(folder, 'crm.db') }
  const use = <T>(work: (database: Database.Database) => T) => {
    const database = new Database(options.file)
    const result = work(database)
    database.close()
    return result
  }
  const select = (sql: string) => use((database) => database.prepare(sql).raw().all() as unknown[][])
  return {
    options,
    open: async () => closing(sqlite(options)),
    async apply(sql) {
      if (/^select\b/.test(sql)) return select(sql)
      use((database) => database.exec(sql))
      return []
    },
    objects: async () => select('select name from sqlite_master').map(([name]) => String(name)),
  }
}

/** Of the server that the run has started, or of one that is there. */
export const POSTGRES_URL = (inject('postgresUrl' as never) as string | undefined) ?? process.env.RAPPORT_POSTGRES_URL

async function emptyPostgres({ rls }: Pick<PostgresOptions, 'rls'> = {}): Promise<EmptyDatabase> {
  const schema = newName()
  const options = { url: POSTGRES_URL as string, schema, max: 2, ...(rls && { rls }) }
  const client = new Client({ connectionString: POSTGRES_URL })
  await client.connect()
  onTestFinished(async () => {
    await client.query(`drop schema if exists ${schema} cascade`)
    await client.end()
  })
  const apply = async (text: string) => {
    const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' })
    return rows
  }
  return {
    options,
    open: async () => closing(postgres(options)),
    apply,
    objects: async () => (await apply(objectsOf(schema))).map(([name]) => String(name)),
  }
}

const objectsOf = (schema: string) =>
  `select relname from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = '${schema}'`

let instance: Promise<PGlite> | undefined

async function emptyPglite(): Promise<EmptyDatabase> {
  const schema = newName()
  instance ??= PGlite.create({ extensions: { pg_trgm } })
  const db = await instance
  onTestFinished(async () => void (await db.exec(`drop schema if exists ${schema} cascade`)))
  const apply = async (text: string) => (await db.exec(text, { rowMode: 'array' })).at(-1)?.rows as unknown[][]
  return {
    options: { schema },
    open: async () => closing(pglite({ db, schema })),
    apply,
    objects: async () => (await apply(objectsOf(schema))).map(([name]) => String(name)),
  }
}

const MYSQL_URL = process.env.RAPPORT_MYSQL_URL
const mysqlAdapter = fileURLToPath(new URL('../../../adapters/src/mysql/index.ts', import.meta.url))

async function emptyMysql(): Promise<EmptyDatabase> {
  const options = { url: MYSQL_URL as string, tablePrefix: `${newName()}_` }
  const { mysql } = (await import(mysqlAdapter)) as { mysql(given: typeof options): Storage }
  const client = await createConnection({ uri: MYSQL_URL as string, multipleStatements: true, rowsAsArray: true })
  const apply = async (sql: string) => (await client.query(sql))[0] as unknown[][]
  const tables = async () =>
    (
      await apply(
        `select table_name from information_schema.tables where table_schema = database() and left(table_name, ${options.tablePrefix.length}) = '${options.tablePrefix}'`,
      )
    ).map(([name]) => String(name))
  onTestFinished(async () => {
    const names = await tables()
    const drop = names.length > 0 ? `drop table ${names.join(', ')};` : ''
    await client.query(`set foreign_key_checks = 0; ${drop} set foreign_key_checks = 1`)
    await client.end()
  })
  return { options, open: async () => closing(mysql(options)), apply, objects: tables }
}

function closing(storage: Storage): Storage {
  onTestFinished(() => storage.close())
  return storage
}

/** SQLite first. */
export const EVERY_DATABASE: readonly DatabaseKind[] = [
  { name: 'sqlite', empty: emptySqlite },
  {
    name: 'postgres',
    ...(!POSTGRES_URL && { skipped: 'skipped: set RAPPORT_POSTGRES_URL' }),
    empty: emptyPostgres,
  },
  {
    name: 'mysql',
    ...(!existsSync(mysqlAdapter) && { skipped: 'skipped: no adapter yet' }),
    ...(!MYSQL_URL && { skipped: 'skipped: set RAPPORT_MYSQL_URL' }),
    empty: emptyMysql,
  },
  { name: 'pglite', empty: emptyPglite },
]

const only = process.env.RAPPORT_TEST_DATABASE

/** The database of this run; when none is named, all of them, those without a server here included: their tests say so. */
export const DATABASES = EVERY_DATABASE.filter(({ name }) => !only || name === only)

/** A database in the name of a test, with the reason where it is not run. */
export const titled = ({ name, skipped }: DatabaseKind) => (skipped ? `${name} (${skipped})` : name)
