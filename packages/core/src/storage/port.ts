import type { Dialect } from './dialect'
import type { Sql, SqlValue } from './sql'

export type { SqlValue } from './sql'

/**
 * One result row: values in the order of the select list. Names in a select list are words, each a different one, because
 * some drivers give rows as objects.
 */
export type Row = unknown[]

export type Awaitable<T> = T | Promise<T>

/** Runs statements. Core writes `?` for every parameter; the adapter translates and caches by statement text. */
export interface Session {
  all(sql: string, params: readonly SqlValue[]): Awaitable<Row[]>
  /** Returns the number of rows changed. */
  run(sql: string, params: readonly SqlValue[]): Awaitable<number>
  /**
   * A write nobody waits for: it takes effect before the next statement that gives something back, and before the commit;
   * there its failure is thrown. Lets an adapter send several statements in one round trip. `check` is told the number
   * of rows changed, and may throw.
   */
  send(sql: string, params: readonly SqlValue[], check?: (changed: number) => void): Awaitable<void>
  /** Forgets what was sent and has not run yet. Only where `send` waits. */
  forget?(): void
  /**
   * Of a joined transaction: what our savepoints on it wait for, where the host's object may come in several forms
   * (with other plugins, another schema) of one and the same transaction. Default: that object.
   */
  owner?(): Awaitable<object>
}

/** Instead of a tenant: background work that looks at the rows of all of them. */
export const EVERY_TENANT: unique symbol = Symbol.for('rapport.every-tenant')

export interface ReadOptions {
  /** A list or report, which a read replica may answer once it has what this tenant last wrote here. */
  replica?: boolean
}

export const FROM_REPLICA: ReadOptions = { replica: true }

/**
 * What an adapter gives: where the tables are, how to read, and how to run several statements as one.
 * Driver errors never leave an adapter: they become a CrmError of code `STORAGE` whose rule is one of
 * `unique`, `foreign-key`, `busy`, `conflict`, `timeout`, `connection`, `credentials`, `missing-database`,
 * `missing-schema`, `missing-table`, `not-permitted`, `not-fenced`, `read-only`, `full`, `encoding`, `corrupt`, `failed`, or of code `CLOSED`.
 * After `conflict` the database has undone the transaction and asks for it to be run again.
 */
export interface Storage {
  readonly dialect: Dialect
  /** The quoted name of one of our tables, under the host's prefix or schema. */
  table(name: string): string
  /** A read outside any transaction: sees only what is committed. */
  read(sql: string, params: readonly SqlValue[], options?: ReadOptions): Awaitable<Row[]>
  /** All statements of `work` take effect, or none. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** Like `transaction`, while no other process does the same: for changing the schema. Default: `transaction`. */
  exclusively?<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** Data definition that goes before our first table, such as its schema. */
  readonly setUp?: readonly string[]
  /** Throws when the tables are not as the storage was told they are. Asked once, when the schema is known to be there. */
  checkTables?(): Promise<void>
  /** Runs statements inside a transaction the host has opened; core never begins, commits or rolls it back. */
  join(hostTransaction: unknown): Session
  /** The same storage for one tenant, where the database or a replica has to know whose statements these are. */
  scoped?(tenant: string | typeof EVERY_TENANT): Storage
  /** Of a scoped storage: what a transaction runs before it works for that tenant. */
  readonly fence?: Sql
  /** True inside a host's transaction: a commit is not ours to see. */
  readonly joined: boolean
  /** Closes what the adapter opened itself, and nothing of the host's. */
  close(): Promise<void>
}

/** The storage as that tenant uses it. */
export const scopedTo = (storage: Storage, tenant: string | typeof EVERY_TENANT): Storage =>
  storage.scoped?.(tenant) ?? storage
