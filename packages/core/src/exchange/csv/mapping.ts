import { type ImportField, isLabelled, takesMany } from './import-field'
import { fitTo, type Header, pairNames, readHeader } from './match'
import { type ColumnOverrides, readOverrides } from './overrides'
import { type ColumnLabel, words } from './words'

export type { ImportField } from './import-field'

/** Where a column goes. */
export interface ColumnMapping {
  column: string
  /** Position in the row, from 0. */
  index: number
  field?: string
  /** For emails, phones and addresses: which of them it is, where the header says so. */
  label?: ColumnLabel
  /** For the same, its number where there are several (`E-mail 2 - Value`); absent for the first. */
  number?: number
  /** Position of the column whose cells label this one (`E-mail 1 - Label`). */
  labelColumn?: number
  /** 0 to 1; 1 is the field's own name or the caller's word, 0 is no field. */
  confidence: number
  /** Why there is no field: nothing fits, another column fits the field better, the caller said null, or it labels another. */
  unmapped?: 'unknown' | 'taken' | 'ignored' | 'label'
}

/**
 * Guesses which column goes to which field, from the headers: field names, labels, the caller's aliases and the
 * headers of common exports in four languages, whatever case, accents and punctuation. `overrides` go before the guess.
 * Of several columns for a field with one value the best one gets it and the others are `taken`.
 *
 * @example
 * mapColumns(['Vorname', 'Mobil', 'x'], fields, { x: 'custom.tier' })
 */
export function mapColumns(
  columns: readonly string[],
  fields: readonly ImportField[],
  overrides: ColumnOverrides = {},
): ColumnMapping[] {
  const byName = new Map(fields.map((field) => [field.name, field]))
  const headers = columns.map(readHeader)
  const chosen = readOverrides(columns, byName, overrides)
  const mapping = columns.map((column, index): ColumnMapping => ({ column, index, confidence: 0, unmapped: 'unknown' }))

  const used = new Set<string>()
  const map = (header: Header, field: ImportField, confidence: number) => {
    used.add(field.name)
    const { label, number } = isLabelled(field) ? header : { label: undefined, number: 1 }
    mapping[header.index] = {
      column: columns[header.index] as string,
      index: header.index,
      field: field.name,
      ...(label && { label }),
      ...(number > 1 && { number }),
      confidence,
    }
  }
  for (const [index, field] of chosen) {
    if (field) map(headers[index] as Header, field, 1)
    else (mapping[index] as ColumnMapping).unmapped = 'ignored'
  }
  for (const { header, field, fit } of candidates(headers, fields)) {
    const column = mapping[header.index] as ColumnMapping
    if (chosen.has(header.index) || column.field !== undefined) continue
    if (used.has(field.name) && !(takesMany(field) && fit > 0.5)) column.unmapped = 'taken'
    else map(header, field, Math.min(fit, 1))
  }
  addLabelColumns(mapping, headers, byName)
  return mapping
}

interface Candidate {
  header: Header
  field: ImportField
  fit: number
}

const LABEL_RANK: Readonly<Record<ColumnLabel, number>> = { work: 1, mobile: 2, home: 3, other: 4 }
const rank = ({ label, number }: Header) => (label ? LABEL_RANK[label] : 0) + number * 10

/** Every possible pair, the best first: better fit, then the unlabelled and lower-numbered, then from left to right. */
function candidates(headers: readonly Header[], fields: readonly ImportField[]): Candidate[] {
  const names = new Set(fields.map(({ name }) => name))
  const fits = new Map(
    fields.map((field) => {
      const fit = fitTo(field, names)
      return [field.name, headers.map(fit)]
    }),
  )
  pairNames(fits)
  const all = fields.flatMap((field) =>
    headers.map((header, at) => ({ header, field, fit: fits.get(field.name)?.[at] ?? 0 })),
  )
  return all
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || rank(a.header) - rank(b.header) || a.header.index - b.header.index)
}

/** `E-mail 1 - Label` says what `E-mail 1 - Value` is. */
function addLabelColumns(
  mapping: ColumnMapping[],
  headers: readonly Header[],
  fields: ReadonlyMap<string, ImportField>,
): void {
  for (const { index, words: text } of headers) {
    const stem = /^(.+) (?:label|type|typ|etikett|bezeichnung)$/.exec(text)?.[1]
    const column = mapping[index]
    if (!stem || column?.unmapped !== 'unknown') continue
    for (const value of mapping) {
      const field = fields.get(value.field ?? '')
      if (!field || !isLabelled(field) || !`${words(value.column)} `.startsWith(`${stem} `)) continue
      value.labelColumn = index
      column.unmapped = 'label'
    }
  }
}
