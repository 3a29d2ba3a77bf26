import type { Storage } from '@rapport/core'

/** Rows that a storage has written, in all tables: inserted, changed and removed. */
export interface CountedStorage {
  storage: Storage
  rows(): number
}

export function countRows(storage: Storage): CountedStorage {
  let rows = 0
  return {
    rows: () => rows,
    storage: {
      ...storage,
      transaction: (work) =>
        storage.transaction((session) =>
          work({
            ...session,
            send: (sql, params, check) =>
              session.send(sql, params, (changed) => {
                rows += changed
                check?.(changed)
              }),
            run(sql, params) {
              const changed = session.run(sql, params)
              if (typeof changed === 'number') rows += changed
              else changed.then((number) => (rows += number)).catch(() => {})
              return changed
            },
          }),
        ),
    },
  }
}
