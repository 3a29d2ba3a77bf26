import { invalid } from '../kernel/errors'
import type { Fields, RecordType } from './field'

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/

const SEARCHABLE = ['text', 'email', 'phone', 'url', 'select']

/** Refuses custom fields that could not be stored, filtered or told from what every object has. */
export function checkCustomFields(declared: Partial<Record<RecordType, Fields>>, types: readonly string[]): void {
  for (const [type, fields] of Object.entries(declared)) {
    if (!types.includes(type)) throw invalid(`fields.${type}`, 'unknown-key', `Use only: ${types.join(', ')}.`)
    for (const [name, field] of Object.entries(fields ?? {})) {
      if (field.searched && !SEARCHABLE.includes(field.kind))
        throw invalid(`fields.${type}.${name}.searched`, 'not-searchable', `Mark only: ${SEARCHABLE.join(', ')}.`)
      if (NAME.test(name) && !(name in Object.prototype)) continue
      throw invalid(
        `fields.${type}.${name}`,
        'invalid-name',
        'Use 1 to 63 letters, digits and _, starting with a letter.',
      )
    }
  }
}
