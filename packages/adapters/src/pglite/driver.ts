/** The parts of PGlite we use, so that the driver stays a choice of the host. */

export interface PgliteResult {
  rows: unknown[]
  affectedRows?: number
}

/** What `db.transaction` hands to its work. */
export interface PgliteTransaction {
  query(text: string, params: unknown[], options: object): Promise<PgliteResult>
  rollback(): Promise<void>
  readonly closed: boolean
}

export interface PgliteLike {
  transaction<T>(work: (tx: never) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const hasMethods = (value: unknown, ...names: string[]) =>
  names.every((name) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function')

export const isPglite = (value: unknown): value is PgliteLike =>
  hasMethods(value, 'query', 'transaction', 'runExclusive', 'close')

export const isTransaction = (value: unknown): value is PgliteTransaction =>
  hasMethods(value, 'query', 'exec', 'rollback') && !hasMethods(value, 'transaction')
