import { sqlite } from '@rapport/adapters/sqlite'
import type { Storage } from '@rapport/core/storage'
import { onTestFinished } from 'vitest'

/** The database this run of the suite is on: `sqlite`, `postgres`, `mysql` or `pglite`. */
export const DATABASE = process.env.RAPPORT_TEST_DATABASE ?? 'sqlite'
export const onSqlite = DATABASE === 'sqlite'

/** An empty, migrated place in a database, lent to one test and emptied after it. */
export interface Place {
  storage: Storage
}

export interface Places {
  /** Lends a place; it comes back when the test is over. */
  lend(): Promise<{ open(): Storage; giveBack(): Promise<void> }>
}

let places: Places | undefined

async function placesOf(): Promise<Places> {
  if (DATABASE === 'postgres') places ??= (await import('./postgres')).postgresPlaces()
  if (DATABASE === 'mysql') places ??= (await import('./mysql')).mysqlPlaces()
  if (!places) throw new Error(`No such test database: ${DATABASE}`)
  return places
}

/** A storage for one test, on the database of this run. */
export async function newStorage(): Promise<Storage> {
  if (onSqlite) return sqlite({ file: ':memory:' })
  const place = await (await placesOf()).lend()
  onTestFinished(() => place.giveBack())
  return place.open()
}
