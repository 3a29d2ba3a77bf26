import { appendEvent } from '../records/append-event'
import { type Caller, nowOf } from '../records/caller'
import { queryContext } from '../records/query'
import { transact, type WriteSession } from '../records/write'
import { planDigest } from './digest'
import { readerOf } from './inbox'
import {
  checkPreferences,
  type NotificationPreferences,
  type NotificationPreferencesPatch,
  preferencesOf,
} from './preferences'
import { readRecipients } from './recipients'

/** What the user prefers; what was never set is as it is without. */
export async function getPreferences(caller: Caller): Promise<NotificationPreferences> {
  const query = await queryContext(caller)
  const user = readerOf(query)
  const recipients = await readRecipients({ all: caller.storage.read }, caller.storage, caller.tenant, [user])
  return recipients.get(user)?.preferences ?? preferencesOf({})
}

/** Changes what is given, and plans the digest anew. Nothing differs: nothing is written. */
export async function setPreferences(
  caller: Caller,
  given: NotificationPreferencesPatch,
): Promise<NotificationPreferences> {
  const patch = checkPreferences(given)
  return transact(caller, async (write) => {
    const user = readerOf(write)
    const [recipient] = (await readRecipients(write, caller.storage, caller.tenant, [user])).values()
    if (!recipient) return preferencesOf({})
    const before = recipient.preferences
    const after = { ...before, ...patch, channels: { ...before.channels, ...patch.channels } }
    if (JSON.stringify(before) === JSON.stringify(after)) return before
    await store(write, user, after)
    await planDigest(caller.engine, write, caller.tenant, { ...recipient, preferences: after })
    await appendEvent(write, {
      name: 'user.preferences_set',
      recordType: 'users',
      recordId: user,
      changes: { notifications: [before, after] },
    })
    return after
  })
}

function store({ caller, send }: WriteSession, user: string, preferences: NotificationPreferences) {
  const columns = ['tenant_id', 'user_id', 'settings', 'updated_at']
  const { storage, tenant } = caller
  const upsert = storage.dialect.upsert(storage.table('notification_preference'), columns, ['tenant_id', 'user_id'])
  return send(upsert, [tenant, user, JSON.stringify(preferences), nowOf(caller).getTime()])
}

/** A user who lives in another zone now gets the digest by its clocks. */
export async function moveDigest(write: WriteSession, user: string) {
  const { caller } = write
  const [recipient] = (await readRecipients(write, caller.storage, caller.tenant, [user])).values()
  if (recipient) await planDigest(caller.engine, write, caller.tenant, recipient)
}
