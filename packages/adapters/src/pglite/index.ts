import { invalid, type Storage } from '@rapport/core/storage'
import { namesIn } from '../shared/postgres/names'
import { isPglite, type PgliteLike } from './driver'
import { openOwn } from './own'
import { pgliteStorage, type Source } from './storage'

export interface PgliteOptions {
  /**
   * The host's instance. It stays the host's: `crm.close()` does not close it. Transactions of the host go through
   * `db.transaction`: after a `begin` of its own, PGlite would let our statements into it.
   */
  // biome-ignore lint/suspicious/noExplicitAny: any PGlite fits, with whichever extensions
  db?: PgliteLike | any
  /**
   * Instead of an instance: where the data is, such as a folder, or `idb://crm` in the browser. Opened at the first
   * statement, closed by `crm.close()`; one process at a time. Default `memory://`.
   */
  dataDir?: string
  /** Schema of our tables. Default `crm`. */
  schema?: string
  /** Put before each table name. Default nothing. */
  tablePrefix?: string
  /** How long to wait for another transaction to end, in milliseconds. Default 5,000. */
  patience?: number
}

/**
 * Stores the CRM in PGlite: PostgreSQL inside your process, in Node or in the browser.
 *
 * @example
 * createCrm({ storage: pglite({ db }) })                  // the instance of your product
 * createCrm({ storage: pglite({ dataDir: './crm-data' }) })
 */
export function pglite(options: PgliteOptions = {}): Storage {
  const { schema, tablePrefix, patience = 5000 } = Object(options) as PgliteOptions
  return pgliteStorage(sourceOf(options), namesIn(schema, tablePrefix), patience)
}

function sourceOf({ db, dataDir = 'memory://' }: PgliteOptions): Source {
  if (isPglite(db)) return { open: () => db, close: async () => {} }
  if (db !== undefined || typeof dataDir !== 'string' || dataDir === '') {
    throw invalid('storage', 'not-a-database', "Give { db } with your PGlite instance, or { dataDir: './crm-data' }.")
  }
  let own: ReturnType<typeof openOwn> | undefined
  return {
    open() {
      own ??= openOwn(dataDir)
      // What cannot be opened now is tried again at the next statement.
      own.database.catch(() => {
        own = undefined
      })
      return own.database
    },
    close: async () => own?.release(),
  }
}
