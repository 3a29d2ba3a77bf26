import { invalid } from '../kernel/errors'

/** How far a permission reaches: nobody's, my own records, my teams' records and what is shared with me, or the tenant's. */
export type Level = 'none' | 'own' | 'team' | 'all'

export const ACTIONS = [
  'read',
  'create',
  'update',
  'delete',
  'assign',
  'share',
  'convert',
  'merge',
  'import',
  'export',
  'purge',
] as const
export type Action = (typeof ACTIONS)[number]

export const RESOURCES = [
  'leads',
  'contacts',
  'companies',
  'deals',
  'products',
  'activities',
  'tasks',
  'meetings',
  'notes',
  'files',
  'reports',
  'users',
  'settings',
  'audit',
] as const
export type Resource = (typeof RESOURCES)[number]

/** What may be done with one field; `none` hides it entirely. */
export type FieldLevel = 'none' | 'read' | 'update'

/** Permissions on one resource. Actions left out are `none`; fields left out follow the record. */
export type ResourceGrant = Partial<Record<Action, Level>> & { fields?: Record<string, FieldLevel> }

/** A role: grants by resource. `'*'` applies to every resource that is not named. */
export type Role = Partial<Record<Resource | '*', ResourceGrant>>

const LEVELS: readonly Level[] = ['none', 'own', 'team', 'all']
const FIELD_LEVELS: readonly FieldLevel[] = ['none', 'read', 'update']

/**
 * Checks and returns a role. Nothing is granted that is not written down.
 *
 * @example
 * defineRole({ leads: { read: 'own', update: 'own' }, deals: { read: 'team', fields: { amount: 'none' } } })
 */
export function defineRole(role: Role): Role {
  for (const [resource, grant] of Object.entries(role)) {
    if (resource !== '*' && !(RESOURCES as readonly string[]).includes(resource)) {
      throw invalid(`roles.${resource}`, 'unknown-resource', `Use one of: ${RESOURCES.join(', ')}, or '*'.`)
    }
    for (const [action, level] of Object.entries(grant as ResourceGrant)) {
      if (action === 'fields') checkFields(resource, level as Record<string, FieldLevel>)
      else if (!(ACTIONS as readonly string[]).includes(action)) {
        throw invalid(`roles.${resource}.${action}`, 'unknown-action', `Use one of: ${ACTIONS.join(', ')}.`)
      } else if (!LEVELS.includes(level as Level)) {
        throw invalid(`roles.${resource}.${action}`, 'invalid-level', `Use one of: ${LEVELS.join(', ')}.`)
      }
    }
  }
  return role
}

function checkFields(resource: string, fields: Record<string, FieldLevel>) {
  for (const [name, level] of Object.entries(fields)) {
    if (!FIELD_LEVELS.includes(level)) {
      throw invalid(`roles.${resource}.fields.${name}`, 'invalid-level', `Use one of: ${FIELD_LEVELS.join(', ')}.`)
    }
  }
}

const everything = Object.fromEntries(ACTIONS.map((action) => [action, 'all'])) as Record<Action, Level>
const wholeTeam: ResourceGrant = {
  read: 'team',
  create: 'team',
  update: 'team',
  delete: 'team',
  assign: 'team',
  share: 'team',
  convert: 'team',
  merge: 'team',
  import: 'team',
  export: 'team',
}
const rep: ResourceGrant = { read: 'team', create: 'own', update: 'own', delete: 'own', share: 'own' }

/** The built-in roles. A host's role of the same name replaces one of these. */
export const BUILT_IN_ROLES: Readonly<Record<string, Role>> = {
  /** Everything, settings included. */
  admin: { '*': everything },
  /** All of the own teams' subtree: records, reports, assignment. */
  manager: {
    leads: wholeTeam,
    contacts: wholeTeam,
    companies: wholeTeam,
    deals: wholeTeam,
    activities: wholeTeam,
    tasks: wholeTeam,
    meetings: wholeTeam,
    notes: wholeTeam,
    files: wholeTeam,
    products: { read: 'all' },
    reports: { read: 'team', export: 'team' },
    users: { read: 'all' },
  },
  /** Own records, sees the team's, converts leads; no export. */
  sales: {
    leads: { ...rep, convert: 'own' },
    contacts: rep,
    companies: rep,
    deals: rep,
    activities: rep,
    tasks: rep,
    meetings: rep,
    notes: rep,
    files: rep,
    products: { read: 'all' },
    reports: { read: 'team' },
    users: { read: 'all' },
  },
  /** Sees contacts and their history, works own tasks, logs activities; deal amounts stay hidden. */
  support: {
    contacts: { read: 'all' },
    companies: { read: 'all' },
    deals: { read: 'all', fields: { amount: 'none', lines: 'none' } },
    activities: { read: 'all', create: 'own', update: 'own' },
    tasks: { read: 'own', create: 'own', update: 'own', delete: 'own' },
    meetings: { read: 'own', create: 'own', update: 'own', delete: 'own' },
    notes: { read: 'all', create: 'own', update: 'own' },
    files: { read: 'all', create: 'own', update: 'own' },
    users: { read: 'all' },
  },
  /** Sees the tenant's records and reports, changes nothing. */
  readonly: {
    leads: { read: 'all' },
    contacts: { read: 'all' },
    companies: { read: 'all' },
    deals: { read: 'all' },
    activities: { read: 'all' },
    tasks: { read: 'all' },
    meetings: { read: 'all' },
    notes: { read: 'all' },
    files: { read: 'all' },
    products: { read: 'all' },
    reports: { read: 'all' },
    users: { read: 'all' },
  },
}

/** Several roles as one: the most permissive of them, action by action and field by field. */
export interface MergedRole {
  level(resource: Resource, action: Action): Level
  field(resource: Resource, field: string): FieldLevel
}

export function mergeRoles(roles: readonly Role[]): MergedRole {
  const grantsOf = (resource: Resource) =>
    roles.map((role) => role[resource] ?? role['*']).filter((grant): grant is ResourceGrant => grant !== undefined)
  return {
    level: (resource, action) =>
      highest(
        LEVELS,
        grantsOf(resource).map((grant) => grant[action] ?? 'none'),
        'none',
      ),
    field: (resource, name) => {
      const readers = grantsOf(resource).filter((grant) => (grant.read ?? 'none') !== 'none')
      return highest(
        FIELD_LEVELS,
        readers.map((grant) => grant.fields?.[name] ?? 'update'),
        readers.length ? 'none' : 'update',
      )
    },
  }
}

const highest = <T>(order: readonly T[], values: readonly T[], least: T): T =>
  values.reduce((best, value) => (order.indexOf(value) > order.indexOf(best) ? value : best), least)
