import type { Field } from '../../records/field'
import { isServerOwned } from '../../records/field'
import type { QueryContext } from '../../records/query'
import type { RecordTable } from '../../records/record-table'
import { isVisible } from '../../records/visibility'
import type { ImportField } from '../csv/import-field'

const ADDRESS_PARTS = ['street', 'city', 'region', 'postalCode', 'country']

/** Links that files give by name. */
const NAMED_LINKS = new Set(['companies', 'pipelines', 'stages'])

/** Kinds that a cell cannot hold. */
const NOT_IN_CELLS = new Set(['json', 'addresses', 'reminders'])

/** What a column can be mapped to: the fields the caller may write, addresses part by part, custom fields. */
export function importFields(query: QueryContext, table: RecordTable): ImportField[] {
  const writable = (name: string, field: Field) =>
    !isServerOwned(field) && isVisible(query.actor, table, name) && query.actor.field(table.type, name) === 'update'
  const manyOf = (name: string) => table.definition.keys?.[`${name}s`] !== undefined
  const fields: ImportField[] = []
  for (const [name, { field }] of table.fields) {
    if (
      name === 'custom' ||
      !writable(name, field) ||
      manyOf(name) ||
      (field.kind === 'link' && !NAMED_LINKS.has(field.to as string))
    )
      continue
    if (name === 'address' || name === 'addresses')
      fields.push(...ADDRESS_PARTS.map((part) => textField(`${name}.${part}`, part)))
    else if (!NOT_IN_CELLS.has(field.kind)) fields.push(asImportField(name, field))
  }
  for (const [name, field] of Object.entries(table.custom)) {
    if (writable(`custom.${name}`, field) && !NOT_IN_CELLS.has(field.kind))
      fields.push(asImportField(`custom.${name}`, field))
  }
  if (fields.some(({ kind }) => kind === 'money')) fields.push(textField('currency', 'Currency'))
  return fields
}

/** Links and users are named in files, not given by id. */
const asImportField = (name: string, { kind, label, aliases = [], options }: Field): ImportField => ({
  name,
  label: label ?? words(name.replace('custom.', '')),
  kind: kind === 'link' || kind === 'user' ? 'text' : kind,
  aliases,
  ...(options && { options }),
})

const textField = (name: string, label: string): ImportField => ({
  name,
  label: words(label),
  kind: 'text',
  aliases: [],
})

/** `firstName` → `First name`. */
const words = (name: string): string => {
  const text = name.replace(/([A-Z])/g, ' $1').toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}
