import { invalid, type Storage } from '@rapport/core/storage'
import { isKysely } from '../shared/kysely'
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
  if (typeof options === 'object' && options !== null) {
    if ('kysely' in options && isKysely(options.kysely)) return kyselyStorage(options)
    if ('file' in options && typeof options.file === 'string' && options.file !== '') return fileStorage(options)
  }
  throw invalid(
    'storage',
    'not-a-database',
    "Give { file: 'crm.db' }, or { kysely: db } with your Kysely instance; not a handle of the driver.",
  )
}
