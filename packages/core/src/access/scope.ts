import type { SqlValue } from '../storage/port'
import { FALSE, inList, join, or, raw, type Sql, sql, TRUE } from '../storage/sql'
import type { Level } from './roles'

/** What the rule needs to know of a record. */
export interface Owned {
  id: string
  owner: string | null
}

/**
 * The records one actor may do one thing with. The same object decides a record in memory ({@link inScope})
 * and filters rows in SQL ({@link scopeSql}).
 */
export type Scope =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | {
      readonly kind: 'owners'
      /** Users whose records are in scope. */
      readonly owners: ReadonlySet<string>
      /** Shares that also bring a record into scope; absent where sharing does not count. */
      readonly shared?: SharedWith
      /** User whose invitations also do: to read a meeting, and nothing else. */
      readonly invited?: string
    }

export interface SharedWith {
  readonly user: string
  readonly teams: readonly string[]
  /** `edit` when only shares for editing count. */
  readonly level: 'read' | 'edit'
}

export const NOTHING: Scope = { kind: 'none' }
export const EVERYTHING: Scope = { kind: 'all' }

/** The scope of a level. `team` reaches the given colleagues and what is shared; `own` only the user's own records. */
export function scopeOf(
  level: Level,
  user: string,
  colleagues: ReadonlySet<string>,
  shared?: SharedWith,
  invited?: string,
): Scope {
  if (level === 'none') return NOTHING
  if (level === 'all') return EVERYTHING
  const granted = { ...(shared && level === 'team' && { shared }), ...(invited !== undefined && { invited }) }
  return { kind: 'owners', owners: level === 'own' ? new Set([user]) : colleagues, ...granted }
}

/** The smaller of two scopes of one actor: levels lie within each other. Invitations count for reading alone. */
export function narrower(one: Scope, other: Scope): Scope {
  if (one.kind !== 'owners' || other.kind !== 'owners')
    return uninvited(one.kind === 'none' || other.kind === 'all' ? one : other)
  const within =
    [...one.owners].every((owner) => other.owners.has(owner)) && (!one.shared || other.shared !== undefined)
  return uninvited(within ? one : other)
}

function uninvited(scope: Scope): Scope {
  if (scope.kind !== 'owners' || scope.invited === undefined) return scope
  const { invited: _, ...rest } = scope
  return rest
}

/** The rule in memory. `grantedIds` holds the ids of records that {@link grantedRows} of the scope gives. */
export function inScope(scope: Scope, record: Owned, grantedIds: ReadonlySet<string>): boolean {
  if (scope.kind !== 'owners') return scope.kind === 'all'
  return (record.owner !== null && scope.owners.has(record.owner)) || grantedIds.has(record.id)
}

export interface ScopedTable {
  /** Alias of the record's table in the statement. */
  alias: string
  /** Record type as written in shares. */
  type: string
  tenant: string
  /** Qualified names of the tables of shares and of attendees. */
  shares: string
  attendees: string
  /** Of a type that is seen with what it is about: rows about a record the actor may read. */
  seen?: Sql
}

/** The rule as a condition on a row of the record's table. */
export function scopeSql(scope: Scope, table: ScopedTable): Sql {
  if (scope.kind !== 'owners') return scope.kind === 'all' ? TRUE : FALSE
  return or(ownedBy([...scope.owners], table), grantedRows(scope, table))
}

/** A row owned by one of these users. */
export const ownedBy = (owners: readonly string[], { alias }: ScopedTable): Sql => inList(raw(`${alias}.owner`), owners)

/** A row that is somebody else's, but shared with the actor, one they are invited to, or seen with what it is about. */
export function grantedRows(scope: Scope, table: ScopedTable): Sql {
  if (scope.kind !== 'owners') return FALSE
  const id = raw(`${table.alias}.id`)
  return or(
    scope.shared ? sql`${id} in (${sharedIdsSql(scope.shared, table)})` : FALSE,
    // Looked for row by row: there are more invitations in the course of the years than shares.
    scope.invited === undefined ? FALSE : sql`exists (${invitedSql(scope.invited, table)} and i.meeting_id = ${id})`,
    seenRows(scope, table) ?? FALSE,
  )
}

/** Meetings that the user is invited to. */
const invitedSql = (user: string, { attendees, tenant }: ScopedTable): Sql =>
  sql`select i.meeting_id as record_id from ${raw(attendees)} i where i.tenant_id = ${tenant} and i.user_id = ${user}`

/** A row seen with what it is about; undefined where that does not count. */
export const seenRows = (scope: Scope, { seen }: ScopedTable): Sql | undefined =>
  scope.kind === 'owners' && scope.shared?.level === 'read' ? seen : undefined

/** Ids of the records in scope by share or invitation, each once, as `record_id`; undefined where neither counts. */
export function grantedIdsSql(scope: Scope, table: ScopedTable): Sql | undefined {
  if (scope.kind !== 'owners') return undefined
  const { shared, invited } = scope
  const ids = [
    ...(shared ? [sharedIdsSql(shared, table)] : []),
    ...(invited === undefined ? [] : [invitedSql(invited, table)]),
  ]
  return ids.length === 0 ? undefined : join(ids, ' union ')
}

function sharedIdsSql(shared: SharedWith, { type, tenant, shares }: ScopedTable): Sql {
  const grantee = (kind: string, ids: readonly SqlValue[]) => {
    const level = shared.level === 'edit' ? raw(` and level = 'edit'`) : raw('')
    return sql`select record_id from ${raw(shares)} where tenant_id = ${tenant} and record_type = ${type} and grantee_kind = ${kind} and ${inList(raw('grantee_id'), ids)}${level}`
  }
  const byUser = grantee('user', [shared.user])
  return shared.teams.length === 0 ? byUser : join([byUser, grantee('team', shared.teams)], ' union ')
}
