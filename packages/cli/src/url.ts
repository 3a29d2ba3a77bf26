import { existsSync } from 'node:fs'

export const isPostgres = (url: string) => /^postgres(ql)?:\/\//.test(url)
export const isMysql = (url: string) => /^(mysql|mariadb):\/\//.test(url)

const SCHEME = /^(sqlite|file):(\/\/)?/

/** Path of the SQLite file that the url means, if it means one. */
export function fileOf(url: string): string | undefined {
  if (SCHEME.test(url)) return url.replace(SCHEME, '') || undefined
  return /\.(db|sqlite3?)$/.test(url) && !url.includes('://') ? url : undefined
}

/** A SQLite file that is not there yet: to look into it would make it. */
export function missingFile(url: string): string | undefined {
  const file = fileOf(url)
  return file !== undefined && !existsSync(file) ? file : undefined
}

/** What may be said of a url: all but the password. */
export function partsOf(url: string) {
  const { host = '', username = '', pathname = '' } = URL.canParse(url) ? new URL(url) : {}
  return {
    host: host || fileOf(url) || 'The server',
    user: decoded(username) || 'This user',
    database: decoded(pathname.slice(1)),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
