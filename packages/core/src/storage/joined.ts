import { createLock, type Lock } from './lock'
import type { Session, Storage } from './port'

const locks = new WeakMap<object, Lock>()

/**
 * The storage inside a transaction somebody else owns: ours becomes a savepoint, so our failure leaves theirs usable,
 * and their rollback takes our rows. `owner` identifies that transaction: savepoints on it wait for one another.
 */
export function joinedStorage(storage: Storage, session: Session, owner: object, depth = 1): Storage {
  const key = depth === 1 ? (session.owner ?? owner) : owner
  const lock = locks.get(key) ?? createLock(5000)
  locks.set(key, lock)
  const name = `rapport_${depth}`

  async function savepoint<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await session.run(`savepoint ${name}`, [])
    try {
      const result = await work(session)
      await session.run(`release savepoint ${name}`, [])
      return result
    } catch (error) {
      await session.run(`rollback to savepoint ${name}`, [])
      await session.run(`release savepoint ${name}`, [])
      throw error
    }
  }

  return {
    dialect: storage.dialect,
    table: storage.table,
    joined: true,
    read: session.all,
    transaction: (work) => lock.run(() => savepoint(work)),
    join: storage.join,
    async close() {},
  }
}

/** The same for a transaction of our own that is already open, one level down: what hooks and composed verbs work in. */
export const nestedStorage = (storage: Storage, session: Session): Storage => joinedStorage(storage, session, {}, 2)
