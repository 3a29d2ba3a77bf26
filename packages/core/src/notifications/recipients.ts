import { evened } from '../events/visible'
import type { Session, Storage } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import { type NotificationPreferences, preferencesOf } from './preferences'

/** A user who can be told something. */
export interface Recipient {
  id: string
  email: string | null
  zone: string
  preferences: NotificationPreferences
}

/** The active ones among these users, with what they prefer. One statement. */
export async function readRecipients(
  session: Pick<Session, 'all'>,
  storage: Storage,
  tenant: string,
  users: readonly string[],
): Promise<Map<string, Recipient>> {
  const [user, preference] = [raw(storage.table('user')), raw(storage.table('notification_preference'))]
  const select = sql`select u.id, u.email, u.time_zone, p.settings from ${user} u left join ${preference} p on p.tenant_id = u.tenant_id and p.user_id = u.id where u.tenant_id = ${tenant} and u.active = 1 and ${inList(raw('u.id'), evened([...new Set(users)]))}`
  const rows = users.length === 0 ? [] : await session.all(select.text, select.params)
  return new Map(
    rows.map(([id, email, zone, settings]) => {
      const preferences = preferencesOf(settings == null ? {} : JSON.parse(String(settings)))
      return [String(id), { id: String(id), email: email as string | null, zone: String(zone), preferences }]
    }),
  )
}
