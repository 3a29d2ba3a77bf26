import { invalid } from '../kernel/errors'
import { tablesOn } from './migrate'
import type { Storage } from './port'

/** Lets a role that does not own our tables do what the CRM does, and nothing to the tables themselves. */
export function grantStatements(storage: Storage, role: string): string[] {
  const { grants } = storage.dialect
  if (!grants) {
    const remedy = `There are no such roles on ${storage.dialect.name}; leave it out.`
    throw invalid('grantTo', 'no-roles', remedy)
  }
  if (typeof role !== 'string' || role === '' || role.includes('\0')) {
    throw invalid('grantTo', 'required', 'Give the name of the role.')
  }
  const tables = tablesOn(storage).map(({ name }) => storage.table(name))
  return grants(role, tables, storage.table('migration'))
}
