import { type Awaitable, type Storage, scopedTo } from '../storage/port'
import { inList, raw } from '../storage/sql'
import { type Actor, strangerActor, userActor } from './actor'
import { mergeRoles, type Role } from './roles'

export interface DirectoryOptions {
  storage: Storage
  roles: Readonly<Record<string, Role>>
  /** Zone of users without one. */
  zone: string
  /** For how long another process's change of roles or teams may go unnoticed here, in milliseconds. */
  staleAfter: number
}

/** Users with their roles and teams, read when first needed and kept for `staleAfter`; dropped at once on local changes. */
export interface Directory {
  actor(tenant: string, user: string, storage?: Storage): Awaitable<Actor>
  forget(tenant: string): void
}

const ACTORS_KEPT = 10_000

/** With the length in front: names hold any character, so that no separator would tell where one ends. */
const keyOf = (tenant: string, user: string) => `${tenant.length} ${tenant}${user}`

export function createDirectory(options: DirectoryOptions): Directory {
  const known = new Map<string, { actor: Actor; until: number }>()
  /** Counts local changes, so that an actor read before one is not kept after it. */
  let changes = 0

  async function load(key: string, tenant: string, user: string, storage: Storage): Promise<Actor> {
    const started = Date.now()
    const before = changes
    const actor = await readActor(options, storage, tenant, user)
    if (storage.joined || changes !== before) return actor
    if (known.size >= ACTORS_KEPT) known.delete(known.keys().next().value as string)
    known.set(key, { actor, until: started + options.staleAfter })
    return actor
  }

  return {
    actor(tenant, user, storage = scopedTo(options.storage, tenant)) {
      const key = keyOf(tenant, user)
      const entry = known.get(key)
      return entry && entry.until > Date.now() ? entry.actor : load(key, tenant, user, storage)
    },
    forget(tenant) {
      changes++
      for (const key of known.keys()) if (key.startsWith(keyOf(tenant, ''))) known.delete(key)
    },
  }
}

async function readActor(
  { roles, zone }: DirectoryOptions,
  storage: Storage,
  tenant: string,
  user: string,
): Promise<Actor> {
  const [row] = await storage.read(
    `select time_zone, locale, roles from ${storage.table('user')} where tenant_id = ? and id = ? and active = 1`,
    [tenant, user],
  )
  if (!row) return strangerActor(tenant, user, zone)
  const granted = (JSON.parse(String(row[2])) as string[]).flatMap((name) =>
    Object.hasOwn(roles, name) ? [roles[name] as Role] : [],
  )
  const mine = `select team_id from ${storage.table('team_member')} where tenant_id = ? and user_id = ? order by team_id`
  const ownTeams = (await storage.read(mine, [tenant, user])).map(([id]) => String(id))
  const teams = ownTeams.length === 0 ? [] : await subtree(storage, tenant, ownTeams)
  return userActor(tenant, {
    user,
    zone: String(row[0]),
    locale: String(row[1]),
    role: mergeRoles(granted),
    ownTeams,
    teams,
    members: teams.length === 0 ? [] : await membersOf(storage, tenant, teams),
  })
}

/** The given teams and every team below them. */
export async function subtree(storage: Storage, tenant: string, roots: readonly string[]): Promise<string[]> {
  const rows = await storage.read(
    `select id, parent_id from ${storage.table('team')} where tenant_id = ? order by id`,
    [tenant],
  )
  const children = groupByParent(rows)
  const found = new Set<string>()
  const visit = (team: string) => {
    if (found.has(team)) return
    found.add(team)
    for (const [child] of children.get(team) ?? []) visit(String(child))
  }
  roots.forEach(visit)
  return [...found]
}

function groupByParent(rows: readonly unknown[][]): Map<unknown, unknown[][]> {
  const groups = new Map<unknown, unknown[][]>()
  for (const row of rows) groups.set(row[1], [...(groups.get(row[1]) ?? []), row])
  return groups
}

/** Users of any of these teams. */
export async function membersOf(storage: Storage, tenant: string, teams: readonly string[]): Promise<string[]> {
  const listed = inList(raw('team_id'), teams)
  const text = `select distinct user_id from ${storage.table('team_member')} where tenant_id = ? and ${listed.text} order by user_id`
  return (await storage.read(text, [tenant, ...listed.params])).map(([id]) => String(id))
}
