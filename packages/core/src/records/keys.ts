import { sha256 } from '../kernel/digest'
import { foldText } from '../kernel/text'
import type { Engine } from './engine'
import type { Field, LabelledValue } from './field'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import type { WriteSession } from './write'

/** Rows of the key table for a record: its tags, emails and phones in normal form, and unique custom values. */
async function keysOf(
  write: WriteSession,
  table: RecordTable,
  record: AnyRecord,
): Promise<[kind: string, value: string][]> {
  const keys: [string, string][] = record.tags.map((tag) => ['tag', foldText(tag)])
  for (const [name, kind] of Object.entries(table.definition.keys ?? {})) {
    for (const { value } of (record[name] as LabelledValue[] | null) ?? []) {
      const normal = write.caller.engine.normalise(kind, value)
      if (normal) keys.push([kind, normal])
    }
  }
  for (const [name, field] of Object.entries(table.custom)) {
    const value = record.custom[name]
    if (field.unique && value != null)
      keys.push([`custom.${name}`, await uniqueText(write.caller.engine, field, value)])
  }
  return [...new Map(keys.map((key) => [key.join('\n'), key])).values()]
}

const LONGEST_KEY = 255

/** A value of any kind as text that only equal values have: emails and phones in normal form, long texts as their digest. */
export async function uniqueText(engine: Engine, { normalised }: Field, value: unknown): Promise<string> {
  const normal = normalised && typeof value === 'string' && engine.normalise(normalised, value)
  const text = normal || plainText(value)
  return text.length <= LONGEST_KEY ? text : `sha256 ${await sha256(text)}`
}

const plainText = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** Keeps the key table in step with the record. No statement when nothing of it changed. */
export async function writeKeys(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord | undefined,
  after: AnyRecord,
) {
  const keys = await keysOf(write, table, after)
  const { storage, tenant } = write.caller
  const name = storage.table('record_key')
  if (before) {
    if (JSON.stringify(await keysOf(write, table, before)) === JSON.stringify(keys)) return
    await write.send(`delete from ${name} where tenant_id = ? and record_id = ?`, [tenant, after.id])
  }
  if (keys.length === 0) return
  const rows = keys.map(() => '(?, ?, ?, ?, ?)').join(', ')
  const values = keys.flatMap(([kind, value]) => [tenant, table.type, kind, value, after.id])
  await write.send(`insert into ${name} (tenant_id, record_type, kind, value, record_id) values ${rows}`, values)
}

/** Keeps the queue of reminders in step with the record. Nothing is loaded for records that have none. */
export async function keepReminders(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord | undefined,
  after: AnyRecord,
): Promise<void> {
  const hasSome = [before, after].some((record) => (record?.reminders as unknown[] | undefined)?.length)
  if (hasSome) await (await import('./reminder-plan')).planReminders(write, table, before, after)
}
