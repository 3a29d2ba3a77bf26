import { requireAny } from '../access/actor'
import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { requireActiveUser } from '../records/checks'
import { notFound } from '../records/find'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import { handOver, type OpenRecords, openRecordsOf } from './open-records'
import { readUsers, requireAdministration, saveUser, type User } from './users'

export interface DeactivateOptions extends VerbOptions {
  /** Id of the active user who gets the open records. Without it they stay where they are. */
  handOverTo?: string
}

export interface Deactivated {
  user: User
  /** Records given to `handOverTo`. */
  handedOver: OpenRecords
  /** Open records the user still owns. */
  left: OpenRecords
}

/**
 * Ends a user's access at once and hands their open records over: leads, deals and tasks that are open, and their
 * contacts and companies. Without `handOverTo` it reports what is left. One transaction; each record gets its own event.
 * On a user who is inactive already it only hands over or reports. Needs `update` on `users`, and `assign` for all on
 * the records.
 *
 * @throws NOT_FOUND for an unknown user, VALIDATION when `handOverTo` cannot take them
 * @example
 * const { left } = await admin.users.deactivate('u7')
 * await admin.users.deactivate('u7', { handOverTo: 'u2' })
 */
export function deactivateUser(caller: Caller, id: string, options: DeactivateOptions = {}): Promise<Deactivated> {
  const { handOverTo, ...verb } = options ?? {}
  return runVerb(caller, 'users.deactivate', [id, handOverTo], verb, async (write) => {
    requireAdministration(write)
    const [before] = typeof id === 'string' ? await readUsers(write, caller, [id]) : []
    if (!before) throw notFound('users')
    if (handOverTo === id) throw invalid('handOverTo', 'same-user', 'Name another user, or leave it out.')
    if (handOverTo !== undefined) await requireActiveUser(write, 'handOverTo', handOverTo)
    const user: User = { ...before, active: false }
    if (before.active) await saveUser(write, user, { active: [true, false] }, true)
    const handedOver = handOverTo === undefined ? {} : await handOver(write, id, handOverTo)
    const left = (await openRecordsOf(write, [id])).get(id) ?? {}
    return { user, handedOver, left }
  }).finally(() => caller.engine.directory.forget(caller.tenant))
}

/** One user. Needs `read` on `users`. */
export async function getUser(caller: Caller, id: string): Promise<User> {
  const query = await queryContext(caller)
  requireAny(query.actor, 'users', 'read')
  const [user] = typeof id === 'string' ? await readUsers({ all: caller.storage.read }, caller, [id]) : []
  if (!user) throw notFound('users')
  return user
}
