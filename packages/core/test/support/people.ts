import type { Action, Level, RecordType, Role } from '@rapport/core'
import * as fc from 'fast-check'

/** Who there is, in a random company: teams in a tree, users in teams with roles, and what the roles grant. */
export interface Company {
  roles: Record<string, Role>
  teams: { id: string; name: string; parent: string | null }[]
  users: { id: string; name: string; roles: string[]; teams: string[]; active: boolean }[]
}

export interface Shared {
  kind: 'user' | 'team'
  grantee: string
  level: 'read' | 'edit'
}

const LEVELS: readonly Level[] = ['none', 'own', 'team', 'all']
const USERS = ['u0', 'u1', 'u2', 'u3']
const TEAMS = ['t0', 't1', 't2', 't3']
const ROLES = ['r0', 'r1', 'r2']

const level = fc.constantFrom(...LEVELS)

const role = (types: readonly RecordType[]): fc.Arbitrary<Role> =>
  fc
    .array(
      fc.record({
        type: fc.constantFrom(...types, '*' as const),
        read: level,
        update: level,
        delete: level,
        assign: level,
      }),
      { maxLength: 6 },
    )
    .map((grants) => Object.fromEntries(grants.map(({ type, ...grant }) => [type, grant])))

export const company = (types: readonly RecordType[]): fc.Arbitrary<Company> =>
  fc.record({
    roles: fc
      .tuple(role(types), role(types), role(types))
      .map((roles) => Object.fromEntries(roles.map((one, index) => [ROLES[index], one]))),
    teams: fc
      .tuple(...TEAMS.map((_, index) => fc.integer({ min: -1, max: index - 1 })))
      .map((parents) => TEAMS.map((id, index) => ({ id, name: id, parent: TEAMS[parents[index] as number] ?? null }))),
    users: fc.tuple(
      ...USERS.map((id) =>
        fc.record({
          id: fc.constant(id),
          name: fc.constant(id),
          roles: fc.subarray(ROLES),
          teams: fc.subarray(TEAMS, { maxLength: 2 }),
          active: fc.constantFrom(true, true, true, false),
        }),
      ),
    ),
  })

export const owner = fc.constantFrom(...USERS, null)
export const share: fc.Arbitrary<Shared> = fc.oneof(
  fc.record({
    kind: fc.constant('user' as const),
    grantee: fc.constantFrom(...USERS),
    level: fc.constantFrom('read' as const, 'edit' as const),
  }),
  fc.record({
    kind: fc.constant('team' as const),
    grantee: fc.constantFrom(...TEAMS),
    level: fc.constantFrom('read' as const, 'edit' as const),
  }),
)

/**
 * The access rule once more, written from its definition and knowing nothing of the engine: the most permissive level of
 * the roles; own = I own it; team = the owner is in my teams' subtrees, or it is shared with me or one of my teams. What
 * one is invited to one reads, and nothing else.
 */
export function may(
  company: Company,
  userId: string,
  action: Action,
  type: RecordType,
  record: { owner: string | null; shares: readonly Shared[]; invited?: readonly string[] },
): boolean {
  const user = company.users.find(({ id }) => id === userId)
  if (!user?.active) return false
  if (action !== 'read' && action !== 'create' && !may(company, userId, 'read', type, { ...record, invited: [] }))
    return false
  const levels = user.roles.map(
    (name) => (company.roles[name]?.[type] ?? company.roles[name]?.['*'])?.[action] ?? 'none',
  )
  const best = Math.max(0, ...levels.map((one) => LEVELS.indexOf(one)))
  if (LEVELS[best] === 'all') return true
  if (LEVELS[best] === 'none') return false
  if (record.owner === userId) return true
  if (action === 'read' && record.invited?.includes(userId)) return true
  if (LEVELS[best] === 'own') return false
  const reach = company.teams.filter(({ id }) => isBelow(company, id, user.teams)).map(({ id }) => id)
  const colleagues = company.users.filter(({ teams }) => teams.some((team) => reach.includes(team))).map(({ id }) => id)
  if (record.owner !== null && colleagues.includes(record.owner)) return true
  if (action !== 'read' && action !== 'update') return false
  return record.shares.some(
    ({ kind, grantee, level }) =>
      (level === 'edit' || action === 'read') && (kind === 'user' ? grantee === userId : user.teams.includes(grantee)),
  )
}

function isBelow(company: Company, team: string, roots: readonly string[]): boolean {
  for (let at: string | null = team; at !== null; at = company.teams.find(({ id }) => id === at)?.parent ?? null) {
    if (roots.includes(at)) return true
  }
  return false
}
