import type { Storage } from '@rapport/core'

type Session = Parameters<Parameters<Storage['transaction']>[0]>[0]

/** A storage whose transactions can be put together. */
export interface GroupedStorage {
  storage: Storage
  /** All transactions inside `work` become durable together, when it ends. Each is still all or nothing. */
  group<T>(work: () => Promise<T>): Promise<T>
}

/**
 * Puts many small transactions of one loader into a large one: SQLite then writes each page once, not once for every
 * record. Only for a process that has the file to itself and can do its work again; readers elsewhere see it at the end.
 */
export function groupTransactions(storage: Storage): GroupedStorage {
  let open: Session | undefined
  return {
    storage: {
      ...storage,
      read: (sql, params) => (open ? open.all(sql, params) : storage.read(sql, params)),
      transaction: (work) => (open ? nested(open, work) : storage.transaction(work)),
    },
    group: (work) =>
      storage.transaction(async (session) => {
        open = session
        try {
          return await work()
        } finally {
          open = undefined
        }
      }),
  }
}

async function nested<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  await session.run('savepoint step', [])
  try {
    const result = await work(session)
    await session.run('release step', [])
    return result
  } catch (error) {
    await session.run('rollback to step', [])
    await session.run('release step', [])
    throw error
  }
}
