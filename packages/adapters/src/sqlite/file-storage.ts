import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import {
  CrmError,
  createLock,
  type Lock,
  type Row,
  type Session,
  type SqlValue,
  type Storage,
} from '@rapport/core/storage'
import type BetterSqlite3 from 'better-sqlite3'
import { closedError } from '../shared/closed'
import { tableNamer } from '../shared/names'
import { sendBy } from '../shared/send'
import { sqliteDialect } from './dialect'
import { toCrmError } from './errors'

export interface SqliteFileOptions {
  /** Path of the database file, made when missing; `':memory:'` for one that lives as long as the process. */
  file: string
  /** Put before each table name. Default `crm_`. */
  tablePrefix?: string
  /** How long to wait for another transaction or process, in milliseconds. Default 5,000. */
  patience?: number
}

const STATEMENTS_KEPT = 500

const locks = new Map<string, Lock>()

/** One lock for each file of this process: SQLite's own waiting would stop the event loop, and with it the one waited for. */
function lockOf(file: string, patience: number): Lock {
  if (file === ':memory:') return createLock(patience)
  const path = resolve(file)
  const lock = locks.get(path) ?? createLock(patience)
  locks.set(path, lock)
  return lock
}

/** A SQLite file of our own, opened at the first statement. */
export function fileStorage({ file, tablePrefix, patience = 5000 }: SqliteFileOptions): Storage {
  let database: BetterSqlite3.Database | undefined
  let closed = false
  let writing = false
  const lock = lockOf(file, patience)
  const statements = new Map<string, BetterSqlite3.Statement>()

  function open(): BetterSqlite3.Database {
    if (closed) throw closedError()
    if (database) return database
    database = openFile(file, patience)
    return database
  }

  function prepare(text: string): BetterSqlite3.Statement {
    const known = statements.get(text)
    if (known) return known
    const statement = open().prepare(text)
    if (statement.reader) statement.raw(true)
    if (statements.size >= STATEMENTS_KEPT) statements.delete(statements.keys().next().value as string)
    statements.set(text, statement)
    return statement
  }

  function all(text: string, params: readonly SqlValue[]): Row[] {
    if (closed) throw closedError()
    try {
      return prepare(text).all(params as SqlValue[]) as Row[]
    } catch (error) {
      throw toCrmError(error)
    }
  }

  function run(text: string, params: readonly SqlValue[]): number {
    if (closed) throw closedError()
    try {
      return prepare(text).run(params as SqlValue[]).changes
    } catch (error) {
      throw toCrmError(error)
    }
  }

  const session: Session = { all, run, send: sendBy(run) }

  async function transact<T>(work: (session: Session) => Promise<T>): Promise<T> {
    run('begin immediate', [])
    writing = true
    try {
      const result = await work(session)
      run('commit', [])
      return result
    } catch (error) {
      if (database?.inTransaction) run('rollback', [])
      throw error
    } finally {
      writing = false
    }
  }

  return {
    dialect: sqliteDialect,
    table: tableNamer(tablePrefix),
    joined: false,
    read: (text, params) => (writing ? lock.run(async () => all(text, params)) : all(text, params)),
    transaction: (work) => lock.run(() => transact(work)),
    join() {
      throw new CrmError('VALIDATION', 'A file of our own has no host transaction to join.', {
        field: 'within',
        rule: 'not-joinable',
        remedy: 'Give the CRM your Kysely instance: sqlite({ kysely }).',
      })
    },
    async close() {
      if (closed) return
      await lock.run(async () => {
        closed = true
        statements.clear()
        database?.close()
        database = undefined
      })
    },
  }
}

function openFile(file: string, patience: number): BetterSqlite3.Database {
  const Database = loadDriver()
  let database: BetterSqlite3.Database | undefined
  try {
    database = new Database(file, { timeout: patience })
    database.pragma('journal_mode = wal')
    database.pragma('synchronous = normal')
    database.pragma('foreign_keys = on')
    database.pragma('cache_size = -32768')
    database.pragma('temp_store = memory')
    return database
  } catch (error) {
    database?.close()
    throw toCrmError(error)
  }
}

function loadDriver(): typeof BetterSqlite3 {
  try {
    return createRequire(import.meta.url)('better-sqlite3')
  } catch (cause) {
    const problem = { field: 'storage', rule: 'missing-driver', remedy: 'Install it: npm i better-sqlite3' }
    throw new CrmError('STORAGE', 'The driver better-sqlite3 could not be loaded.', problem, cause)
  }
}
