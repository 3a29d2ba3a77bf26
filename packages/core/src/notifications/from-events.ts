import type { EventReader } from '../events/job'
import { evened } from '../events/visible'
import { type Engine, tableOf } from '../records/engine'
import type { EventRecord, RecordRef } from '../records/event'
import type { RecordType } from '../records/field'
import type { Session } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import type { NotificationKind } from './notification'
import { type News, notify } from './notify'

/** Records that are somebody's work. An activity is a fact, a product nobody's. */
const ASSIGNED: ReadonlySet<string> = new Set(['leads', 'contacts', 'companies', 'deals', 'tasks', 'meetings'])
const CLOSED: Readonly<Record<string, NotificationKind>> = { 'deal.won': 'deal-won', 'deal.lost': 'deal-lost' }

/** Tells people what others did that concerns them: nobody hears of what they did themselves. */
export const notifier = (engine: Engine): EventReader => ({
  hears: ({ name, recordType }) =>
    ASSIGNED.has(recordType) || name.endsWith('.shared') || name === 'note.created' || name === 'note.updated',
  async take(session, tenant, events) {
    const owners = await ownersOf(engine, session, tenant, events)
    const teams = await membersOf(engine, session, tenant, events)
    const news = events.flatMap((event) => newsOf(event, owners, teams))
    const others = news.filter(({ user, actor }) => user !== actor)
    return others.length > 0 ? notify(engine, session, tenant, others) : undefined
  },
})

type Many = ReadonlyMap<string, readonly string[]>

function newsOf(event: EventRecord, owners: ReadonlyMap<string, string>, teams: Many): News[] {
  const { name, recordType, recordId, actor, changes } = event
  const at = event.at.getTime()
  const self: RecordRef = { type: recordType as RecordType, id: recordId }
  const tell = (kind: NotificationKind, users: readonly string[], record = self, note?: string): News[] =>
    users.map((user) => ({ kind, user, record, actor, at, ...(note !== undefined && { note }) }))

  if (recordType === 'notes') {
    const [parent] = event.about
    return parent ? tell('mention', added(changes.mentions), parent, recordId) : []
  }
  if (name.endsWith('.shared')) return tell('shared', granted(changes.sharedWith, teams))
  if (name === 'meeting.invited') return tell('invited', invited(changes.attendees))
  const owner = changes.owner?.[1]
  const kind = CLOSED[name]
  const closer = owners.get(recordId)
  return [
    ...(typeof owner === 'string' ? tell(recordType === 'tasks' ? 'task-assigned' : 'assigned', [owner]) : []),
    ...(kind && closer !== undefined ? tell(kind, [closer]) : []),
  ]
}

/** Of a list before and after: what was not there. */
const added = (change: readonly [unknown, unknown] | undefined): string[] => {
  const [from, to] = (change ?? []) as [string[]?, string[]?]
  return (to ?? []).filter((one) => !from?.includes(one))
}

/** Users who are invited now and were not before. */
function invited(change: readonly [unknown, unknown] | undefined): string[] {
  const users = (side: unknown) => ((side ?? []) as { user: string | null }[]).flatMap(({ user }) => user ?? [])
  const [before, after] = [users(change?.[0]), users(change?.[1])]
  return after.filter((user) => !before.includes(user))
}

const granted = (change: readonly [unknown, unknown] | undefined, teams: Many): readonly string[] => {
  const { user, team } = Object(change?.[1]) as { user?: string; team?: string }
  return user !== undefined ? [user] : (teams.get(team ?? '') ?? [])
}

/** Whose the deals are that were won or lost. One statement, none without such. */
async function ownersOf(engine: Engine, session: Session, tenant: string, events: readonly EventRecord[]) {
  const ids = events.filter(({ name }) => CLOSED[name]).map(({ recordId }) => recordId)
  if (ids.length === 0) return new Map<string, string>()
  const deals = raw(tableOf(engine, 'deals').name)
  const select = sql`select id, owner from ${deals} where tenant_id = ${tenant} and owner is not null and ${inList(raw('id'), evened(ids))}`
  return new Map((await session.all(select.text, select.params)).map(([id, owner]) => [String(id), String(owner)]))
}

/** Who is in the teams that something was shared with. One statement, none without such. */
async function membersOf({ storage }: Engine, session: Session, tenant: string, events: readonly EventRecord[]) {
  const named = events.map(({ changes }) => (Object(changes.sharedWith?.[1]) as { team?: string }).team)
  const teams = [...new Set(named.filter((team) => team !== undefined))]
  const members = new Map<string, string[]>()
  if (teams.length === 0) return members
  const select = sql`select team_id, user_id from ${raw(storage.table('team_member'))} where tenant_id = ${tenant} and ${inList(raw('team_id'), evened(teams))} order by user_id`
  for (const [team, user] of await session.all(select.text, select.params))
    members.set(String(team), [...(members.get(String(team)) ?? []), String(user)])
  return members
}
