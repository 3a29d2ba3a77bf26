import type { Actor } from '../access/actor'
import { membersOf, subtree } from '../access/directory'
import { readInstant } from '../kernel/dates'
import { invalid } from '../kernel/errors'
import { hasForbiddenCharacters } from '../kernel/text'
import type { Caller } from '../records/caller'

const DAY = 86_400_000
const MAX_DAYS = 366
const MAX_USERS = 100

export function checkKeys(given: unknown, known: readonly string[], path?: string) {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalid(path ?? 'request', 'wrong-type', `Give an object with: ${known.join(', ')}.`)
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown === undefined) return
  throw invalid(path ? `${path}.${unknown}` : unknown, 'unknown-key', `Use only: ${known.join(', ')}.`)
}

/** Two moments in order, not too far apart. */
export function readStretch(from: unknown, to: unknown, path = ''): { from: Date; to: Date } {
  const [first, last] = [readInstant(from), readInstant(to)]
  const remedy = 'Give a Date, or ISO 8601 text with a zone such as 2026-03-01T09:00:00Z.'
  if (first === undefined) throw invalid(`${path}from`, 'invalid-instant', remedy)
  if (last === undefined) throw invalid(`${path}to`, 'invalid-instant', remedy)
  if (last <= first) throw invalid(`${path}to`, 'ends-before-start', 'Give a moment later than from.')
  if (last - first > MAX_DAYS * DAY) throw invalid(`${path}to`, 'too-long', `Ask for at most ${MAX_DAYS} days at once.`)
  return { from: new Date(first), to: new Date(last) }
}

export function checkUsers(users: unknown): readonly string[] {
  if (!Array.isArray(users) || users.length === 0 || users.length > MAX_USERS)
    throw invalid('users', 'wrong-type', `Give a list of 1 to ${MAX_USERS} ids of users.`)
  const wrong = users.findIndex(
    (one) => typeof one !== 'string' || one === '' || one.length > 255 || hasForbiddenCharacters(one),
  )
  if (wrong >= 0) throw invalid(`users.${wrong}`, 'unknown-user', 'Give the id of a user.')
  return [...new Set(users as string[])]
}

/** The users asked for: by name, by team, or the one who asks. */
export async function usersAsked(
  { storage, tenant }: Caller,
  actor: Actor,
  { users, team }: { users?: readonly string[]; team?: string },
): Promise<readonly string[]> {
  if (users !== undefined && team !== undefined) throw invalid('team', 'two-choices', 'Give users or a team, not both.')
  if (team !== undefined) {
    if (typeof team !== 'string' || hasForbiddenCharacters(team))
      throw invalid('team', 'unknown-team', 'Give the id of a team.')
    return checkSize(await membersOf(storage, tenant, await subtree(storage, tenant, [team])))
  }
  if (users !== undefined) return checkUsers(users)
  if (actor.user === null) throw invalid('users', 'required', 'Say whose calendar: the system has none.')
  return [actor.user]
}

function checkSize(members: readonly string[]) {
  if (members.length <= MAX_USERS) return members
  throw invalid('team', 'too-many-users', `Ask for teams of at most ${MAX_USERS} users, one by one.`)
}
