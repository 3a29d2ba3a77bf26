import { CrmError, invalid, isCrmError } from '@rapport/core/storage'

/** SQLSTATE, or the code of the socket, as one of our rules with what to do about it. */
const RULES: readonly [match: RegExp, rule: string, remedy: string][] = [
  [/^23505$/, 'unique', 'Use another value, or update the record that has it.'],
  [/^23503$/, 'foreign-key', 'Link only to records that exist in this tenant.'],
  [/^(40001|40P01)$/, 'conflict', 'Two transactions wanted the same rows; run this one again.'],
  [/^55P03$/, 'busy', 'Another transaction holds the row; try again, or end that transaction.'],
  [/^(57014)$/, 'timeout', 'The statement took longer than is allowed; narrow the query, or raise statementTimeout.'],
  [
    /^25P02$/,
    'failed',
    'A statement before this one has failed, and PostgreSQL takes no more: roll your transaction back.',
  ],
  [/^53300$/, 'busy', 'The server has no connection left; use a smaller pool in each process, or a pooler.'],
  [
    /^(57P0[1-5]|08...|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/,
    'connection',
    'The server closed the connection or cannot be reached; check host and port, and try again.',
  ],
  [/^28...$/, 'credentials', 'Check user and password of the connection string.'],
  [/^3D000$/, 'missing-database', 'Create the database, or correct its name in the connection string.'],
  [/^3F000$/, 'missing-schema', 'Run `await crm.migrate()`, or correct `schema`.'],
  [/^42P01$/, 'missing-table', 'Run `await crm.migrate()` first, and check `schema` and `tablePrefix`.'],
  [
    /^42501$/,
    'not-permitted',
    'Grant the role usage of the schema and select, insert, update and delete on its tables; to migrate, let the owner do it.',
  ],
  [/^25006$/, 'read-only', 'This server takes no writes; connect to the primary, and give a replica as `readPool`.'],
  [/^(53100|58030)$/, 'full', "The server's disk is full; free some space and try again."],
  [/^(22021|22P05)$/, 'encoding', 'Use a database with the encoding UTF8.'],
  [/^(XX001|XX002)$/, 'corrupt', 'The database is damaged; restore it from a backup.'],
]

/** What the drivers say without a code. */
const LOST =
  /PGlite is clos|Connection terminated|not queryable|Client was closed|Client has encountered|socket|timeout expired/i

export function toCrmError(error: unknown): unknown {
  if (isCrmError(error)) return error
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string }
  // A savepoint outside of any transaction.
  if (code === '25P01') return notOpen()
  const known = typeof code === 'string' ? RULES.find(([match]) => match.test(code)) : undefined
  if (known) return storageError(known[1], known[2], error)
  if (LOST.test(message)) return storageError('connection', 'The connection was lost; try again.', error)
  return storageError('failed', 'See `cause` for what PostgreSQL said.', error)
}

export const notOpen = () =>
  invalid(
    'within',
    'not-a-transaction',
    'Pass the client of pg on which you ran BEGIN (not the pool), or the transaction of your Kysely instance.',
  )

export const storageError = (rule: string, remedy: string, cause?: unknown) =>
  new CrmError('STORAGE', `The database refused a statement (${rule}).`, { field: 'storage', rule, remedy }, cause)
