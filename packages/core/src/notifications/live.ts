import type { Engine } from '../records/engine'
import { EVERY_TENANT, scopedTo } from '../storage/port'
import { KEPT } from './notification'

/** What a subscription watches: it is told to look again. */
interface Watcher {
  tenant: string
  user: string
  look(): void
}

const POLL_EVERY = 5000
/** What was written so long ago may have been committed just now. */
const OVERLAP = 60_000
const MOST = 10_000

interface Live {
  watchers: Set<Watcher>
  timer: NodeJS.Timeout | undefined
}

const lives = new WeakMap<Engine, Live>()

/** Tells the subscriptions of these users in this process that something of theirs changed. */
export function changedFor(engine: Engine, tenant: string, users: readonly string[]) {
  for (const watcher of lives.get(engine)?.watchers ?? [])
    if (watcher.tenant === tenant && users.includes(watcher.user)) watcher.look()
}

/** Watches until told otherwise. What other processes write is looked for every five seconds, with one read for all. */
export function watch(engine: Engine, watcher: Watcher): () => void {
  const live = lives.get(engine) ?? { watchers: new Set(), timer: undefined }
  lives.set(engine, live)
  live.watchers.add(watcher)
  if (live.timer === undefined) pollLater(engine, live)
  return () => {
    live.watchers.delete(watcher)
    if (live.watchers.size > 0) return
    clearTimeout(live.timer)
    live.timer = undefined
  }
}

/** A subscription does not keep the process alive. */
function pollLater(engine: Engine, live: Live) {
  live.timer = setTimeout(async () => {
    // What a poll misses, the next one finds.
    await poll(engine).catch(() => {})
    if (live.timer !== undefined) pollLater(engine, live)
  }, POLL_EVERY)
  live.timer.unref()
}

async function poll(engine: Engine) {
  const { storage, clock } = engine
  const fresh = `select distinct tenant_id, user_id from ${storage.table('notification')} where expires_at > ? limit ${MOST}`
  const since = clock.now().getTime() + KEPT - OVERLAP
  const users = new Map<string, string[]>()
  for (const [tenant, user] of await scopedTo(storage, EVERY_TENANT).read(fresh, [since]))
    users.set(String(tenant), [...(users.get(String(tenant)) ?? []), String(user)])
  for (const [tenant, some] of users) changedFor(engine, tenant, some)
}
