import { createLock, type Lock } from './lock'
import { type EVERY_TENANT, type Session, type Storage, scopedTo } from './port'
import type { Sql } from './sql'

const locks = new WeakMap<object, Lock>()

function lockOf(owner: object): Lock {
  const lock = locks.get(owner) ?? createLock(5000)
  locks.set(owner, lock)
  return lock
}

/** How deep in savepoints a storage works. */
const depths = new WeakMap<Storage, number>()

/**
 * The storage inside a transaction somebody else owns: ours becomes a savepoint, so our failure leaves theirs usable,
 * and their rollback takes our rows. `owner` identifies that transaction: savepoints on it wait for one another.
 * `outer` is the fence in force outside of the savepoint.
 */
export function joinedStorage(storage: Storage, session: Session, owner: object, depth = 1, outer?: Sql): Storage {
  const inHosts = depth === 1
  const name = `rapport_${depth}`
  const fence = storage.fence === outer ? undefined : storage.fence

  /** Two at once would go back to, or release, the savepoint of the other. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    return lockOf((inHosts && (await session.owner?.())) || owner).run(work)
  }

  async function savepoint<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await session.run(`savepoint ${name}`, [])
    try {
      if (fence) await session.send(fence.text, fence.params)
      const result = await work(session)
      await session.run(`release savepoint ${name}`, [])
      if (fence && outer) await session.run(outer.text, outer.params)
      return result
    } catch (error) {
      session.forget?.()
      // Where the database has undone everything, there is no savepoint to return to, and the first error says why.
      await undo(session, name).catch(() => {})
      throw error
    }
  }

  const joined: Storage = {
    dialect: storage.dialect,
    table: storage.table,
    joined: true,
    read:
      fence || (inHosts && storage.dialect.errorsEndTransaction)
        ? (sql, params) => inTurn(() => savepoint(async ({ all }) => all(sql, params)))
        : session.all,
    transaction: (work) => inTurn(() => savepoint(work)),
    join: storage.join,
    ...(storage.fence && { fence: storage.fence }),
    ...(storage.scoped && {
      scoped: (tenant: string | typeof EVERY_TENANT) =>
        joinedStorage(scopedTo(storage, tenant), session, owner, depth, storage.fence),
    }),
    async close() {},
  }
  depths.set(joined, depth)
  return joined
}

async function undo(session: Session, name: string) {
  await session.run(`rollback to savepoint ${name}`, [])
  await session.run(`release savepoint ${name}`, [])
}

/** The same for a transaction of our own that is already open, one level down: what hooks and composed verbs work in. */
export const nestedStorage = (storage: Storage, session: Session): Storage =>
  joinedStorage(storage, session, {}, (depths.get(storage) ?? 1) + 1, storage.fence)
