import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { cleanText, hasForbiddenCharacters } from '../kernel/text'
import type { Caller } from '../records/caller'
import type { Attendee } from './attendee-types'

export const MAX_ATTENDEES = 200
const ROLES = ['required', 'optional']

/** Exactly one of them is given. */
export interface Ref {
  user: string | null
  contact: string | null
  email: string | null
}

/** Whether the attendee is the one meant. */
export const matches = (one: Attendee, ref: Ref): boolean =>
  ref.user !== null
    ? one.user === ref.user
    : ref.contact !== null
      ? one.contact === ref.contact
      : one.user === null && one.contact === null && one.email === ref.email

export interface NamedPerson {
  ref: Ref
  role: string | undefined
  name: string | undefined
}

/** People as they are stored, each once. */
export function cleanPeople(caller: Caller, list: readonly unknown[], more: readonly string[]): NamedPerson[] {
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_ATTENDEES)
    throw invalid('invitees', 'wrong-type', `Give a list of 1 to ${MAX_ATTENDEES} people.`)
  const people = list.map((one, index) => cleanOne(caller, `invitees.${index}`, one, more))
  const keys = people.map(({ ref }) => JSON.stringify(ref))
  const repeated = keys.findIndex((key, index) => keys.indexOf(key) < index)
  if (repeated >= 0) throw invalid(`invitees.${repeated}`, 'repeated', 'Name everybody once.')
  return people
}

function cleanOne({ engine }: Caller, path: string, given: unknown, more: readonly string[]): NamedPerson {
  const { user, contact, email, role, name, ...rest } = Object(given) as Record<string, unknown>
  const allowed = ['user', 'contact', 'email', ...more]
  const odd = Object.keys(rest)[0] ?? ['role', 'name'].find((key) => key in Object(given) && !more.includes(key))
  if (odd !== undefined) throw invalid(`${path}.${odd}`, 'unknown-key', `Use only: ${allowed.join(', ')}.`)
  if ([user, contact, email].filter((one) => one !== undefined).length !== 1)
    throw invalid(path, 'invalid-attendee', "Give { user: 'id' }, { contact: 'id' } or { email: 'ada@example.com' }.")
  if (user !== undefined && !isText(user, 255)) throw invalid(`${path}.user`, 'unknown-user', 'Give the id of a user.')
  if (contact !== undefined && !isId(contact))
    throw invalid(`${path}.contact`, 'invalid-id', 'Give the id of a contact, as the SDK returned it.')
  const address = email === undefined ? null : isText(email, 254) ? engine.normalise('email', cleanText(email)) : null
  if (email !== undefined && address === null)
    throw invalid(`${path}.email`, 'invalid-email', 'Give an address such as ada@example.com.')
  if (role !== undefined && !ROLES.includes(role as string))
    throw invalid(`${path}.role`, 'invalid-option', `Use one of: ${ROLES.join(', ')}.`)
  if (name !== undefined && (email === undefined || !isText(name, 255)))
    throw invalid(`${path}.name`, 'invalid-text', 'Give at most 255 characters of text, with an email.')
  return {
    ref: { user: (user as string) ?? null, contact: (contact as string) ?? null, email: address },
    role: role as string | undefined,
    name: name === undefined ? undefined : cleanText(name as string),
  }
}

export const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest && !hasForbiddenCharacters(value)
