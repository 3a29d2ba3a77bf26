import { isCrmError } from '@rapport/core'
import { partsOf } from './url'

/** What went wrong in one line, and in another what to do. */
export class Complaint extends Error {
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message)
  }
}

/** An error as one or two lines for the terminal. Never a stack, and never the url: a password may be in it. */
export function complaintOf(error: unknown, url: string | undefined): string {
  const { message, remedy } = error instanceof Complaint ? error : explained(error, url ?? '')
  return remedy ? `rapport: ${message}\n         ${remedy}` : `rapport: ${message}`
}

function explained(error: unknown, url: string): { message: string; remedy?: string | undefined } {
  if (!isCrmError(error)) return { message: firstLine(error) }
  const { host, user, database } = partsOf(url)
  const said = error.cause === undefined ? '' : firstLine(error.cause)
  const { rule, remedy } = error
  if (error.code === 'VALIDATION') return { message: `${optionOf(error.field)}: ${remedy}` }
  if (error.code !== 'STORAGE') return { message: error.message, remedy }
  switch (rule) {
    case 'credentials':
      return { message: `${host} does not let ${user} in: ${said}`, remedy: 'Check user and password of the url.' }
    case 'missing-database':
      return {
        message: `There is no database ${database} on ${host}.`,
        remedy: 'Create it, or correct its name in the url.',
      }
    case 'connection':
      return { message: `${host} cannot be reached: ${said}`, remedy: 'Check host and port, and that it is running.' }
    case 'busy':
      // Without a cause it was our own patience that ended.
      if (said) break
      return { message: `${host} does not answer.`, remedy: 'Check host, port and firewall.' }
    case 'missing-driver':
      return { message: error.message, remedy }
    case 'not-permitted':
      return { message: `${user} may not do that: ${said}`, remedy: 'Migrate as the owner of the tables.' }
  }
  return { message: said ? `The database refused (${rule}): ${said}` : error.message, remedy: useful(remedy) }
}

/** `tablePrefix` is `--table-prefix` here. */
const optionOf = (field = '') => `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** A remedy that points at a `cause` is of no use where the cause has been printed. */
const useful = (remedy: string | undefined) => (remedy?.startsWith('See `cause`') ? undefined : remedy)

function firstLine(error: unknown): string {
  const { message, code } = Object(error) as { message?: string; code?: unknown }
  return (message || String(code ?? error)).split('\n')[0] as string
}
