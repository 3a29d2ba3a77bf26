import { type Awaitable, busyError } from '@rapport/core/storage'

/**
 * Runs `work` once the host's connection is free. There is one: whoever waits for it inside the transaction that holds
 * it waits forever, so waiting ends in an error that says what to do.
 */
export function patiently<T, Connection>(
  patience: number,
  acquire: (work: (connection: Connection) => Promise<T>) => Promise<T>,
  work: (connection: Connection) => Awaitable<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(busyError(patience))
    }, patience)
    acquire(async (connection) => {
      clearTimeout(timer)
      if (late) throw busyError(patience)
      return work(connection)
    }).then(resolve, (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
