import { requireAny } from '../access/actor'
import { invalid } from '../kernel/errors'
import { hasForbiddenCharacters } from '../kernel/text'
import { appendEvent } from '../records/append-event'
import type { Caller } from '../records/caller'
import { queryContext } from '../records/query'
import { transact, type WriteSession } from '../records/write'
import { refuseRepeated, requireAdministration } from './users'

/** A team; teams form a tree, and a member sees the records of the subtree. */
export interface Team {
  /** The host's own id, up to 255 characters. */
  id: string
  name: string
  parent: string | null
}

export type TeamInput = Pick<Team, 'id' | 'name'> & Partial<Pick<Team, 'parent'>>

const MAX_TEAMS = 5000

/** Makes the given teams be as given; teams not given stay as they are. Needs `update` on `users`. */
export async function syncTeams(
  caller: Caller,
  teams: readonly TeamInput[],
): Promise<{ created: number; updated: number; unchanged: number }> {
  if (!Array.isArray(teams) || teams.length > MAX_TEAMS)
    throw invalid('teams', 'too-many', `Give a list of at most ${MAX_TEAMS} teams.`)
  const wanted = teams.map((team, index) => cleanTeam(team, `teams.${index}`))
  refuseRepeated(wanted, 'teams')
  return transact(caller, async (write) => {
    requireAdministration(write)
    const known = new Map((await readTeams(write, caller)).map((team) => [team.id, team]))
    checkTree(new Map([...known, ...wanted.map((team) => [team.id, team] as const)]))
    const counts = { created: 0, updated: 0, unchanged: 0 }
    for (const team of parentsFirst(wanted)) {
      const before = known.get(team.id)
      if (before && before.name === team.name && before.parent === team.parent) counts.unchanged++
      else {
        await saveTeam(write, team, before)
        counts[before ? 'updated' : 'created']++
      }
    }
    return counts
  }).finally(() => caller.engine.directory.forget(caller.tenant))
}

/** All teams of the tenant, by name. Needs `read` on `users`. */
export async function listTeams(caller: Caller): Promise<Team[]> {
  const query = await queryContext(caller)
  requireAny(query.actor, 'users', 'read')
  return readTeams({ all: caller.storage.read }, caller)
}

function cleanTeam(input: TeamInput, path: string): Team {
  if (typeof input !== 'object' || input === null) throw invalid(path, 'wrong-type', 'Give { id, name, parent }.')
  const { id, name, parent = null, ...rest } = input
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw invalid(`${path}.${unknown}`, 'unknown-key', 'Use only: id, name, parent.')
  for (const [field, text] of [
    ['id', id],
    ['name', name],
    ['parent', parent ?? id],
  ] as const) {
    if (typeof text !== 'string' || text.trim() === '' || text.length > 255 || hasForbiddenCharacters(text)) {
      throw invalid(`${path}.${field}`, 'invalid-text', 'Give 1 to 255 characters of text.')
    }
  }
  return { id, name, parent }
}

async function readTeams(
  reader: Pick<WriteSession, 'all'>,
  { storage, tenant }: Pick<Caller, 'storage' | 'tenant'>,
): Promise<Team[]> {
  const rows = await reader.all(
    `select id, name, parent_id from ${storage.table('team')} where tenant_id = ? order by name, id`,
    [tenant],
  )
  return rows.map(([id, name, parent]) => ({ id: String(id), name: String(name), parent: parent as string | null }))
}

function checkTree(teams: ReadonlyMap<string, Team>) {
  for (const team of teams.values()) {
    const seen = new Set([team.id])
    for (let above = team.parent; above !== null; above = teams.get(above)?.parent ?? null) {
      if (!teams.has(above))
        throw invalid('teams', 'unknown-team', `Give the parent ${above} as well, or leave parent out.`)
      if (seen.has(above)) throw invalid('teams', 'circular', `Team ${team.id} cannot be above itself.`)
      seen.add(above)
    }
  }
}

function parentsFirst(teams: readonly Team[]): Team[] {
  const byId = new Map(teams.map((team) => [team.id, team]))
  const ordered = new Set<Team>()
  const visit = (team: Team) => {
    const parent = team.parent === null ? undefined : byId.get(team.parent)
    if (parent) visit(parent)
    ordered.add(team)
  }
  teams.forEach(visit)
  return [...ordered]
}

async function saveTeam(write: WriteSession, team: Team, before: Team | undefined) {
  const { storage, tenant } = write.caller
  const table = storage.table('team')
  if (before)
    await write.send(`update ${table} set name = ?, parent_id = ? where tenant_id = ? and id = ?`, [
      team.name,
      team.parent,
      tenant,
      team.id,
    ])
  else
    await write.send(`insert into ${table} (tenant_id, id, name, parent_id) values (?, ?, ?, ?)`, [
      tenant,
      team.id,
      team.name,
      team.parent,
    ])
  const changes = { name: [before?.name ?? null, team.name], parent: [before?.parent ?? null, team.parent] } as const
  await appendEvent(write, {
    name: before ? 'team.updated' : 'team.created',
    recordType: 'teams',
    recordId: team.id,
    changes,
  })
}
