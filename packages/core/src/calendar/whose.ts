import { forbidden } from '../access/actor'
import type { WriteSession } from '../records/write'

/** What is one's own everybody sets; that of others those who administer users. */
export function requireSelfOrAdministration({ actor }: WriteSession, user: string) {
  const mine = user === actor.user && actor.colleagues.has(user)
  if (!mine && actor.scope('users', 'update').kind !== 'all') throw forbidden('users', 'update')
}
