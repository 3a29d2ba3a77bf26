import { CrmError } from '../kernel/errors'
import {
  type Awaitable,
  type EVERY_TENANT,
  type Row,
  type Session,
  type SqlValue,
  type Storage,
  scopedTo,
} from '../storage/port'

/** One statement as core gave it to the adapter. BEGIN, COMMIT and savepoints are not among them. */
export interface WatchedStatement {
  readonly sql: string
  readonly params: readonly SqlValue[]
  /** In a transaction, of our own or of the host. */
  readonly inside: boolean
  /** Whose storage it ran on; undefined for one that is nobody's. */
  readonly tenant: string | typeof EVERY_TENANT | undefined
}

export interface WatchedStorage extends Storage {
  /** Statements since the last `clear`. */
  readonly statements: readonly WatchedStatement[]
  clear(): void
  /** Runs the work and gives the statements it took. */
  record(work: () => Promise<unknown>): Promise<readonly WatchedStatement[]>
  /**
   * Lets the n-th statement from now (the first is 1) fail with STORAGE, once. `'commit'` lets the next transaction of our
   * own fail after its last statement. Null calls it off. Gives back a function that tells whether it has failed.
   */
  failOn(statement: number | 'commit' | null): () => boolean
}

const CONTROL = /^(savepoint|release|rollback)\b/i

/**
 * A storage that does what the given one does, counts its statements, and fails where a test wants it to.
 *
 * @example
 * const storage = watchStorage(sqlite({ file: ':memory:' }))
 * const statements = await storage.record(() => me.leads.create({ name: 'Ada' }))
 * storage.failOn(2)
 */
export function watchStorage(storage: Storage): WatchedStorage {
  let statements: WatchedStatement[] = []
  let failAt: number | 'commit' | null = null
  let failure = { happened: false }

  function note(sql: string, params: readonly SqlValue[], inside: boolean, tenant: WatchedStatement['tenant']) {
    if (CONTROL.test(sql)) return
    statements.push({ sql, params, inside, tenant })
    if (typeof failAt === 'number' && --failAt === 0) fail()
  }

  function fail(): never {
    failAt = null
    failure.happened = true
    throw new CrmError('STORAGE', 'The database refused a statement (failed).', {
      field: 'storage',
      rule: 'failed',
      remedy: 'See `cause` for what the driver said.',
    })
  }

  const watchedSession = (session: Session, tenant: WatchedStatement['tenant']): Session => ({
    ...(session.owner && { owner: session.owner }),
    ...(session.forget && { forget: session.forget }),
    all(sql, params): Awaitable<Row[]> {
      note(sql, params, true, tenant)
      return session.all(sql, params)
    },
    run(sql, params): Awaitable<number> {
      note(sql, params, true, tenant)
      return session.run(sql, params)
    },
    send(sql, params, check) {
      note(sql, params, true, tenant)
      return session.send(sql, params, check)
    },
  })

  const watchedWork =
    <T>(work: (session: Session) => Promise<T>, tenant: WatchedStatement['tenant']) =>
    async (session: Session) => {
      const result = await work(watchedSession(session, tenant))
      if (failAt === 'commit') fail()
      return result
    }

  const watched = (storage: Storage, tenant?: string | typeof EVERY_TENANT): Storage => ({
    dialect: storage.dialect,
    table: storage.table,
    joined: storage.joined,
    ...(storage.setUp && { setUp: storage.setUp }),
    ...(storage.checkTables && { checkTables: () => storage.checkTables?.() as Promise<void> }),
    ...(storage.fence && { fence: storage.fence }),
    scoped: (one) => watched(scopedTo(storage, one), one),
    read(sql, params, options) {
      note(sql, params, false, tenant)
      return storage.read(sql, params, options)
    },
    transaction: (work) => storage.transaction(watchedWork(work, tenant)),
    exclusively: (work) => (storage.exclusively ?? storage.transaction)(watchedWork(work, tenant)),
    join: (hostTransaction) => watchedSession(storage.join(hostTransaction), tenant),
    close: () => storage.close(),
  })

  return {
    ...watched(storage),
    get statements() {
      return statements
    },
    clear() {
      statements = []
    },
    async record(work) {
      statements = []
      await work()
      return statements
    },
    failOn(statement) {
      failAt = statement
      const asked = { happened: false }
      failure = asked
      return () => asked.happened
    },
  }
}
