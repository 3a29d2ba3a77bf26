import type { Actor } from '../access/actor'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'

/** Whether the actor may know the field at all. A field made from others is hidden with any of them. */
export function isVisible(actor: Actor, table: RecordTable, name: string): boolean {
  if (actor.field(table.type, name) === 'none') return false
  if (name.startsWith('custom.') && actor.field(table.type, 'custom') === 'none') return false
  const sources = table.definition.madeFrom?.[name]
  return sources === undefined || sources.every((source) => isVisible(actor, table, source))
}

const hiddenOf = new WeakMap<Actor, Map<RecordTable, readonly string[]>>()

/** Fields of the type the actor may not know of: built-in names, and `custom.<name>`. */
export function hiddenFields(actor: Actor, table: RecordTable): readonly string[] {
  let byTable = hiddenOf.get(actor)
  if (!byTable) hiddenOf.set(actor, (byTable = new Map()))
  let hidden = byTable.get(table)
  if (!hidden) {
    const custom = isVisible(actor, table, 'custom') ? Object.keys(table.custom).map((name) => `custom.${name}`) : []
    hidden = [...table.fields.keys(), ...custom].filter((name) => !isVisible(actor, table, name))
    byTable.set(table, hidden)
  }
  return hidden
}

const writersOf = new WeakMap<Actor, Map<RecordTable, boolean>>()

/** True for an actor from whom no field of the type is hidden or read-only: the usual case, decided once. */
export function writesEverything(actor: Actor, table: RecordTable): boolean {
  let byTable = writersOf.get(actor)
  if (!byTable) writersOf.set(actor, (byTable = new Map()))
  let all = byTable.get(table)
  if (all === undefined) {
    const names = [...table.fields.keys(), ...(table.definition.parts ?? []), ...Object.keys(table.custom).map((name) => `custom.${name}`)]
    all = names.every((name) => isVisible(actor, table, name) && actor.field(table.type, name) === 'update')
    byTable.set(table, all)
  }
  return all
}

/** The record as the actor may see it: hidden fields are absent. Works on a record that is the caller's alone. */
export function showTo(actor: Actor, table: RecordTable, record: AnyRecord): AnyRecord {
  for (const name of hiddenFields(actor, table)) {
    if (name.startsWith('custom.')) delete record.custom[name.slice('custom.'.length)]
    else delete record[name]
  }
  return record
}
