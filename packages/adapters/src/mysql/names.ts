import { invalid } from '@rapport/core/storage'
import { checkPrefix } from '../shared/names'

const DATABASE = /^[\w$-]{1,64}$/

/** Quoted table names under the host's prefix, with the database in front when it is given. */
export function namesIn(database: string | undefined, prefix = 'crm_'): (name: string) => string {
  if (database !== undefined && (typeof database !== 'string' || !DATABASE.test(database))) {
    throw invalid('database', 'invalid-database', 'Use letters, digits, _, $ and -; up to 64.')
  }
  checkPrefix(prefix)
  const front = database === undefined ? '' : `\`${database}\`.`
  return (name) => `${front}\`${prefix}${name}\``
}

/** Database, when it is given, and name of a quoted table. */
export function partsOf(table: string): { database: string | null; name: string } {
  const [name = '', database = null] = table.replaceAll('`', '').split('.').reverse()
  return { database, name }
}
