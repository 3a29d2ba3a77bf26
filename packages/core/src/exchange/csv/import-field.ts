import type { FieldKind } from '../../records/field'

/** A field that columns can be mapped to. */
export interface ImportField {
  /** Name in the record; `custom.tier`, `address.city` and `addresses.city` name a part of it. */
  name: string
  label: string
  kind: FieldKind
  /** Other headers that mean this field. */
  aliases: readonly string[]
  /** Values of a select or multiselect. */
  options?: readonly string[]
}

const MANY: ReadonlySet<FieldKind> = new Set(['emails', 'phones', 'addresses', 'tags', 'multiselect'])
const LABELLED: ReadonlySet<FieldKind> = new Set(['email', 'phone', 'emails', 'phones', 'addresses'])

/** True for fields that several columns can fill. */
export const takesMany = ({ kind, name }: ImportField): boolean => MANY.has(kind) || name.startsWith('addresses.')

/** True for fields of which a record has several, told apart by label. */
export const isLabelled = ({ kind, name }: ImportField) => LABELLED.has(kind) || name.startsWith('addresses.')
