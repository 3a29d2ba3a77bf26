import { isId } from '../kernel/ids'
import { type Caller, nowOf } from '../records/caller'
import { writeQuery } from '../records/checks'
import { notFound } from '../records/find'
import { transact, type WriteSession } from '../records/write'
import { ENTRY_COLUMNS, readable, readEntry } from './entries'
import { readerOf } from './inbox'
import { changedFor } from './live'
import { ARCHIVED_KEPT } from './notification'

export const markRead = (caller: Caller, id: string): Promise<void> =>
  mark(caller, id, (now) => ['read_at = coalesce(read_at, ?)', now])

export const markUnread = (caller: Caller, id: string): Promise<void> => mark(caller, id, () => ['read_at = null'])

/** Out of the inbox, read, and kept for another thirty days. */
export const archive = (caller: Caller, id: string): Promise<void> =>
  mark(caller, id, (now) => [
    "state = 'archived', read_at = coalesce(read_at, ?), expires_at = ?",
    now,
    now + ARCHIVED_KEPT,
  ])

/** Everything in the inbox, what the reader may no longer see as well. */
export const markAllRead = (caller: Caller): Promise<void> =>
  asReader(caller, async (write, user) => {
    const update = `update ${caller.storage.table('notification')} set read_at = ? where tenant_id = ? and user_id = ? and state = 'inbox' and read_at is null`
    await write.send(update, [nowOf(caller).getTime(), caller.tenant, user])
  })

const mark = (caller: Caller, id: string, change: (now: number) => [sets: string, ...values: number[]]) =>
  asReader(caller, async (write, user) => {
    await requireReadable(write, user, id)
    const [sets, ...values] = change(nowOf(caller).getTime())
    const update = `update ${caller.storage.table('notification')} set ${sets} where tenant_id = ? and user_id = ? and batch = ? and state <> 'outside'`
    await write.send(update, [...values, caller.tenant, user, id])
  })

async function asReader(caller: Caller, work: (write: WriteSession, user: string) => Promise<void>) {
  const reader = await transact(caller, async (write) => {
    const user = readerOf(write)
    await work(write, user)
    return user
  })
  changedFor(caller.engine, caller.tenant, [reader])
}

const LOOKED_AT = 200

/** Another user's notifications do not exist, nor do those about what the reader may not see. */
async function requireReadable(write: WriteSession, user: string, id: string) {
  const inside = write.inside()
  const select = `select ${ENTRY_COLUMNS} from ${inside.storage.table('notification')} n where n.tenant_id = ? and n.user_id = ? and n.batch = ? and n.state <> 'outside' order by n.id desc limit ${LOOKED_AT}`
  const rows = isId(id) ? await write.all(select, [inside.tenant, user, id]) : []
  const found = await readable(inside, writeQuery(write), rows.map(readEntry))
  if (found.entries.length === 0) throw notFound('notifications')
}
