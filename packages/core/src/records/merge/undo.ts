import type { SqlValue } from '../../storage/port'
import { sameValue } from '../codec'
import type { Changes } from '../event'
import type { RecordTable } from '../record-table'
import type { AnyRecord } from '../types'
import { TOO_MANY } from './side'

/** What a merge remembers so that it can be undone. */
export interface MergeUndo {
  /** The winner's fields that it changed, as stored: before and after. Custom fields as they are. */
  fields: Record<string, [before: SqlValue[], after: SqlValue[]]>
  custom: Record<string, [before: unknown, after: unknown]>
  /** What each loser's sides moved, by name of the side. */
  losers: Record<string, Record<string, unknown>>
}

/** Null when it would be too much. */
export function undoOf(table: RecordTable, changes: Changes, losers: MergeUndo['losers']): MergeUndo | null {
  if (Object.values(losers).some((sides) => Object.values(sides).includes(TOO_MANY))) return null
  const undo: MergeUndo = { fields: {}, custom: {}, losers }
  for (const [name, [before, after]] of Object.entries(changes)) {
    if (name.startsWith('custom.')) undo.custom[name.slice('custom.'.length)] = [before, after]
    else {
      const bound = table.fields.get(name)
      if (bound) undo.fields[name] = [written(bound, before), written(bound, after)]
    }
  }
  return undo
}

type Bound = NonNullable<ReturnType<RecordTable['fields']['get']>>
const written = (bound: Bound, value: unknown) => bound.write(value).slice(0, bound.columns.length)

/** The winner without what the merge gave it. A field changed since keeps its value; a list only loses what came by the merge. */
export function withoutMerge(table: RecordTable, winner: AnyRecord, { fields, custom }: MergeUndo): AnyRecord {
  const after: AnyRecord = { ...winner, custom: { ...winner.custom } }
  for (const [name, [before, merged]] of Object.entries(fields)) {
    const bound = table.fields.get(name)
    if (!bound) continue
    const [was, became] = [bound.read(before, 0), bound.read(merged, 0)]
    if (sameValue(bound, winner[name], became)) after[name] = was
    else if (Array.isArray(became)) after[name] = without(winner[name] as unknown[], became, was as unknown[])
  }
  for (const [name, [was, became]] of Object.entries(custom)) {
    if (JSON.stringify(winner.custom[name] ?? null) !== JSON.stringify(became)) continue
    if (was === null) delete after.custom[name]
    else after.custom[name] = was
  }
  return after
}

function without(current: readonly unknown[], merged: readonly unknown[], before: readonly unknown[]): unknown[] {
  const key = (value: unknown) =>
    typeof value === 'object' && value !== null && 'value' in value ? String(value.value) : JSON.stringify(value)
  const had = new Set(before.map(key))
  const came = new Set(merged.map(key).filter((one) => !had.has(one)))
  return current.filter((value) => !came.has(key(value)))
}
