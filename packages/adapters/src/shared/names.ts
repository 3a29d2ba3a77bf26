import { invalid } from '@rapport/core/storage'

const PREFIX = /^[a-z][a-z0-9_]{0,30}$/

/** Refuses a prefix that could not stand in front of a table's name. */
export function checkPrefix(prefix: unknown) {
  if (prefix === '' || (typeof prefix === 'string' && PREFIX.test(prefix))) return
  throw invalid('tablePrefix', 'invalid-prefix', 'Use lower-case letters, digits and _, starting with a letter.')
}

/** Table names under the host's prefix. Names are lower-case words, so they need no quotes. */
export function tableNamer(prefix = 'crm_'): (name: string) => string {
  checkPrefix(prefix)
  return (name) => `${prefix}${name}`
}
