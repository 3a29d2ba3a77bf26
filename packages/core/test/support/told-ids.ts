import { AsyncLocalStorage } from 'node:async_hooks'

/** Ids in place of random ones: counted, for each of several CRMs by itself, so that the same calls make the same ids. */
const counters = new AsyncLocalStorage<{ made: number }>()

export const idCounter = () => ({ made: 0 })

/** The work, with ids out of that counter. */
export const withIds = <T>(counter: { made: number }, work: () => Promise<T>): Promise<T> => counters.run(counter, work)

export function newId(): string {
  const counter = counters.getStore()
  if (!counter) throw new Error('An id outside of withIds')
  return `01900000-0000-7000-8000-${(++counter.made).toString(16).padStart(12, '0')}`
}
