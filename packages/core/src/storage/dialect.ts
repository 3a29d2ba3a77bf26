import type { Sql } from './sql'

/**
 * Column types of our tables, in words of the domain. What an index holds is limited on some databases, so texts that stand
 * in one have a length: `code` is a word of ours (a status, a currency, a record type) of at most 24 characters, `word` a
 * short one of anybody's, at most 70; `key` names something, `line` is a line of text, both at most 255. An `id` has at most 36.
 * `bytes` are at most 16 MB, and in no index.
 */
export type ColumnType =
  | 'id'
  | 'code'
  | 'word'
  | 'key'
  | 'line'
  | 'text'
  | 'integer'
  | 'real'
  | 'instant'
  | 'date'
  | 'boolean'
  | 'json'
  | 'bytes'

export interface ColumnSpec {
  name: string
  type: ColumnType
  notNull?: boolean
}

export interface IndexSpec {
  name: string
  columns: readonly string[]
  unique?: boolean
  /** Only rows that meet this condition are in the index, where the database can; elsewhere all rows are. */
  where?: string
}

export interface TableSpec {
  name: string
  columns: readonly ColumnSpec[]
  primaryKey: readonly string[]
  foreignKeys?: readonly { columns: readonly string[]; references: string; to: readonly string[] }[]
  indexes?: readonly IndexSpec[]
  /** Only these databases have the table. Default: all. */
  only?: readonly Dialect['name'][]
}

/** What a table of an earlier migration gets. Columns are empty in the rows that are there. */
export interface TableExtension {
  readonly table: string
  readonly columns: readonly ColumnSpec[]
  readonly indexes: readonly IndexSpec[]
}

/** A text column in which any part is looked for. */
export interface PartsColumn {
  /** Without prefix or schema. */
  readonly table: string
  readonly column: string
}

/** An index that finds any part of a text. Its rows may hold a part that only looks like it: they are compared once more. */
export interface PartsIndex {
  /** Gives a row where the database can have it. Default: the data definition finds out by itself. */
  readonly possible?: Sql
  /** It does not find what its own transaction has written. */
  readonly committedOnly?: boolean
  /** Data definition, one statement an entry. */
  create(at: PartsColumn, qualify: (name: string) => string): string[]
  /** Gives a row where it is there. */
  exists(at: PartsColumn, qualify: (name: string) => string): Sql
  /** Whether it helps to find this part: too short a one it cannot find. */
  serves(part: string): boolean
  /** Gives a row when so few of the tenant's rows hold the part that gathering all of them takes no time. */
  few(at: PartsColumn, part: string, tenant: string, qualify: (name: string) => string): Sql
  /** True for ids of the tenant's rows that hold the part. */
  holders(id: Sql, at: PartsColumn, part: string, tenant: string, qualify: (name: string) => string): Sql
}

/** Where databases differ. Everything else in core is SQL that all of them read alike. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres' | 'mysql'
  /** Put after a `select` that claims work, so that two workers take different rows: ` for update skip locked`. Nothing where one writer holds the database. */
  readonly lockRows?: string
  /** Put after a `select` from alias `r` that reads a record to change it: others who want to change it wait. */
  readonly forUpdate?: string
  /**
   * Statements that wait until no other transaction holds one of these values of the space, and hold them until this
   * one ends; `'all'` holds the whole space. For checks no constraint can make. Not needed where one writer holds the database.
   */
  guard?(tenant: string, space: string, values: readonly string[] | 'all'): Sql[]
  /** A statement that fails, be it a read, takes the transaction with it, unless there is a savepoint to go back to. */
  readonly errorsEndTransaction?: boolean
  /** One GROUP BY over everything hashes its rows, and is faster than a range of an index for each group. */
  readonly groupsByHash?: boolean
  /** `(a, b) < (?, ?)` is written out column by column, because no index serves the short form. */
  readonly columnwise?: boolean
  /** Data definition for one table and its indexes, one statement an entry. `qualify` gives the quoted table name. */
  createTable(table: TableSpec, qualify: (name: string) => string): string[]
  /** Data definition for columns and indexes added later to a table, which is given as it is then. */
  extendTable(table: TableSpec, added: TableExtension, qualify: (name: string) => string): string[]
  /** Gives a row where that was done already. Only where data definition commits by itself, and a migration can stop in the middle. */
  extended?(added: TableExtension, qualify: (name: string) => string): Sql
  /** Lets a role that does not own the tables use their rows, and read the history. Not where there are no roles. */
  grants?(role: string, tables: readonly string[], history: string): string[]
  /** Without it, text is searched by looking at each. */
  readonly parts?: PartsIndex
  /** The text between the first `start` (two characters) and the `end` after it; null without. Default: by `instr`. */
  between?(column: Sql, start: string, end: string): Sql
  /** Whether a table of that name exists: a statement that gives a row when it does. */
  tableExists(name: string): Sql
  /** A value inside a JSON column, as text, number or boolean (0 or 1), whichever the field is. */
  json(column: Sql, path: string, as: 'text' | 'number'): Sql
  /** True when the JSON array in `column` holds the value. */
  jsonHas(column: Sql, value: string): Sql
  /** Substring test; both sides are compared as they are stored. */
  contains(column: Sql, needle: string, at: 'anywhere' | 'start' | 'end'): Sql
  /** `insert … on conflict (key) do nothing`. */
  insertOrIgnore(table: string, columns: readonly string[]): string
  /** `insert … on conflict (key) do update` of the other columns. */
  upsert(table: string, columns: readonly string[], key: readonly string[]): string
}
