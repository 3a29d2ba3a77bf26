import { CrmError, isCrmError } from '@rapport/core/storage'

/** Number of the server's error, or the code of driver and socket, as one of our rules with what to do about it. */
const RULES: readonly [match: RegExp, rule: string, remedy: string][] = [
  [/^(1062|1169|1586)$/, 'unique', 'Use another value, or update the record that has it.'],
  [/^(1216|1217|1451|1452)$/, 'foreign-key', 'Link only to records that exist in this tenant.'],
  [/^(1213|1020)$/, 'conflict', 'Two transactions wanted the same rows; run this one again.'],
  [/^(1205|3572)$/, 'busy', 'Another transaction holds the row; try again, or end that transaction.'],
  [
    /^(1969|3024|1317|ER_QUERY_TIMEOUT|PROTOCOL_SEQUENCE_TIMEOUT)$/,
    'timeout',
    'The statement took longer than is allowed; narrow the query, or raise statementTimeout.',
  ],
  [/^(1040|1203|1226)$/, 'busy', 'The server has no connection left; use a smaller pool in each process.'],
  [/^1461$/, 'busy', 'Raise max_prepared_stmt_count of the server, or set maxPreparedStatements of the pool lower.'],
  [
    /^(1053|1077|1079|1152|1158|1159|1160|1161|1184|1927|2006|2013|4031|PROTOCOL_CONNECTION_LOST|ECONN.*|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/,
    'connection',
    'The server closed the connection or cannot be reached; check host and port, and try again.',
  ],
  [/^(1045|1698|1251|1862|4151)$/, 'credentials', 'Check user and password of the connection.'],
  [/^(1049|1046)$/, 'missing-database', 'Create the database, or correct its name in the connection or in `database`.'],
  [/^1146$/, 'missing-table', 'Run `await crm.migrate()` first, and check `database` and `tablePrefix`.'],
  [
    /^(1044|1142|1143|1227|1370)$/,
    'not-permitted',
    'Grant the user select, insert, update and delete on the tables; to migrate, create, references, index and alter too.',
  ],
  [/^(1290|1792|1836|3100)$/, 'read-only', 'This server takes no writes; connect to the primary.'],
  [/^(1021|1114|1041|3019)$/, 'full', "The server's disk is full; free some space and try again."],
  [/^(1366|1267|1300|3854)$/, 'encoding', 'Connect with the character set utf8mb4.'],
  [
    /^(126|127|144|145|1034|1035|1194|1195|1712|1877)$/,
    'corrupt',
    'The database is damaged; restore it from a backup.',
  ],
]

/** What mysql2 says without a code. */
const NO_CONNECTION = /Queue limit reached|No connections available/i
const LOST = /closed state|Connection lost|Pool is closed|socket/i

export function toCrmError(error: unknown): unknown {
  if (isCrmError(error)) return error
  const { errno, code, message = '' } = (error ?? {}) as { errno?: unknown; code?: unknown; message?: string }
  const known = RULES.find(([match]) => match.test(String(errno)) || match.test(String(code)))
  if (known) return storageError(known[1], known[2], error)
  if (NO_CONNECTION.test(message)) return storageError('busy', 'No connection is free; make the pool larger.', error)
  if (LOST.test(message)) return storageError('connection', 'The connection was lost; try again.', error)
  return storageError('failed', 'See `cause` for what the server said.', error)
}

export const storageError = (rule: string, remedy: string, cause?: unknown) =>
  new CrmError('STORAGE', `The database refused a statement (${rule}).`, { field: 'storage', rule, remedy }, cause)
