import { invalid } from '../kernel/errors'
import { appendEvent } from './append-event'
import { authorOf, type Caller, nowOf } from './caller'
import { concernsOf } from './changes'
import { checkDuplicates } from './checks'
import { shown } from './create'
import type { Change } from './definition'
import { tableOf } from './engine'
import type { EventRecord } from './event'
import type { RecordType } from './field'
import { requireForWrite } from './find'
import { runHook } from './hooks'
import { runVerb, type VerbOptions } from './idempotency'
import { keepReminders } from './keys'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import { unlessConcurrent } from './update'
import type { WriteSession } from './write'

/** Hides the record from everything but `restore` and `purge`. */
export const deleteRecord = (caller: Caller, type: RecordType, id: string, options?: VerbOptions): Promise<void> =>
  runVerb(caller, `${type}.delete`, id, options, async (write) => deleteIn(write, type, id))

export async function deleteIn(write: WriteSession, type: RecordType, id: string): Promise<void> {
  const before = await requireForWrite(write, type, id, 'delete')
  await setDeleted(write, tableOf(write.caller.engine, type), before, nowOf(write.caller), 'deleted')
}

/** Brings a deleted record back. DUPLICATE when a live one has taken its email, domain or unique value. */
export const restoreRecord = (
  caller: Caller,
  type: RecordType,
  id: string,
  options?: VerbOptions,
): Promise<AnyRecord> =>
  runVerb(caller, `${type}.restore`, id, options, async (write) => {
    const table = tableOf(caller.engine, type)
    const before = await requireForWrite(write, type, id, 'delete', true)
    await checkDuplicates(write, table, before, () => true)
    return shown(write, type, await setDeleted(write, table, before, null, 'restored'))
  })

const NOTHING_GIVEN: ReadonlySet<string> = new Set()

async function setDeleted(write: WriteSession, table: RecordTable, before: AnyRecord, at: Date | null, verb: string) {
  const { caller, actor } = write
  const after = {
    ...before,
    deletedAt: at,
    updatedAt: nowOf(caller),
    updatedBy: authorOf(caller, actor),
    version: before.version + 1,
  }
  const update = `update ${table.name} set deleted_at = ?, updated_at = ?, updated_by = ?, version = ? where tenant_id = ? and id = ? and version = ?`
  const values = [at?.getTime() ?? null, after.updatedAt.getTime(), after.updatedBy, after.version]
  await write.send(update, [...values, caller.tenant, before.id, before.version], unlessConcurrent(table, before))
  await keepReminders(write, table, before, after)
  const change: Change = { before, after, given: NOTHING_GIVEN, caller, write }
  if (table.definition.afterRemove) await table.definition.afterRemove(change)
  if (table.definition.nextStep) await (await import('./next-step')).planConcerned(change, table)
  const event = await recordEvent(write, table, after, verb)
  await runHook(write, table.type, before, after, event)
  return after
}

const recordEvent = (write: WriteSession, table: RecordTable, record: AnyRecord, verb: string): Promise<EventRecord> =>
  appendEvent(write, {
    name: `${table.definition.table}.${verb}`,
    recordType: table.type,
    recordId: record.id,
    recordVersion: record.version,
    changes: {},
    about: concernsOf(table, record),
  })

/**
 * Removes a deleted record for good, with its notes, keys and shares; links to it become empty, and what the event
 * log says of its content is blanked. Figures that counted it change. Not reversible.
 */
export const purgeRecord = (caller: Caller, type: RecordType, id: string, options?: VerbOptions): Promise<void> =>
  runVerb(caller, `${type}.purge`, id, options, async (write) => {
    const { engine, tenant, storage } = caller
    const table = tableOf(engine, type)
    const record = await requireForWrite(write, type, id, 'purge', true).catch(async (error) => {
      const live = await requireForWrite(write, type, id, 'purge').catch(() => undefined)
      throw live ? invalid('id', 'not-deleted', 'Delete the record first; only deleted records can be purged.') : error
    })
    for (const [child, column] of table.definition.sideTables ?? []) {
      await write.send(`delete from ${storage.table(child)} where tenant_id = ? and ${column} = ?`, [tenant, id])
    }
    for (const [other, column] of table.definition.mentionedIn ?? []) {
      await write.send(`update ${storage.table(other)} set ${column} = null where tenant_id = ? and ${column} = ?`, [
        tenant,
        id,
      ])
    }
    for (const other of engine.tables.values()) {
      for (const bound of other.fields.values()) {
        if (bound.field.kind !== 'link' || bound.field.to !== type) continue
        const column = bound.columns[0] as string
        await write.send(`update ${other.name} set ${column} = null where tenant_id = ? and ${column} = ?`, [
          tenant,
          id,
        ])
      }
    }
    const said = `select id from ${storage.table('note')} where tenant_id = ? and record_id = ?`
    await write.send(
      `update ${storage.table('event')} set changes = '{}' where tenant_id = ? and record_id in (${said})`,
      [tenant, tenant, id],
    )
    for (const child of ['note', 'record_key', 'share', 'reminder', 'notification']) {
      await write.send(`delete from ${storage.table(child)} where tenant_id = ? and record_id = ?`, [tenant, id])
    }
    await write.send(`update ${storage.table('event')} set changes = '{}' where tenant_id = ? and record_id = ?`, [
      tenant,
      id,
    ])
    await write.send(`delete from ${table.name} where tenant_id = ? and id = ?`, [tenant, id])
    await recordEvent(write, table, { ...record, version: record.version + 1 }, 'purged')
  })
