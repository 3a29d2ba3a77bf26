import { forbidden, requireAny } from '../access/actor'
import { newId } from '../kernel/ids'
import { appendEvent } from './append-event'
import { assignOwner } from './assignment'
import { authorOf, type Caller, nowOf } from './caller'
import { changesBetween, concernsOf } from './changes'
import { checkDuplicates, checkFieldAccess, checkOwner, checkTargets, hasUniqueness, pointsSomewhere } from './checks'
import type { Change } from './definition'
import { tableOf } from './engine'
import type { RecordType } from './field'
import { runHook, runValidateHook } from './hooks'
import { runVerb, type VerbOptions } from './idempotency'
import { keepReminders, writeKeys } from './keys'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import { hiddenFields, showTo } from './visibility'
import type { WriteSession } from './write'

export async function createRecord(
  caller: Caller,
  type: RecordType,
  input: unknown,
  options?: VerbOptions,
): Promise<AnyRecord> {
  const values = await validateCreate(caller, type, input)
  return runVerb(caller, `${type}.create`, input, options, async (write) =>
    shown(write, type, await createIn(write, type, values)),
  )
}

/** Clean values of a create, before any SQL. */
export async function validateCreate(
  caller: Caller,
  type: RecordType,
  input: unknown,
): Promise<Record<string, unknown>> {
  const ready = caller.engine.ready(caller.storage)
  if (ready) await ready
  const values = caller.engine.validator(type).create(input)
  const hooked = runValidateHook(caller.engine, type, values, 'create')
  if (hooked) await hooked
  return values
}

/** The record as its writer may see it. */
export function shown(write: WriteSession, type: RecordType, record: AnyRecord): AnyRecord {
  const table = tableOf(write.caller.engine, type)
  if (hiddenFields(write.actor, table).length === 0) return record
  return showTo(write.actor, table, { ...record, custom: { ...record.custom } })
}

/** Creates a record from clean values, inside an open transaction: checks first, then row, keys, event, hook. */
export async function createIn(
  write: WriteSession,
  type: RecordType,
  values: Record<string, unknown>,
): Promise<AnyRecord> {
  const { caller, actor } = write
  const table = tableOf(caller.engine, type)
  const scope = requireAny(actor, type, 'create')
  checkFieldAccess(write, table, values)
  const record = draft(write, table, values)
  record.owner = values.owner === undefined ? await defaultOwner(write, table) : (values.owner as string | null)
  if (values.owner !== undefined) await checkOwner(write, table, undefined, record.owner)
  if (scope.kind === 'owners' && !(record.owner !== null && scope.owners.has(record.owner)))
    throw forbidden(type, 'create')
  if (pointsSomewhere(table, values)) await checkTargets(write, table, values)
  return storeNew(write, table, record, new Set(Object.keys(values)))
}

/** Stores a record whose writer was checked, or that follows from what they may do: rules, row, keys, event, hook. */
export async function storeNew(
  write: WriteSession,
  table: RecordTable,
  record: AnyRecord,
  given: ReadonlySet<string>,
): Promise<AnyRecord> {
  const { caller } = write
  const { type } = table
  const change: Change = { before: undefined, after: record, given, caller, write }
  if (table.definition.rules) await table.definition.rules(change)
  if (hasUniqueness(table)) await checkDuplicates(write, table, record, () => true)

  await write.send(table.insertSql, table.insertRow(caller.tenant, record))
  await writeKeys(write, table, undefined, record)
  await keepReminders(write, table, undefined, record)
  if (table.definition.afterWrite) await table.definition.afterWrite(change)
  if (table.definition.nextStep) await (await import('./next-step')).planConcerned(change, table)
  const event = await appendEvent(write, {
    name: `${table.definition.table}.created`,
    recordType: type,
    recordId: record.id,
    recordVersion: 1,
    changes: changesBetween(table, undefined, record),
    about: concernsOf(table, record),
  })
  const hook = runHook(write, type, undefined, record, event)
  if (hook) await hook
  return record
}

/** A new record of these values, without an owner. */
export function draft({ caller, actor }: WriteSession, table: RecordTable, values: Record<string, unknown>): AnyRecord {
  const record: Record<string, unknown> = table.blank()
  for (const name in values) {
    const value = values[name]
    if (name === 'custom') Object.assign(record.custom as object, withoutNulls(value as object))
    else if (value !== null) record[name] = value
  }
  record.id = newId()
  record.createdAt = record.updatedAt = nowOf(caller)
  record.createdBy = record.updatedBy = authorOf(caller, actor)
  record.version = 1
  return record as AnyRecord
}

const withoutNulls = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))

const defaultOwner = (write: WriteSession, table: RecordTable) =>
  write.actor.user ?? write.caller.past?.by ?? assignOwner(write, table)
