import { CrmError } from '../kernel/errors'

/** Runs one piece of work at a time, in the order asked. Waiting longer than `patience` ms is an error, not a hang. */
export function createLock(patience: number) {
  let held = false
  const waiting: (() => void)[] = []

  function release() {
    const next = waiting.shift()
    if (next) next()
    else held = false
  }

  function acquire(): Promise<void> | undefined {
    if (!held) {
      held = true
      return undefined
    }
    return new Promise((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(turn), 1)
        reject(busyError(patience))
      }, patience)
      waiting.push(turn)
    })
  }

  return {
    get held() {
      return held
    },
    async run<T>(work: () => Promise<T>): Promise<T> {
      const turn = acquire()
      if (turn) await turn
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}

export const busyError = (patience: number): CrmError =>
  new CrmError('STORAGE', `Waited ${patience} ms for an open transaction to end.`, {
    field: 'storage',
    rule: 'busy',
    remedy: 'Inside a transaction or a hook, use the client you were given there (`tx` or `me.within(trx)`).',
  })

export type Lock = ReturnType<typeof createLock>
