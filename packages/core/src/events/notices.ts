import mitt from 'mitt'
import type { EventRecord } from '../records/event'

export type Listener = (event: EventRecord) => void | Promise<void>

/** In-process notices of committed events. A listener that throws hurts neither the write nor other listeners. */
export function createNotices(onError: (error: unknown, event: EventRecord) => void) {
  const emitter = mitt<Record<string, EventRecord>>()
  return {
    /** `'*'` hears everything, `'deals.*'` all of one type, `'deal.won'` one event. Returns the way out. */
    on(name: string, listener: Listener): () => void {
      const guarded = (event: EventRecord) => {
        try {
          Promise.resolve(listener(event)).catch((error) => onError(error, event))
        } catch (error) {
          onError(error, event)
        }
      }
      const key = name === '*' ? 'all' : name
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
