import { invalid } from '../../kernel/errors'
import type { FieldKind } from '../../records/field'
import { matchHeader } from './match'
import { type ColumnLabel, qualify, words } from './words'

/** A field that columns can be mapped to. */
export interface ImportField {
  /** Name in the record; `custom.tier` and `address.city` name a part of it. */
  name: string
  label: string
  kind: FieldKind
  /** Other headers that mean this field. */
  aliases: readonly string[]
  /** Values of a select or multiselect. */
  options?: readonly string[]
}

/** Where a column goes. */
export interface ColumnMapping {
  column: string
  /** Position in the row, from 0. */
  index: number
  field?: string
  /** For emails, phones and addresses: which of them it is, where the header says so. */
  label?: ColumnLabel
  /** Position of the column whose cells label this one (`E-mail 1 - Label`). */
  labelColumn?: number
  /** 0 to 1; 1 is the field's own name or the caller's word, 0 is no field. */
  confidence: number
  /** Why there is no field: nothing fits, another column fits the field better, the caller said null, or it labels another. */
  unmapped?: 'unknown' | 'taken' | 'ignored' | 'label'
}

/** Field by header; null leaves a column out. */
export type ColumnOverrides = Readonly<Record<string, string | null>>

const MANY: ReadonlySet<FieldKind> = new Set(['emails', 'phones', 'addresses', 'tags', 'multiselect'])

/** True for fields that several columns can fill. */
export const takesMany = ({ kind, name }: ImportField): boolean => MANY.has(kind) || name.startsWith('addresses.')

/**
 * Guesses which column goes to which field, from the headers: field names, labels, the caller's aliases and the
 * headers of common exports in four languages, whatever case, accents and punctuation. `overrides` go before the guess.
 * Of several columns for a field with one value the best one gets it and the others are `taken`.
 *
 * @example
 * mapColumns(['Vorname', 'Mobil', 'x'], fields, { x: 'custom.tier' })
 */
export function mapColumns(columns: readonly string[], fields: readonly ImportField[], overrides: ColumnOverrides = {}): ColumnMapping[] {
  const chosen = readOverrides(columns, fields, overrides)
  const mapping = columns.map((column, index): ColumnMapping => {
    const field = chosen.get(index)
    if (field === null) return { column, index, confidence: 0, unmapped: 'ignored' }
    const label = qualify(words(column)).label
    if (field !== undefined) return { column, index, field, confidence: 1, ...(label && { label }) }
    return { column, index, confidence: 0, unmapped: 'unknown' }
  })
  const settled = new Set([...chosen.values()].filter((field): field is string => field !== null))
  const open = fields.filter((field) => takesMany(field) || !settled.has(field.name))
  assign(mapping, open, chosen)
  addLabelColumns(mapping)
  return mapping
}
