import { CrmError, invalid, type Problem } from '../kernel/errors'
import { SEARCH_TEXT } from '../storage/migrations/0002-search'
import type { SqlValue } from '../storage/port'
import { appendEvent } from './append-event'
import { authorOf, type Caller, nowOf } from './caller'
import { changesBetween, concernsOf } from './changes'
import { checkDuplicates, checkFieldAccess, checkOwner, checkTargets } from './checks'
import { shown } from './create'
import type { Change } from './definition'
import { tableOf } from './engine'
import type { Changes, EventRecord } from './event'
import type { RecordType } from './field'
import { isLocked, requireForWrite } from './find'
import { runHook, runValidateHook } from './hooks'
import { runVerb, type VerbOptions } from './idempotency'
import { keepReminders, writeKeys } from './keys'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import { isVisible } from './visibility'
import type { WriteSession } from './write'

export interface UpdateOptions extends VerbOptions {
  /** The version the caller read. A CONFLICT is reported only when a field given here changed since. */
  ifVersion?: number | undefined
}

export async function updateRecord(
  caller: Caller,
  type: RecordType,
  id: string,
  patch: unknown,
  options: UpdateOptions = {},
): Promise<AnyRecord> {
  const values = await validatePatch(caller, type, patch)
  return runVerb(caller, `${type}.update`, [id, patch, options.ifVersion], options, async (write) =>
    shown(write, type, await updateIn(write, type, id, values, options.ifVersion)),
  )
}

export async function validatePatch(
  caller: Caller,
  type: RecordType,
  patch: unknown,
): Promise<Record<string, unknown>> {
  const ready = caller.engine.ready(caller.storage)
  if (ready) await ready
  const values = caller.engine.validator(type).patch(patch)
  const hooked = runValidateHook(caller.engine, type, values, 'update')
  if (hooked) await hooked
  return values
}

/** Changes a record from clean values, inside an open transaction. Nothing differs: nothing is written. */
export async function updateIn(
  write: WriteSession,
  type: RecordType,
  id: string,
  values: Record<string, unknown>,
  ifVersion?: number,
) {
  const table = tableOf(write.caller.engine, type)
  const before = await requireForWrite(write, type, id, onlyOwner(values) ? 'assign' : 'update')
  checkFieldAccess(write, table, values)
  if (values.owner !== undefined) await checkOwner(write, table, before, values.owner as string | null)
  const after = patched(before, values)
  if (ifVersion !== undefined && ifVersion !== before.version)
    await checkConflicts(write, table, before, after, values, ifVersion)
  await checkTargets(write, table, differing(before, values))
  return saveChange(write, table, before, after, new Set(Object.keys(values)))
}

/** Writes what differs between `before` and `after`, with rules, keys, event and hook. For verbs that set server fields. */
export async function saveChange(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord,
  after: AnyRecord,
  given: ReadonlySet<string>,
  eventName?: string,
  more: MoreOfEvent = {},
) {
  const { caller } = write
  const change: Change = { before, after, given, caller, write }
  if (table.definition.rules) await table.definition.rules(change)
  const changes = changesBetween(table, before, after)
  if (Object.keys(changes).length === 0 && !more.changes) return before
  await checkDuplicates(
    write,
    table,
    after,
    (name) => name in changes || (name === 'custom' && Object.keys(changes).some((key) => key.startsWith('custom.'))),
  )

  await writeRow(write, table, before, after, changes)
  await writeKeys(write, table, before, after)
  await keepReminders(write, table, before, after)
  if (table.definition.afterWrite) await table.definition.afterWrite(change)
  if (table.definition.nextStep) await (await import('./next-step')).planConcerned(change, table)
  const event = await appendEvent(write, {
    name:
      eventName ??
      table.definition.eventName?.(change) ??
      `${table.definition.table}.${'owner' in changes ? 'assigned' : 'updated'}`,
    recordType: table.type,
    recordId: after.id,
    recordVersion: after.version,
    changes: { ...changes, ...more.changes },
    about: [...concernsOf(table, after), ...(more.about ?? [])],
  })
  const hook = runHook(write, table.type, before, after, event)
  if (hook) await hook
  if (table.definition.afterEvent) await table.definition.afterEvent(change)
  return after
}

/** What the event of a change also tells: parts kept in side tables, and other records it concerns. */
export interface MoreOfEvent {
  changes?: Changes
  about?: EventRecord['about']
}

const onlyOwner = (values: Record<string, unknown>) =>
  Object.keys(values).every((name) => name === 'owner') && values.owner !== undefined

function patched(before: AnyRecord, values: Record<string, unknown>): AnyRecord {
  const custom = { ...before.custom, ...(values.custom as object | undefined) }
  for (const name in custom) if (custom[name] === null) delete custom[name]
  return { ...before, ...values, custom } as AnyRecord
}

const differing = (before: AnyRecord, values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => name === 'custom' || before[name] !== value))

async function writeRow(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord,
  after: AnyRecord,
  changes: Changes,
) {
  const { caller, actor } = write
  after.updatedAt = nowOf(caller)
  after.updatedBy = authorOf(caller, actor)
  after.version = before.version + 1
  const names = Object.keys(changes).filter((name) => !name.startsWith('custom.'))
  if (names.length < Object.keys(changes).length) names.push('custom')
  const sets: string[] = []
  const values: SqlValue[] = []
  for (const name of [...names, 'updatedAt', 'updatedBy', 'version']) {
    const bound = table.fields.get(name) as NonNullable<ReturnType<typeof table.fields.get>>
    for (const column of [...bound.columns, ...(bound.derived ? [bound.derived] : [])]) sets.push(`${column} = ?`)
    values.push(...bound.write(after[name]))
  }
  if (table.searched.names.some((name) => name in changes)) {
    sets.push(`${SEARCH_TEXT} = ?`)
    values.push(table.searched.textOf(after))
  }
  const update = `update ${table.name} set ${sets.join(', ')} where tenant_id = ? and id = ? and version = ?`
  await write.send(update, [...values, caller.tenant, before.id, before.version], unlessConcurrent(table, before))
}

/** For an update of the version that was read: no row changed means that somebody was faster. Not asked where nobody can be. */
export const unlessConcurrent = (table: RecordTable, before: AnyRecord) =>
  isLocked(before) ? undefined : (changed: number) => refuseUnchanged(table, changed)

function refuseUnchanged(table: RecordTable, changed: number) {
  if (changed > 0) return
  throw new CrmError('CONFLICT', `The ${table.definition.table} was changed at the same moment.`, {
    field: 'version',
    rule: 'changed-meanwhile',
    remedy: 'Read the record again and repeat the change.',
  })
}

/** Fields and parts of a record that changed since the version the caller read, from the event log. */
async function changedSince(write: WriteSession, before: AnyRecord, ifVersion: number): Promise<ReadonlySet<string>> {
  if (!Number.isInteger(ifVersion) || ifVersion < 1 || ifVersion > before.version) {
    throw invalid('ifVersion', 'unknown-version', `Give the version you read; the record is at ${before.version}.`)
  }
  const { storage, tenant } = write.caller
  const rows = await write.all(
    `select changes from ${storage.table('event')} where tenant_id = ? and record_id = ? and record_version > ?`,
    [tenant, before.id, ifVersion],
  )
  return new Set(rows.flatMap(([changes]) => Object.keys(JSON.parse(String(changes)))))
}

/** CONFLICT when one of these fields or parts changed since that version. For verbs that replace a part as a whole. */
export async function refuseIfChanged(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord,
  ifVersion: number,
  parts: readonly string[],
) {
  if (ifVersion === before.version) return
  const changed = await changedSince(write, before, ifVersion)
  const problems = parts
    .filter((part) => changed.has(part))
    .map(
      (field): Problem => ({
        field,
        rule: 'changed-meanwhile',
        remedy: 'Read it again, then save with the new version.',
      }),
    )
  if (problems.length > 0)
    throw new CrmError(
      'CONFLICT',
      `The ${table.definition.table} was changed by somebody else since version ${ifVersion}.`,
      problems,
    )
}

/** Field-level three-way comparison against what changed since the version the caller read. */
async function checkConflicts(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord,
  after: AnyRecord,
  values: Record<string, unknown>,
  ifVersion: number,
) {
  const since = await changedSince(write, before, ifVersion)
  const wanted = changesBetween(table, before, after)
  const problems = Object.keys(wanted)
    .filter((name) => since.has(name) && (name in values || name.startsWith('custom.')))
    .map((name): Problem => {
      const [theirs, yours] = wanted[name] as readonly [unknown, unknown]
      const remedy = 'Show both values and let the user choose, then save with the new version.'
      return {
        field: name,
        rule: 'changed-meanwhile',
        remedy,
        yours,
        ...(isVisible(write.actor, table, name) && { theirs }),
      }
    })
  if (problems.length > 0) {
    throw new CrmError(
      'CONFLICT',
      `The ${table.definition.table} was changed by somebody else since version ${ifVersion}.`,
      problems,
    )
  }
}
