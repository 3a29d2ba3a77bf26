import { CrmError, isCrmError } from '@rapport/core/storage'

const CANNOT_OPEN = 'Check that the folder exists and that this process may write there.'

/** Every way SQLite says no, as one of our rules with what to do about it. */
const RULES: readonly [match: RegExp, rule: string, remedy: string][] = [
  [/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)/, 'unique', 'Use another value, or update the record that has it.'],
  [/^SQLITE_CONSTRAINT_FOREIGNKEY/, 'foreign-key', 'Link only to records that exist in this tenant.'],
  [/^SQLITE_(BUSY|LOCKED)/, 'busy', 'Another process holds the file; try again, or let one process write.'],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    'corrupt',
    'The file is not a SQLite database, or is damaged; restore it from a backup.',
  ],
  [/^SQLITE_(CANTOPEN|READONLY|PERM)/, 'cannot-open', CANNOT_OPEN],
  [/^SQLITE_FULL/, 'full', 'The disk is full; free some space and try again.'],
]

export function toCrmError(error: unknown): unknown {
  if (isCrmError(error)) return error
  const { code, message } = error as { code?: unknown; message?: string }
  if (/no such table/.test(message ?? ''))
    return storageError('missing-table', 'Run `await crm.migrate()` first.', error)
  if (/directory does not exist/.test(message ?? '')) return storageError('cannot-open', CANNOT_OPEN, error)
  if (typeof code !== 'string' || !code.startsWith('SQLITE')) {
    return storageError('failed', 'See `cause` for what the driver said.', error)
  }
  const known = RULES.find(([match]) => match.test(code))
  return known
    ? storageError(known[1], known[2], error)
    : storageError('failed', 'See `cause` for what SQLite said.', error)
}

const storageError = (rule: string, remedy: string, cause: unknown) =>
  new CrmError('STORAGE', `The database refused a statement (${rule}).`, { field: 'storage', rule, remedy }, cause)
