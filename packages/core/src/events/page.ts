import { decodeCursor, encodeCursor } from '../kernel/cursor'
import { invalid } from '../kernel/errors'
import type { EventRecord, TimelineEntry } from '../records/event'
import { limitOf, type Page } from '../records/list'

/** A place in the log, newest first. */
export interface Place {
  at: number
  id: string
}

export interface PageRequest {
  limit?: number | undefined
  after?: string | null | undefined
  /** Names the query a cursor belongs to. */
  fingerprint: string
  /** The next events that come after a place, at most `count`. */
  read(after: Place | undefined, count: number): Promise<EventRecord[]>
  /** What the asker may see of them, in the same order. */
  show(events: readonly EventRecord[]): TimelineEntry[] | Promise<TimelineEntry[]>
}

/** Most events read by one statement. Batches grow up to it, so that what one may not see costs few statements. */
const MAX_BATCH = 1000

/**
 * One full page of what the asker may see. Where events are left out, more are read, so that the length of a page
 * tells nothing of them. Memory holds one batch.
 */
export async function eventPage(request: PageRequest): Promise<Page<TimelineEntry>> {
  const wanted = limitOf(request.limit) + 1
  const entries: TimelineEntry[] = []
  let place = request.after == null ? undefined : placeOf(decodeCursor(request.after, request.fingerprint))
  for (let size = wanted; entries.length < wanted; size = Math.min(size * 2, MAX_BATCH)) {
    const events = await request.read(place, size)
    entries.push(...(await request.show(events)))
    const last = events.at(-1)
    if (!last || events.length < size) break
    place = { at: last.at.getTime(), id: last.id }
  }
  const items = entries.slice(0, wanted - 1)
  const last = items.at(-1)
  const more = entries.length >= wanted && last !== undefined
  return { items, nextCursor: more ? encodeCursor([last.at.getTime(), last.id], request.fingerprint) : null }
}

function placeOf([at, id]: unknown[]): Place {
  if (typeof at === 'number' && typeof id === 'string') return { at, id }
  throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same query.')
}
