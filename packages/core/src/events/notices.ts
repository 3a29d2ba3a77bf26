import mitt from 'mitt'
import type { EventRecord } from '../records/event'
import type { EventPattern } from './names'

export type Listener = (event: EventRecord) => void | Promise<void>

/** In-process notices of committed events. A listener that throws hurts neither the write nor other listeners. */
export function createNotices(onError: (error: unknown, event: EventRecord) => void) {
  const emitter = mitt<Record<string, EventRecord>>()

  function report(error: unknown, event: EventRecord) {
    try {
      onError(error, event)
    } catch {
      // The host's own report of a failure failed; the write it is about is committed all the same.
    }
  }

  return {
    /** `'*'` hears everything, `'deals.*'` all of one type, `'deal.won'` one event. Returns the way out. */
    on(pattern: EventPattern, listener: Listener): () => void {
      const guarded = (event: EventRecord) => {
        try {
          Promise.resolve(listener(event)).catch((error) => report(error, event))
        } catch (error) {
          report(error, event)
        }
      }
      const key = pattern === '*' ? 'all' : pattern
      emitter.on(key, guarded)
      return () => emitter.off(key, guarded)
    },
    announce(events: readonly EventRecord[]) {
      for (const event of events) {
        if (event.silent) continue
        emitter.emit(event.name, event)
        emitter.emit(`${event.recordType}.*`, event)
        emitter.emit('all', event)
      }
    },
  }
}
