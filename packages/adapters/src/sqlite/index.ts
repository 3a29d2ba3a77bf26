import type { Storage } from '@rapport/core/storage'
import { fileStorage, type SqliteFileOptions } from './file-storage'
import { kyselyStorage, type SqliteKyselyOptions } from './kysely-storage'

export type { SqliteFileOptions, SqliteKyselyOptions }

/**
 * Stores the CRM in SQLite: in a file of its own, or in the host's database through the host's Kysely instance.
 *
 * Raw handles are refused on purpose: two writers on one SQLite handle lose acknowledged writes.
 *
 * @example
 * createCrm({ storage: sqlite({ file: 'crm.db' }) })
 * createCrm({ storage: sqlite({ kysely: db, tablePrefix: 'crm_' }) })
 */
export function sqlite(options: SqliteFileOptions | SqliteKyselyOptions): Storage {
  return 'kysely' in options ? kyselyStorage(options) : fileStorage(options)
}
