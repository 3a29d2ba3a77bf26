import type { Dialect } from '@rapport/core/storage'

const BEGIN: Record<Dialect['name'], string | undefined> = {
  postgres: 'begin',
  sqlite: 'begin immediate',
  // It commits each statement of data definition by itself.
  mysql: undefined,
}

/** Statements as a file for psql, sqlite3 or mysql: all of them take effect or none, where the database can. */
export function scriptOf(statements: readonly string[], database: Dialect['name']): string {
  const begin = BEGIN[database]
  const all = begin ? [begin, ...statements, 'commit'] : statements
  return all.map((statement) => `${statement};`).join('\n')
}
