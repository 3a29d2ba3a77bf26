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
export function scopeOf(level: Level, user: string, colleagues: ReadonlySet<string>, shared?: SharedWith): Scope {
  if (level === 'none') return NOTHING
  if (level === 'all') return EVERYTHING
  if (level === 'own') return { kind: 'owners', owners: new Set([user]) }
  return { kind: 'owners', owners: colleagues, ...(shared && { shared }) }
}

/** The smaller of two scopes of one actor: levels lie within each other. */
export function narrower(one: Scope, other: Scope): Scope {
  if (one.kind !== 'owners' || other.kind !== 'owners') return one.kind === 'none' || other.kind === 'all' ? one : other
  const within =
    [...one.owners].every((owner) => other.owners.has(owner)) && (!one.shared || other.shared !== undefined)
  return within ? one : other
}

/** The rule in memory. `sharedIds` holds the ids of records shared with the actor at the scope's level. */
export function inScope(scope: Scope, record: Owned, sharedIds: ReadonlySet<string>): boolean {
  if (scope.kind !== 'owners') return scope.kind === 'all'
  if (record.owner !== null && scope.owners.has(record.owner)) return true
  return scope.shared !== undefined && sharedIds.has(record.id)
}

export interface ScopedTable {
  /** Alias of the record's table in the statement. */
  alias: string
  /** Record type as written in shares. */
  type: string
  tenant: string
  /** Qualified name of the share table. */
  shares: string
  /** Of a type that is seen with what it is about: rows about a record the actor may read. */
  seen?: Sql
}

/** The rule as a condition on a row of the record's table. */
export function scopeSql(scope: Scope, table: ScopedTable): Sql {
  if (scope.kind !== 'owners') return scope.kind === 'all' ? TRUE : FALSE
  return or(ownedBy([...scope.owners], table), scope.shared ? sharedRows(scope.shared, table) : FALSE)
}

/** A row owned by one of these users. */
export const ownedBy = (owners: readonly string[], { alias }: ScopedTable): Sql => inList(raw(`${alias}.owner`), owners)

/** A row shared with the user or one of the teams, or seen with what it is about. */
export const sharedRows = (shared: SharedWith, table: ScopedTable): Sql =>
  or(
    sql`${raw(`${table.alias}.id`)} in (${sharedIdsSql(shared, table)})`,
    (shared.level === 'read' && table.seen) || FALSE,
  )

/** Ids of the records of that type shared with the actor. */
export function sharedIdsSql(shared: SharedWith, { type, tenant, shares }: ScopedTable): Sql {
  const grantee = (kind: string, ids: readonly SqlValue[]) => {
    const level = shared.level === 'edit' ? raw(` and level = 'edit'`) : raw('')
    return sql`select record_id from ${raw(shares)} where tenant_id = ${tenant} and record_type = ${type} and grantee_kind = ${kind} and ${inList(raw('grantee_id'), ids)}${level}`
  }
  const byUser = grantee('user', [shared.user])
  return shared.teams.length === 0 ? byUser : join([byUser, grantee('team', shared.teams)], ' union ')
}
