import type { Storage } from '@rapport/core/storage'
import type { Arguments } from './arguments'
import { Complaint } from './complaint'
import { fileOf, isMysql, isPostgres } from './url'

type Place = Pick<Arguments, 'url' | 'schema' | 'tablePrefix' | 'rls'>

/** The adapter that the url asks for; nothing is opened yet, and the others are not loaded. */
export async function storageFor({ url, schema, tablePrefix, rls }: Place): Promise<Storage> {
  if (isPostgres(url)) {
    const { postgres } = await import('@rapport/adapters/postgres')
    return postgres({ url: checked(url), schema, tablePrefix, max: 1, ...(rls && { rls: 'enforce' }) })
  }
  if (isMysql(url)) {
    onlyOnPostgres(schema, rls)
    const { mysql } = await import('@rapport/adapters/mysql')
    return mysql({ url: checked(url), tablePrefix })
  }
  const file = fileOf(url)
  if (file) {
    onlyOnPostgres(schema, rls)
    const { sqlite } = await import('@rapport/adapters/sqlite')
    return sqlite({ file, tablePrefix })
  }
  // Not repeated: there may be a password in it.
  throw new Complaint(
    'That is not the url of a database I know.',
    'Give postgres://…, mysql://…, sqlite:<path>, or a path that ends in .db or .sqlite.',
  )
}

function onlyOnPostgres(schema: string | undefined, rls: boolean) {
  if (schema !== undefined) throw new Complaint('--schema is for PostgreSQL.', 'Use --table-prefix.')
  if (rls) throw new Complaint('--rls is for PostgreSQL.', 'Leave it out.')
}

function checked(url: string): string {
  if (URL.canParse(url)) return url
  throw new Complaint('The url cannot be read.', 'Write special characters of user and password as %40 (@), %23 (#), …')
}
