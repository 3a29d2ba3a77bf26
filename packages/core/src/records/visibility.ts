import type { Actor } from '../access/actor'
import { cached } from '../kernel/cached'
import { CrmError } from '../kernel/errors'
import type { RecordType } from './field'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'

/** Whether the actor may know the field at all. A field made from others is hidden with any of them; two may be made of each other. */
export function isVisible(actor: Actor, table: RecordTable, name: string, asked: readonly string[] = []): boolean {
  if (actor.field(table.type, name) === 'none') return false
  if (name.startsWith('custom.') && actor.field(table.type, 'custom') === 'none') return false
  const sources = table.definition.madeFrom?.[name]
  if (sources === undefined) return true
  const path = [...asked, name]
  return sources.every((source) => path.includes(source) || isVisible(actor, table, source, path))
}

type ByTable<T> = WeakMap<Actor, Map<RecordTable, T>>

const perTable = <T>(of: ByTable<T>, actor: Actor, table: RecordTable, make: () => T): T =>
  cached(
    cached(of, actor, () => new Map()),
    table,
    make,
  )

const customNames = (table: RecordTable) => Object.keys(table.custom).map((name) => `custom.${name}`)

const hiddenOf: ByTable<readonly string[]> = new WeakMap()

/** Fields of the type the actor may not know of: built-in names, and `custom.<name>`. */
export const hiddenFields = (actor: Actor, table: RecordTable): readonly string[] =>
  perTable(hiddenOf, actor, table, () => {
    const custom = isVisible(actor, table, 'custom') ? customNames(table) : []
    return [...table.fields.keys(), ...custom].filter((name) => !isVisible(actor, table, name))
  })

const writersOf: ByTable<boolean> = new WeakMap()

/** True for an actor from whom no field of the type is hidden or read-only: the usual case, decided once. */
export const writesEverything = (actor: Actor, table: RecordTable): boolean =>
  perTable(writersOf, actor, table, () => {
    const names = [...table.fields.keys(), ...(table.definition.parts ?? []), ...customNames(table)]
    return names.every((name) => isVisible(actor, table, name) && actor.field(table.type, name) === 'update')
  })

/** The record as the actor may see it: hidden fields are absent. Works on a record that is the caller's alone. */
export function showTo(actor: Actor, table: RecordTable, record: AnyRecord): AnyRecord {
  for (const name of hiddenFields(actor, table)) {
    if (name.startsWith('custom.')) delete record.custom[name.slice('custom.'.length)]
    else delete record[name]
  }
  return record
}

/** FORBIDDEN for a part of records that the role hides. Depends on the role alone, never on the record. */
export const hiddenPart = (type: RecordType, part: string): CrmError =>
  new CrmError('FORBIDDEN', `You may not see the ${part} of ${type}.`, {
    field: part,
    rule: 'field-not-readable',
    remedy: 'Ask an administrator for a role that may read it.',
  })
