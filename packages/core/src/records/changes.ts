import { sameValue } from './codec'
import type { Changes } from './event'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'

const NOT_LOGGED = new Set(['createdAt', 'createdBy', 'updatedAt', 'updatedBy', 'version', 'deletedAt', 'custom'])

/** What differs between two states of a record, field by field; custom fields as `custom.<name>`. */
export function changesBetween(table: RecordTable, before: AnyRecord | undefined, after: AnyRecord): Changes {
  const changes: Record<string, [unknown, unknown]> = {}
  for (const [name, bound] of table.fields) {
    if (NOT_LOGGED.has(name)) continue
    const was = before?.[name] ?? null
    const is = after[name] ?? null
    if (was === is) continue
    if (!before ? !isEmpty(is) : !sameValue(bound, was, is)) changes[name] = [was, is]
  }
  for (const name in table.custom) {
    const was = before?.custom[name] ?? null
    const is = after.custom[name] ?? null
    if (was !== is && JSON.stringify(was) !== JSON.stringify(is)) changes[`custom.${name}`] = [was, is]
  }
  return changes
}

const isEmpty = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0)

const NOBODY: { type: RecordTable['type']; id: string }[] = []

/** The records linked from this one, or named in it, whose timelines show its events. */
export function concernsOf(table: RecordTable, record: AnyRecord) {
  const { concerns, alsoConcerns } = table.definition
  if (!concerns) return NOBODY
  const linked = concerns.flatMap((name) => {
    const id = record[name]
    const type = table.fields.get(name)?.field.to
    return typeof id === 'string' && type ? [{ type: type as RecordTable['type'], id }] : []
  })
  const others = alsoConcerns?.(record).filter(({ id }) => !linked.some((one) => one.id === id))
  return others ? [...linked, ...others] : linked
}
