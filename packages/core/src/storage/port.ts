import type { Dialect } from './dialect'
import type { SqlValue } from './sql'

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
   * Of a joined transaction: what our savepoints on it wait for, where the host's object may come in several forms
   * (with other plugins, another schema) of one and the same transaction. Default: that object.
   */
  readonly owner?: object
}

/**
 * What an adapter gives: where the tables are, how to read, and how to run several statements as one.
 * Driver errors never leave an adapter: they become a CrmError of code `STORAGE` whose rule is one of
 * `unique`, `foreign-key`, `busy`, `missing-table`, `corrupt`, `failed`, or of code `CLOSED`.
 */
export interface Storage {
  readonly dialect: Dialect
  /** The quoted name of one of our tables, under the host's prefix or schema. */
  table(name: string): string
  /** A read outside any transaction: sees only what is committed. */
  read(sql: string, params: readonly SqlValue[]): Awaitable<Row[]>
  /** All statements of `work` take effect, or none. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** Runs statements inside a transaction the host has opened; core never begins, commits or rolls it back. */
  join(hostTransaction: unknown): Session
  /** True inside a host's transaction: a commit is not ours to see. */
  readonly joined: boolean
  /** Closes what the adapter opened itself, and nothing of the host's. */
  close(): Promise<void>
}
