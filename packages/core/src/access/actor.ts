import { CrmError } from '../kernel/errors'
import type { Action, FieldLevel, MergedRole, Resource } from './roles'
import { EVERYTHING, NOTHING, type Scope, scopeOf } from './scope'

/** Who asks: a user with roles and teams, or the system with a reason. Decides what is in reach. */
export interface Actor {
  readonly tenant: string
  /** Null for the system. */
  readonly user: string | null
  /** Why the system acts; null for users. */
  readonly reason: string | null
  /** IANA zone in which "today" and "this month" are meant. */
  readonly zone: string
  readonly locale: string
  /** Teams the user belongs to, with all teams below them. */
  readonly teams: readonly string[]
  /** Users of those teams, and the user. */
  readonly colleagues: ReadonlySet<string>
  scope(resource: Resource, action: Action): Scope
  field(resource: Resource, field: string): FieldLevel
}

export interface Membership {
  user: string
  zone: string
  locale: string
  role: MergedRole
  /** The user's own teams. */
  ownTeams: readonly string[]
  /** Own teams and all below. */
  teams: readonly string[]
  /** Active or not, the users of `teams`. */
  members: readonly string[]
}

export function userActor(tenant: string, membership: Membership): Actor {
  const { user, role, teams } = membership
  const colleagues = new Set([user, ...membership.members])
  const scopes = new Map<string, Scope>()

  function scope(resource: Resource, action: Action): Scope {
    const key = `${resource}.${action}`
    const known = scopes.get(key)
    if (known) return known
    const level = action === 'update' ? 'edit' : action === 'read' ? 'read' : undefined
    const shared = level && { user, teams: membership.ownTeams, level: level as 'read' | 'edit' }
    const invited = resource === 'meetings' && action === 'read' ? user : undefined
    const made = scopeOf(role.level(resource, action), user, colleagues, shared, invited)
    scopes.set(key, made)
    return made
  }

  return {
    tenant,
    user,
    reason: null,
    zone: membership.zone,
    locale: membership.locale,
    teams,
    colleagues,
    scope,
    field: role.field,
  }
}

/** The system: everything in its tenant, for a stated reason. */
export const systemActor = (tenant: string, reason: string, zone: string): Actor => ({
  tenant,
  user: null,
  reason,
  zone,
  locale: 'en',
  teams: [],
  colleagues: new Set(),
  scope: () => EVERYTHING,
  field: () => 'update',
})

/** A user nobody has synced, or who is deactivated: nothing is in reach. */
export const strangerActor = (tenant: string, user: string, zone: string): Actor => ({
  tenant,
  user,
  reason: null,
  zone,
  locale: 'en',
  teams: [],
  colleagues: new Set(),
  scope: () => NOTHING,
  field: () => 'none',
})

/** Whether it is a user whom nobody has synced, or who was deactivated. */
export const isStranger = ({ user, colleagues }: Actor): boolean => user !== null && !colleagues.has(user)

export const forbidden = (resource: Resource, action: Action): CrmError =>
  new CrmError('FORBIDDEN', `You may not ${action} these ${resource}.`, {
    field: resource,
    rule: `${action}-not-granted`,
    remedy: `Ask an administrator for a role that grants ${action} on ${resource}.`,
  })

/** Throws FORBIDDEN when the actor may do this with no record at all. */
export function requireAny(actor: Actor, resource: Resource, action: Action): Scope {
  const scope = actor.scope(resource, action)
  if (scope.kind === 'none') throw forbidden(resource, action)
  return scope
}
