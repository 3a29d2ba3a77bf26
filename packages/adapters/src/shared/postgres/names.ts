import { invalid } from '@rapport/core/storage'
import { checkPrefix } from '../names'

const SCHEMA = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/

export interface Names {
  /** Quoted name of a table, with its schema: what the session's search path is does not matter. */
  table(name: string): string
  /** `create schema if not exists` asks for the right to create schemas even where it exists, made by somebody with more rights. */
  readonly makeSchema: string
}

/** Tables in the schema of the host's choice, each with the host's prefix. */
export function namesIn(schema = 'crm', prefix = ''): Names {
  if (typeof schema !== 'string' || !SCHEMA.test(schema)) {
    throw invalid('schema', 'invalid-schema', 'Use letters, digits, _ and $, starting with a letter or _; up to 63.')
  }
  checkPrefix(prefix)
  return {
    makeSchema: `do 'begin if to_regnamespace(''"${schema}"'') is null then create schema "${schema}"; end if; end'`,
    table: (name) => `"${schema}"."${prefix}${name}"`,
  }
}

export const names = {
  schema: (qualified: string) => qualified.slice(0, qualified.indexOf('.')),

  /** An index lies in the schema of its table, so it is named without. */
  index: (qualified: string) => qualified.slice(qualified.indexOf('.') + 1),
}
