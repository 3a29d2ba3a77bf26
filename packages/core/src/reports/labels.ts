import type { ReportContext } from './context'
import { bucketsIn, type DealGroup, type Keys, timeGroupOf } from './groups'

/** What a row is about: the keys of its groups, with the names of people, teams and pipelines. */
export interface RowKeys {
  owner?: string | null
  /** Absent for those who may not see users; then it is the id that tells owners apart. */
  ownerName?: string | null
  team?: string | null
  teamName?: string | null
  pipeline?: string | null
  pipelineName?: string | null
  source?: string | null
  campaign?: string | null
  medium?: string | null
  lostReason?: string | null
  day?: string
  week?: string
  month?: string
  quarter?: string
  year?: string
  'fiscal-quarter'?: string
  'fiscal-year'?: string
}

export interface Labels {
  of(keys: Keys): RowKeys
  /** One name for all of them. */
  text(keys: Keys): string
}

/** Names for the keys of these groups. */
export async function labelsFor(ctx: ReportContext, groups: readonly (DealGroup | string)[]): Promise<Labels> {
  const names: Record<string, ReadonlyMap<string, string>> = {}
  if (groups.includes('owner') && ctx.query.actor.scope('users', 'read').kind !== 'none')
    names.owner = await userNames(ctx)
  if (groups.includes('team')) names.team = await teamNames(ctx)
  if (groups.includes('pipeline')) names.pipeline = new Map(ctx.book.pipelines.map(({ id, name }) => [id, name]))
  const nameOf = (group: string, key: string | null) => (key === null ? null : (names[group]?.get(key) ?? null))
  return {
    of(keys) {
      const row: Record<string, string | null> = {}
      for (const group in keys) {
        const key = keys[group] ?? null
        row[group] = key
        if (names[group]) row[`${group}Name`] = nameOf(group, key)
      }
      return row as RowKeys
    },
    text: (keys) =>
      Object.entries(keys)
        .map(([group, key]) => nameOf(group, key) ?? key ?? `No ${group}`)
        .join(', '),
  }
}

const userNames = (ctx: ReportContext) => ctx.once('users', () => namesFrom(ctx, 'user'))
const teamNames = (ctx: ReportContext) => ctx.once('teams', () => namesFrom(ctx, 'team'))

async function namesFrom({ caller }: ReportContext, table: 'user' | 'team'): Promise<ReadonlyMap<string, string>> {
  const rows = await caller.storage.read(`select id, name from ${caller.storage.table(table)} where tenant_id = ?`, [
    caller.tenant,
  ])
  return new Map(rows.map(([id, name]) => [String(id), String(name)]))
}

/** Teams by user. A user of two teams counts in both. */
export const teamsByUser = (ctx: ReportContext): Promise<ReadonlyMap<string, readonly string[]>> =>
  ctx.once('members', async () => {
    const { storage, tenant } = ctx.caller
    const rows = await storage.read(
      `select user_id, team_id from ${storage.table('team_member')} where tenant_id = ? order by user_id, team_id`,
      [tenant],
    )
    const teams = new Map<string, string[]>()
    for (const [user, team] of rows) teams.set(String(user), [...(teams.get(String(user)) ?? []), String(team)])
    return teams
  })

/** Rows by owner as rows by team: one for each team of the owner, one without team where there is none. */
export async function byTeam<T extends { keys: Keys }>(ctx: ReportContext, rows: readonly T[]): Promise<T[]> {
  const teams = await teamsByUser(ctx)
  return rows.flatMap((row) => {
    const owner = row.keys.team
    const mine = owner == null ? undefined : teams.get(owner)
    return (mine ?? [null]).map((team) => ({ ...row, keys: { ...row.keys, team } }))
  })
}

/** Rows in the order of their keys, with one for every piece of time where time is all they are grouped by. */
export function inOrder<T extends { keys: Keys }>(
  ctx: ReportContext,
  groups: readonly string[],
  rows: readonly T[],
  empty: (keys: Keys) => T,
): T[] {
  const unit = timeGroupOf(groups)
  if (unit && groups.length === 1) {
    const known = new Map(rows.map((row) => [row.keys[unit], row]))
    return bucketsIn(ctx, unit).map(({ key }) => known.get(key) ?? empty({ [unit]: key }))
  }
  if (groups.length === 0 && rows.length === 0) return [empty({})]
  return [...rows].sort((one, other) => compareKeys(groups, one.keys, other.keys))
}

function compareKeys(groups: readonly string[], one: Keys, other: Keys): number {
  for (const group of groups) {
    const [a, b] = [one[group] ?? null, other[group] ?? null]
    if (a !== b) return a === null ? 1 : b === null ? -1 : a < b ? -1 : 1
  }
  return 0
}
