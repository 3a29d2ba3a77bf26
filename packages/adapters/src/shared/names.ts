import { invalid } from '@rapport/core/storage'

const PREFIX = /^[a-z][a-z0-9_]{0,30}$/

/** Table names under the host's prefix. Names are lower-case words, so they need no quotes. */
export function tableNamer(prefix = 'crm_'): (name: string) => string {
  if (prefix !== '' && !PREFIX.test(prefix)) {
    throw invalid('tablePrefix', 'invalid-prefix', 'Use lower-case letters, digits and _, starting with a letter.')
  }
  return (name) => `${prefix}${name}`
}
