import { invalid } from '../../kernel/errors'
import { type ImportField, takesMany } from './import-field'
import { words } from './words'

/** Field by header; null leaves a column out. Headers are compared exactly, else without case, accents and punctuation. */
export type ColumnOverrides = Readonly<Record<string, string | null>>

/** The caller's word on columns: field by position, null for a column to leave out. */
export function readOverrides(
  columns: readonly string[],
  fields: ReadonlyMap<string, ImportField>,
  overrides: ColumnOverrides,
): Map<number, ImportField | null> {
  if (typeof overrides !== 'object' || overrides === null)
    throw invalid('mapping', 'wrong-type', "Give fields by column, such as { 'E-mail 1': 'email' }.")
  const chosen = new Map<number, ImportField | null>()
  const usedBy = new Map<string, string>()
  for (const [header, name] of Object.entries(overrides)) {
    const index = positionOf(header, columns)
    if (chosen.has(index))
      throw invalid(`mapping.${header}`, 'mapped-twice', `Name the column "${columns[index]}" once.`)
    if (name === null) {
      chosen.set(index, null)
      continue
    }
    const field = fields.get(name)
    if (!field) {
      const known = `Use one of the fields ${[...fields.keys()].join(', ')}, or null to leave the column out.`
      throw invalid(`mapping.${header}`, 'unknown-field', known)
    }
    const other = usedBy.get(name)
    if (other !== undefined && !takesMany(field))
      throw invalid(
        `mapping.${header}`,
        'mapped-twice',
        `"${name}" has one value: map "${other}" or "${header}" to it, not both.`,
      )
    usedBy.set(name, header)
    chosen.set(index, field)
  }
  return chosen
}

function positionOf(header: string, columns: readonly string[]): number {
  const exact = columns.indexOf(header)
  if (exact >= 0) return exact
  const wanted = words(header)
  const similar = columns.flatMap((column, index) => (words(column) === wanted ? [index] : []))
  if (similar.length === 1) return similar[0] as number
  const known = columns.map((column) => `"${column}"`).join(', ')
  throw invalid(`mapping.${header}`, 'unknown-column', `Use a header of the file: ${known}.`)
}
