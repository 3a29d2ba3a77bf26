import { forbidden } from '../access/actor'
import { inScope } from '../access/scope'
import { isFreeMailDomain } from '../kernel/email'
import { CrmError, invalid, type Problem } from '../kernel/errors'
import { hasForbiddenCharacters } from '../kernel/text'
import { and, inList, raw, type Sql, sql } from '../storage/sql'
import { isServerOwned, type LabelledValue, type RecordType } from './field'
import { findInScope } from './find'
import { holdValues } from './guard'
import { uniqueText } from './keys'
import { type Operand, operandOf } from './operand'
import { liveRows, type QueryContext, readableRows } from './query'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import { isVisible, writesEverything } from './visibility'
import type { WriteSession } from './write'

export const writeQuery = ({ caller, actor }: WriteSession): QueryContext => ({
  engine: caller.engine,
  tenant: caller.tenant,
  actor,
  now: caller.past?.at ?? caller.engine.clock.now(),
})

/** Refuses fields the actor may not write. A hidden field is refused as one that does not exist. */
export function checkFieldAccess(write: WriteSession, table: RecordTable, values: Record<string, unknown>) {
  const { actor } = write
  if (writesEverything(actor, table)) return
  const custom = Object.keys((values.custom as object | undefined) ?? {}).map((name) => `custom.${name}`)
  const problems: Problem[] = []
  for (const name of [...Object.keys(values).filter((name) => name !== 'custom' && !isOurs(table, name)), ...custom]) {
    if (!isVisible(actor, table, name)) {
      problems.push({
        field: name,
        rule: 'unknown-key',
        remedy: 'Remove it, or check the spelling: there is no such field.',
      })
    } else if (actor.field(table.type, name) !== 'update') {
      throw new CrmError('FORBIDDEN', `You may not change ${name}.`, {
        field: name,
        rule: 'field-not-writable',
        remedy: `Leave ${name} out, or ask an administrator for a role that may change it.`,
      })
    }
  }
  if (problems.length > 0)
    throw new CrmError('VALIDATION', `The ${table.definition.table} has unknown fields.`, problems)
}

/** Callers cannot give fields of ours: where one is among the values, a verb has set it. */
const isOurs = (table: RecordTable, name: string): boolean => {
  const field = table.fields.get(name)?.field
  return field !== undefined && isServerOwned(field)
}

/** Whether any value given is a link or a user that must be looked up. */
export const pointsSomewhere = (table: RecordTable, values: Record<string, unknown>): boolean =>
  table.pointers.some(({ name }) => values[name] != null) || values.custom !== undefined

/** Whether the type has anything that two records may not share. */
export const hasUniqueness = ({ definition, custom }: RecordTable): boolean =>
  definition.duplicateBy !== undefined || Object.values(custom).some((field) => field.unique)

/** Every link given must lead to a live record the writer can see; every user must exist and be active. */
export async function checkTargets(write: WriteSession, table: RecordTable, values: Record<string, unknown>) {
  for (const { name, field } of table.pointers) {
    const value = values[name]
    if (value == null) continue
    if (field.kind === 'user') await requireActiveUser(write, name, value as string)
    else if (!(await findInScope(writeQuery(write), write, field.to as RecordType, value as string, 'read'))) {
      throw missingTarget(name, field.to as string)
    }
  }
  for (const [name, value] of Object.entries((values.custom as object | undefined) ?? {})) {
    const field = table.custom[name]
    if (value === null || !field) continue
    if (field.kind === 'user') await requireActiveUser(write, `custom.${name}`, value as string)
    if (
      field.kind === 'link' &&
      !(await findInScope(writeQuery(write), write, field.to as RecordType, value as string, 'read'))
    ) {
      throw missingTarget(`custom.${name}`, field.to as string)
    }
  }
}

const missingTarget = (field: string, type: string) =>
  invalid(
    field,
    'missing-target',
    `Give the id of one of your ${type}; this one does not exist, is deleted, or is out of your reach.`,
  )

export async function requireActiveUser(write: WriteSession, field: string, user: string) {
  const { storage, tenant } = write.caller
  const select = `select active from ${storage.table('user')} where tenant_id = ? and id = ?`
  const [row] = hasForbiddenCharacters(user) ? [] : await write.all(select, [tenant, user])
  if (!row) throw invalid(field, 'unknown-user', 'Give the id of a user; call users.sync first.')
  if (!row[0]) throw invalid(field, 'inactive-user', 'Give the id of an active user.')
}

/** Whom a record may be given to: oneself on create, else whoever the level of `assign` reaches. */
export async function checkOwner(
  write: WriteSession,
  table: RecordTable,
  before: AnyRecord | undefined,
  owner: string | null,
) {
  const { actor } = write
  if (before ? before.owner === owner : actor.user !== null && owner === actor.user) return
  const scope = actor.scope(table.type, 'assign')
  const mine = before?.owner != null && before.owner === actor.user
  const givable = before === undefined || inScope(scope, before, new Set())
  const reachable =
    scope.kind === 'all' || (scope.kind === 'owners' && (owner === null ? mine : actor.colleagues.has(owner)))
  if (!givable || !reachable) throw forbidden(table.type, 'assign')
  if (owner !== null) await requireActiveUser(write, 'owner', owner)
}

/**
 * No second live record with the same email, domain or host-declared unique value. Compared are the records the
 * writer can see, so that the answer gives nothing away; a field marked `unique` is compared across the tenant.
 */
export async function checkDuplicates(
  write: WriteSession,
  table: RecordTable,
  record: AnyRecord,
  changed: (name: string) => boolean,
) {
  const query = writeQuery(write)
  for (const name of write.allowDuplicates ? [] : (table.definition.duplicateBy ?? [])) {
    if (!changed(name) || !isVisible(write.actor, table, name)) continue
    const values = comparedValues(query, table, record, name)
    if (values.length === 0) continue
    await holdValues(write, table, name, values)
    const matches = sameAs(query, table, name, values)
    const anybodys = table.fields.get(name)?.field.unique === true
    const others = and(
      anybodys ? liveRows(query, 'r') : readableRows(query, table, 'r'),
      matches,
      sql`r.id <> ${record.id}`,
    )
    await refuseIfFound(write, table, name, others, anybodys ? onlyOne(table) : undefined)
  }
  for (const [name, field] of Object.entries(table.custom)) {
    const value = record.custom[name]
    if (!field.unique || value == null || !changed('custom')) continue
    const text = await uniqueText(query.engine, field, value)
    await holdValues(write, table, `custom.${name}`, [text])
    const ids = keyed(query, table, `custom.${name}`, [text])
    const others = sql`r.tenant_id = ${query.tenant} and r.deleted_at is null and ${ids} and r.id <> ${record.id}`
    await refuseIfFound(write, table, `custom.${name}`, others, onlyOne(table))
  }
}

/** Without the id of the other one, which the writer may not be able to see. */
const onlyOne = ({ definition }: RecordTable) => `Give a value that no other ${definition.table} has.`

/** Rows that have one of the values in the key table. */
const keyed = ({ engine, tenant }: QueryContext, { type }: RecordTable, kind: string, values: readonly string[]): Sql =>
  sql`r.id in (select record_id from ${raw(engine.storage.table('record_key'))} where tenant_id = ${tenant} and record_type = ${type} and kind = ${kind} and ${inList(raw('value'), values)})`

/** The record's values of a field as they are compared; none where nothing is to be compared. */
function comparedValues(query: QueryContext, table: RecordTable, record: AnyRecord, name: string): string[] {
  const value = record[name]
  const kind = table.definition.keys?.[name]
  if (kind)
    return ((value as LabelledValue[] | null) ?? []).map((one) => query.engine.normalise(kind, one.value) ?? one.value)
  const operand = operandOf(query, table, name, 'r', name)
  if (value == null || !operand) return []
  const wanted = String(operand.toSql(value))
  return operand.field.normalised === 'domain' && isFreeMailDomain(wanted) ? [] : [wanted]
}

function sameAs(query: QueryContext, table: RecordTable, name: string, values: readonly string[]): Sql {
  const kind = table.definition.keys?.[name]
  if (kind) return keyed(query, table, kind, values)
  const { value } = operandOf(query, table, name, 'r', name) as Operand
  return inList(value, values)
}

async function refuseIfFound(write: WriteSession, table: RecordTable, field: string, where: Sql, remedy?: string) {
  const select = sql`select r.id from ${raw(table.name)} r where ${where} limit 1`
  const [row] = await write.all(select.text, select.params)
  if (!row) return
  throw new CrmError('DUPLICATE', `Another ${table.definition.table} has the same ${field}.`, {
    field,
    rule: 'duplicate',
    remedy: remedy ?? `Update the ${table.definition.table} ${String(row[0])} instead, or give another ${field}.`,
  })
}
