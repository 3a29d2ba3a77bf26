import type { ColumnSpec, ColumnType } from '@rapport/core/storage'

/** Bytes of a character at most. */
const WIDTH = 4
/** What InnoDB takes in one index. */
const LARGEST_KEY = 3072
/** Of a text without a length an index holds so many characters. */
const PREFIX = 255

/** Characters, where a column has a length. */
const LENGTHS: Partial<Record<ColumnType, number>> = { id: 36, code: 24, word: 70, key: 255, line: 255, date: 10 }

const TYPES: Partial<Record<ColumnType, string>> = {
  text: 'mediumtext',
  integer: 'bigint',
  real: 'double',
  instant: 'bigint',
  boolean: 'tinyint',
  json: 'longtext',
  bytes: 'mediumblob',
}

/**
 * Text sorts by code point and `'a'`, `'A'` and `'a '` are three, as on every other database. All text columns are of one
 * collation, so that comparing two of them can use the index of either. Each server reads its own name of it.
 */
export const COLLATE = 'collate /*M!100600 utf8mb4_nopad_bin */ /*!80000 utf8mb4_0900_bin */'

export function columnType(type: ColumnType): string {
  const length = LENGTHS[type]
  const name = length ? `varchar(${length})` : (TYPES[type] as string)
  return length || name.endsWith('text') ? `${name} character set utf8mb4 ${COLLATE}` : name
}

/**
 * The columns as parts of an index, as far as they fit. Those that an index is searched and ordered by always do; what
 * rides along to spare the row may not, and the primary key is in every index anyway. What is unique is never cut.
 */
export function keyParts(names: readonly string[], columns: readonly ColumnSpec[]): string {
  const parts: string[] = []
  let left = LARGEST_KEY
  for (const name of names) {
    const { type } = columns.find((column) => column.name === name) as ColumnSpec
    const length = LENGTHS[type] ?? (type === 'text' ? PREFIX : 2)
    if (length * WIDTH > left) continue
    left -= length * WIDTH
    parts.push(type === 'text' ? `\`${name}\`(${PREFIX})` : `\`${name}\``)
  }
  return parts.join(', ')
}
