import { requireAny } from '../access/actor'
import { CrmError, invalid } from '../kernel/errors'
import { hasForbiddenCharacters } from '../kernel/text'
import { isTimeZone } from '../kernel/zones'
import { appendEvent } from '../records/append-event'
import { type Caller, nowOf } from '../records/caller'
import { queryContext } from '../records/query'
import { transact, type WriteSession } from '../records/write'
import { inList, raw, sql } from '../storage/sql'
import { type OpenRecords, openRecordsOf } from './open-records'

/** A user of the host's, as the CRM knows it. */
export interface User {
  /** The host's own id, up to 255 characters. */
  id: string
  name: string
  email: string | null
  roles: string[]
  /** Ids of teams. */
  teams: string[]
  /** IANA zone. */
  timeZone: string
  /** BCP 47 language tag. */
  locale: string
  active: boolean
}

export type UserInput = Pick<User, 'id' | 'name'> & Partial<Omit<User, 'id' | 'name'>>

export interface SyncResult {
  created: number
  updated: number
  unchanged: number
  /** Users whose `active` went false, with the open records they still own; absent when there are none. */
  deactivated?: { user: string; left: OpenRecords }[]
}

const KEYS = ['id', 'name', 'email', 'roles', 'teams', 'timeZone', 'locale', 'active']
const COLUMNS = [
  'tenant_id',
  'id',
  'name',
  'email',
  'time_zone',
  'locale',
  'active',
  'roles',
  'created_at',
  'updated_at',
]
const MAX_USERS = 1000

/**
 * Makes the given users be as given: creates, updates, and leaves alone what is equal. Users not given stay as they
 * are, and so do values not given of users that are known. Needs `update` on `users`. Users whose `active` went false are reported with the open records they leave behind;
 * `users.deactivate` hands those over. Repeatable at any time, e.g. on each login or from a directory webhook.
 *
 * @example
 * await crm.asSystem({ reason: 'login' }).users.sync([{ id: 'u1', name: 'Ada', roles: ['sales'], teams: ['emea'] }])
 */
export async function syncUsers(caller: Caller, users: readonly UserInput[]): Promise<SyncResult> {
  if (!Array.isArray(users) || users.length > MAX_USERS)
    throw invalid('users', 'too-many', `Give a list of at most ${MAX_USERS} users.`)
  const checked = users.map((user, index) => cleanUser(caller, user, `users.${index}`))
  refuseRepeated(checked, 'users')
  return transact(caller, async (write) => {
    requireAdministration(write)
    const known = new Map(
      (
        await readUsers(
          write,
          caller,
          users.map(({ id }) => id),
        )
      ).map((user) => [user.id, user]),
    )
    const wanted = checked.map((user, index) => withKept(user, users[index] as UserInput, known.get(user.id)))
    await requireTeams(
      write,
      wanted.flatMap((user) => user.teams),
    )
    const counts: SyncResult = { created: 0, updated: 0, unchanged: 0 }
    const deactivated: string[] = []
    for (const user of wanted) {
      const before = known.get(user.id)
      if (before?.active && !user.active) deactivated.push(user.id)
      const changes = differences(before, user)
      if (Object.keys(changes).length === 0) counts.unchanged++
      else {
        await saveUser(write, user, changes, before !== undefined)
        counts[before ? 'updated' : 'created']++
      }
    }
    if (deactivated.length === 0) return counts
    const open = await openRecordsOf(write, deactivated)
    return { ...counts, deactivated: deactivated.map((user) => ({ user, left: open.get(user) ?? {} })) }
  }).finally(() => caller.engine.directory.forget(caller.tenant))
}

/** One of two inputs with the same id would be lost. */
export function refuseRepeated(wanted: readonly { id: string }[], path: string) {
  const seen = new Set<string>()
  for (const [index, { id }] of wanted.entries()) {
    if (seen.has(id)) throw invalid(`${path}.${index}.id`, 'repeated-id', 'Give each id once.')
    seen.add(id)
  }
}

export const requireAdministration = ({ actor }: WriteSession) => {
  if (requireAny(actor, 'users', 'update').kind !== 'all') {
    throw new CrmError('FORBIDDEN', 'You may not administer users.', {
      field: 'users',
      rule: 'update-not-granted',
      remedy: "Call it as an administrator, or through crm.asSystem({ reason: '…' }).",
    })
  }
}

function cleanUser({ engine }: Caller, input: UserInput, path: string): User {
  if (typeof input !== 'object' || input === null)
    throw invalid(path, 'wrong-type', 'Give { id, name, roles, teams, … }.')
  const unknown = Object.keys(input).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(`${path}.${unknown}`, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  const {
    id,
    name,
    email = null,
    roles = [],
    teams = [],
    timeZone = engine.settings.timeZone,
    locale = 'en',
    active = true,
  } = input
  for (const [field, text] of [
    ['id', id],
    ['name', name],
  ] as const) {
    if (typeof text !== 'string' || text.trim() === '' || text.length > 255 || hasForbiddenCharacters(text)) {
      throw invalid(`${path}.${field}`, 'invalid-text', 'Give 1 to 255 characters of text.')
    }
  }
  const strings = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((one) => typeof one === 'string' && one.length <= 255)
  if (email !== null && (typeof email !== 'string' || email.length > 320 || hasForbiddenCharacters(email)))
    throw invalid(`${path}.email`, 'wrong-type', 'Give an address as text, or null.')
  if (typeof locale !== 'string' || locale.length === 0 || locale.length > 60 || hasForbiddenCharacters(locale))
    throw invalid(`${path}.locale`, 'invalid-locale', 'Give a BCP 47 language tag such as en or de-AT.')
  if (!strings(roles)) throw invalid(`${path}.roles`, 'wrong-type', 'Give a list of role names.')
  const stranger = roles.find((role) => !engine.roles.includes(role))
  if (stranger !== undefined) throw invalid(`${path}.roles`, 'unknown-role', `Use one of: ${engine.roles.join(', ')}.`)
  if (!strings(teams)) throw invalid(`${path}.teams`, 'wrong-type', 'Give a list of team ids.')
  if (!isTimeZone(timeZone))
    throw invalid(`${path}.timeZone`, 'invalid-zone', 'Give an IANA zone such as Europe/Berlin.')
  if (typeof active !== 'boolean') throw invalid(`${path}.active`, 'wrong-type', 'Give true or false.')
  return { id, name, email, roles: [...roles].sort(), teams: [...new Set(teams)].sort(), timeZone, locale, active }
}

/** What a known user was not given keeps its value; null and empty lists are values. */
function withKept(user: User, given: UserInput, before: User | undefined): User {
  if (!before) return user
  const kept = KEYS.filter((key) => given[key as keyof UserInput] === undefined)
  return { ...user, ...Object.fromEntries(kept.map((key) => [key, before[key as keyof User]])) }
}

async function requireTeams(write: WriteSession, teams: readonly string[]) {
  if (teams.length === 0) return
  const { storage, tenant } = write.caller
  const ids = [...new Set(teams)]
  const select = sql`select id from ${raw(storage.table('team'))} where tenant_id = ${tenant} and ${inList(raw('id'), ids)}`
  const found = new Set((await write.all(select.text, select.params)).map(([id]) => id))
  const missing = ids.find((id) => !found.has(id))
  if (missing !== undefined)
    throw invalid('teams', 'unknown-team', `Call users.syncTeams first: there is no team ${missing}.`)
}

type Reader = Pick<WriteSession, 'all'>

/** Users with their teams, by id; all of them without `ids`. Two statements. */
export async function readUsers(
  reader: Reader,
  { storage, tenant }: Pick<Caller, 'storage' | 'tenant'>,
  ids?: readonly string[],
): Promise<User[]> {
  // Half a surrogate pair would be looked up as another character.
  const wanted = ids?.filter((id) => !hasForbiddenCharacters(id))
  if (wanted?.length === 0) return []
  const among = (column: string) => (wanted ? sql` and ${inList(raw(column), wanted)}` : raw(''))
  const users = sql`select id, name, email, time_zone, locale, active, roles from ${raw(storage.table('user'))} where tenant_id = ${tenant}${among('id')} order by name, id`
  const memberships = sql`select user_id, team_id from ${raw(storage.table('team_member'))} where tenant_id = ${tenant}${among('user_id')} order by team_id`
  const teams = new Map<unknown, string[]>()
  for (const [user, team] of await reader.all(memberships.text, memberships.params)) {
    teams.set(user, [...(teams.get(user) ?? []), String(team)])
  }
  return (await reader.all(users.text, users.params)).map(([id, name, email, timeZone, locale, active, roles]) => ({
    id: String(id),
    name: String(name),
    email: email as string | null,
    roles: JSON.parse(String(roles)),
    teams: teams.get(id) ?? [],
    timeZone: String(timeZone),
    locale: String(locale),
    active: Boolean(active),
  }))
}

function differences(before: User | undefined, after: User): Record<string, [unknown, unknown]> {
  const names = Object.keys(after).filter((name) => name !== 'id') as (keyof User)[]
  const differ = names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after[name]))
  return Object.fromEntries(differ.map((name) => [name, [before?.[name] ?? null, after[name]]]))
}

/** Writes a user's row, teams and event. */
export async function saveUser(
  write: WriteSession,
  user: User,
  changes: Record<string, [unknown, unknown]>,
  known: boolean,
) {
  const { storage, tenant } = write.caller
  const now = nowOf(write.caller).getTime()
  const values = [user.name, user.email, user.timeZone, user.locale, user.active ? 1 : 0, JSON.stringify(user.roles)]
  const table = storage.table('user')
  if (known) {
    const update = `update ${table} set name = ?, email = ?, time_zone = ?, locale = ?, active = ?, roles = ?, updated_at = ? where tenant_id = ? and id = ?`
    await write.send(update, [...values, now, tenant, user.id])
  } else {
    await write.send(`insert into ${table} (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`, [
      tenant,
      user.id,
      ...values,
      now,
      now,
    ])
  }
  if (changes.teams) {
    const members = storage.table('team_member')
    await write.send(`delete from ${members} where tenant_id = ? and user_id = ?`, [tenant, user.id])
    for (const team of user.teams)
      await write.send(`insert into ${members} (tenant_id, team_id, user_id) values (?, ?, ?)`, [tenant, team, user.id])
  }
  if (known && changes.timeZone) {
    await (await import('../records/reminder-plan')).moveToZone(write, user.id, user.timeZone)
    await (await import('../notifications/own-preferences')).moveDigest(write, user.id)
  }
  const verb = !known ? 'created' : changes.active && !user.active ? 'deactivated' : 'updated'
  await appendEvent(write, { name: `user.${verb}`, recordType: 'users', recordId: user.id, changes })
}

/** The tenant's users, by name; at most 10,000. Needs `read` on `users`. */
export async function listUsers(caller: Caller, options: { active?: boolean } = {}): Promise<User[]> {
  const query = await queryContext(caller)
  requireAny(query.actor, 'users', 'read')
  const users = await readUsers({ all: caller.storage.read }, caller)
  return options?.active === undefined ? users : users.filter((user) => user.active === options.active)
}
