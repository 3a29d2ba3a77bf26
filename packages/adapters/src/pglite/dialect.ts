import type { Dialect } from '@rapport/core/storage'
import { sql } from '@rapport/core/storage'
import { postgresDialect } from '../shared/postgres/dialect'
import { postgresParts } from '../shared/postgres/parts'

const { guard: _guard, forUpdate: _forUpdate, lockRows: _lockRows, ...likeTheServer } = postgresDialect(false)

/** PostgreSQL with one connection: whoever is in a transaction is alone, so nothing is locked. */
export const pgliteDialect: Dialect = {
  ...likeTheServer,
  // Extensions are loaded by who makes the instance. One that was there when the files were made may be missing now.
  parts: { ...postgresParts, possible: sql`select 1 from pg_catalog.pg_available_extensions where name = 'pg_trgm'` },
}
