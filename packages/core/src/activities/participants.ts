import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { hasForbiddenCharacters } from '../kernel/text'
import { writeQuery } from '../records/checks'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import { readableRows } from '../records/query'
import { and, inList, raw, type Sql, sql } from '../storage/sql'
import type { Participants } from './definition'

const MOST = 100
const KEYS = ['users', 'contacts', 'others']

/** Who took part, as it is stored: users who exist, contacts the writer may see, and others by name or address. */
export async function checkParticipants({ after, write }: Change): Promise<void> {
  const given = after.participants as Record<string, unknown>
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(`participants.${unknown}`, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  const users = textsIn(given, 'users', isName)
  const contacts = textsIn(given, 'contacts', isId)
  const others = listIn(given, 'others').map((one, index) => cleanOther(write.caller.engine.normalise, one, index))
  if (users.length + contacts.length + others.length > MOST)
    throw invalid('participants', 'too-many', `Name at most ${MOST} people.`)

  const { storage, tenant } = write.caller
  const query = writeQuery(write)
  const missingFrom = async (name: string, ids: readonly string[], from: Sql) => {
    if (ids.length === 0) return
    const found = new Set((await write.all(from.text, from.params)).map(([id]) => String(id)))
    const missing = ids.find((id) => !found.has(id))
    if (missing === undefined) return
    const remedy = `Give ids of ${name} that exist and are in your reach; ${missing} is not.`
    throw invalid(`participants.${name}`, 'missing-target', remedy)
  }
  const ofTenant = sql`select id from ${raw(storage.table('user'))} where tenant_id = ${tenant} and ${inList(raw('id'), users)}`
  await missingFrom('users', users, ofTenant)
  const table = tableOf(query.engine, 'contacts')
  const readable = and(readableRows(query, table, 'r'), inList(raw('r.id'), contacts))
  await missingFrom('contacts', contacts, sql`${raw(`select r.id from ${table.name} r`)} where ${readable}`)
  after.participants = {
    ...(users.length > 0 && { users }),
    ...(contacts.length > 0 && { contacts }),
    ...(others.length > 0 && { others }),
  } satisfies Participants
}

const isName = (value: unknown) =>
  typeof value === 'string' && value.length > 0 && value.length <= 255 && !hasForbiddenCharacters(value)

function listIn(given: Record<string, unknown>, name: string): unknown[] {
  const list = given[name] ?? []
  if (!Array.isArray(list)) throw invalid(`participants.${name}`, 'wrong-type', 'Give a list.')
  return list
}

function textsIn(given: Record<string, unknown>, name: string, fits: (value: unknown) => boolean): string[] {
  const list = listIn(given, name)
  const odd = list.findIndex((one) => !fits(one))
  if (odd >= 0) throw invalid(`participants.${name}.${odd}`, 'invalid-id', `Give the id of one of the ${name}.`)
  return [...new Set(list as string[])]
}

function cleanOther(normalise: (kind: 'email', value: string) => string | null, one: unknown, index: number) {
  const path = `participants.others.${index}`
  const { name, email, ...rest } = Object(one) as Record<string, unknown>
  if (Object.keys(rest).length > 0) throw invalid(path, 'unknown-key', 'Use only: name, email.')
  if (name === undefined && email === undefined) throw invalid(path, 'required', 'Give a name, an email, or both.')
  if (name !== undefined && !isName(name)) throw invalid(`${path}.name`, 'invalid-text', 'Give 1 to 255 characters.')
  const address = typeof email === 'string' ? normalise('email', email) : null
  if (email !== undefined && address === null)
    throw invalid(`${path}.email`, 'invalid-email', 'Give an address such as ada@example.com.')
  return { ...(name !== undefined && { name: name as string }), ...(address !== null && { email: address }) }
}
