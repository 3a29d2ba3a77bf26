import { isCrmError } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { queryContext } from '../records/query'
import { listNotifications, readerOf, unreadCount } from './inbox'
import { watch } from './live'
import type { Notification } from './notification'

/** What changed in an inbox. */
export interface InboxChange {
  unread: number
  /** What is new, or has grown, newest first. The first time: the newest ones there are. */
  notifications: Notification[]
}

const LOOKED_AT = 20

/** Tells the listener of the inbox as it is, and of each change from then on. Gives the way out. */
export function subscribe(caller: Caller, listener: (change: InboxChange) => void): () => void {
  let known: ReadonlySet<string> | undefined
  let told: number | undefined
  let ended = false
  let again = false
  let busy = false
  let end = () => {}

  async function look() {
    const { items } = await listNotifications(caller, { limit: LOOKED_AT })
    const unread = await unreadCount(caller)
    const fresh = items.filter((one) => !known?.has(stateOf(one)))
    const isNews = known === undefined || fresh.length > 0 || unread !== told
    known = new Set(items.map(stateOf))
    told = unread
    if (isNews && !ended) listener({ unread, notifications: fresh })
  }

  /** One look at a time; what changes meanwhile is looked at once more. */
  async function lookSoon() {
    again = true
    if (busy) return
    busy = true
    while (again && !ended) {
      again = false
      await look().catch(report)
    }
    busy = false
  }

  function report(error: unknown) {
    if (isCrmError(error, 'CLOSED')) return stop()
    process.emitWarning(`Live notifications failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  function stop() {
    ended = true
    end()
  }

  queryContext(caller)
    .then((query) => {
      if (ended) return
      end = watch(caller.engine, { tenant: caller.tenant, user: readerOf(query), look: lookSoon })
      lookSoon()
    })
    .catch(report)
  return stop
}

const stateOf = ({ id, count }: Notification) => `${id} ${count}`
