import type { RecordType } from './field'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'

/** A record that another one links to, and by which field. */
export interface Concerned {
  link: string
  type: RecordType
  id: string
}

/** The records a record concerns, before or after a write, each once; only those whose link changed, when asked so. */
export function concernedBy(
  table: RecordTable,
  states: readonly (AnyRecord | undefined)[],
  onlyChanged = false,
): Concerned[] {
  const found: Concerned[] = []
  for (const link of table.definition.concerns ?? []) {
    const ids = new Set(states.map((state) => state?.[link]))
    if (onlyChanged && ids.size < 2) continue
    const type = table.fields.get(link)?.field.to as RecordType
    for (const id of ids) if (typeof id === 'string') found.push({ link, type, id })
  }
  return found
}
