import type { Storage } from '@rapport/core/storage'
import type { ContractHost } from '@rapport/core/testing'
import type { Kysely, KyselyPlugin } from 'kysely'
import { onTestFinished, test } from 'vitest'

/** The database this run of the suite is on: `sqlite`, `postgres`, `mysql` or `pglite`. */
export const DATABASE = process.env.RAPPORT_TEST_DATABASE ?? 'sqlite'
export const onSqlite = DATABASE === 'sqlite'
export const onMysql = DATABASE === 'mysql'
/** With row-level security, which keeps the index of parts from being used, and lets nobody multiply rows by statement. */
export const onFenced = Boolean(process.env.RAPPORT_TEST_FENCED)
/** Both write the SQL of PostgreSQL. */
export const onPostgres = DATABASE === 'postgres' || DATABASE === 'pglite'
/** Where one writer holds the database, nothing is locked. */
export const oneWriter = onSqlite || DATABASE === 'pglite'

/** Room for the tables of one CRM: a file, a schema, a database. Lent to one test. */
export interface Place {
  /** A storage on it; another one each time, as another process would have it. */
  open(): Storage
  /** One with a single connection, which waits so many milliseconds for it. */
  openNarrow(patience: number): Storage
  giveBack(): Promise<void>
}

/** The same in a product's own database, which it reaches through Kysely. Our tables begin with `crm_`. */
export interface HostPlace extends Omit<Place, 'openNarrow'> {
  // biome-ignore lint/suspicious/noExplicitAny: any tables
  readonly kysely: Kysely<any>
  open(options?: { tablePrefix?: string }): Storage
  /** Makes each event of that name fail as it is written. */
  breakEvents(name: string): Promise<void>
}

/** A statement as it would be with the prefix `crm_` and no schema. */
export const spelledAlike = (sql: string) =>
  sql.replace(/"[^"]+"\."(?:odd_)?(\w+)"/g, 'crm_$1').replace(/`[^`]+`\.`(\w+)`/g, '$1')

const GUARDS = /pg_advisory_xact_lock|insert into \S*guard\S* /

/** Without those that wait until nobody else holds a value: SQLite has one writer at a time and needs none. */
export const withoutGuards = <S extends { sql: string }>(statements: readonly S[]): S[] =>
  statements.filter(({ sql }) => !GUARDS.test(sql))

/** Tests of what only a file database does, or does differently. Beside each stands the reason. */
export const sqliteOnly: typeof test.skip = test.runIf(onSqlite)

/** A database as the tests use it, a file each beside this one. */
export interface TestDatabase {
  /** Without rows; our tables may be there already, because making them takes longer than most tests. */
  lend(): Promise<Place>
  lendBare(): Promise<Place>
  lendHost(plugins: KyselyPlugin[]): Promise<HostPlace>
  /** A storage that is as quick to have as can be. Default: one on a lent place. */
  inMemory?(): Storage
  /** Each way to open it that its adapter offers, for the contract. */
  readonly contractHosts: Readonly<Record<string, ContractHost>>
}

async function loadDatabase(): Promise<TestDatabase> {
  if (onSqlite) return (await import('./sqlite')).sqliteDatabase()
  if (onFenced) return (await import('./fenced')).fencedDatabase()
  if (DATABASE === 'postgres') return (await import('./postgres')).postgresDatabase()
  if (DATABASE === 'mysql') return (await import('./mysql')).mysqlDatabase()
  if (DATABASE === 'pglite') return (await import('./pglite')).pgliteDatabase()
  throw new Error(`No such test database: ${DATABASE}`)
}

let loaded: Promise<TestDatabase> | undefined

export function testDatabase(): Promise<TestDatabase> {
  loaded ??= loadDatabase()
  return loaded
}

/** A storage for one test, on the database of this run. Outside of a test, whoever made it closes it. */
export async function newStorage(): Promise<Storage> {
  const database = await testDatabase()
  if (database.inMemory) return database.inMemory()
  return closing(await newPlace())
}

/** A storage on a database without our tables. */
export const bareStorage = async (): Promise<Storage> => closing(await newPlace('bare'))

/** Room for one CRM that several open, as processes do. */
export async function newPlace(kind: 'ready' | 'bare' = 'ready'): Promise<Place> {
  const database = await testDatabase()
  return returned(await (kind === 'bare' ? database.lendBare() : database.lend()))
}

export const newHostPlace = async (plugins: KyselyPlugin[] = []): Promise<HostPlace> =>
  returned(await (await testDatabase()).lendHost(plugins))

/** Goes back once: when the test ends, or before. */
function returned<P extends Omit<Place, 'openNarrow'>>(place: P): P {
  let back: Promise<void> | undefined
  const giveBack = () => {
    back ??= place.giveBack()
    return back
  }
  try {
    onTestFinished(giveBack)
  } catch {
    // Not in a test but before all of them.
  }
  return { ...place, giveBack }
}

/** A property makes hundreds of CRMs in one test: each gives its place back when it is closed. */
function closing(place: Place): Storage {
  const storage = place.open()
  return {
    ...storage,
    async close() {
      await storage.close()
      await place.giveBack()
    },
  }
}
