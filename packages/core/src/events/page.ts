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
/** Most events looked at for one page. */
const MOST = 5000

/**
 * One full page of what the asker may see. Where events are left out, more are read, so that the length of a page
 * tells nothing of them; where thousands in a row are left out it is short, and the next one goes on from there, so that
 * its cost is bounded whatever the history. Memory holds one batch.
 */
export async function eventPage(request: PageRequest): Promise<Page<TimelineEntry>> {
  const wanted = limitOf(request.limit) + 1
  const entries: TimelineEntry[] = []
  let place = request.after == null ? undefined : placeOf(decodeCursor(request.after, request.fingerprint))
  let left = MOST
  for (let size = wanted; entries.length < wanted && left > 0; size = Math.min(size * 2, MAX_BATCH, left)) {
    const events = await request.read(place, size)
    entries.push(...(await request.show(events)))
    left = events.length < size ? 0 : left - size
    place = events.length < size ? undefined : placeAt(events.at(-1))
  }
  const items = entries.slice(0, wanted - 1)
  const next = entries.length >= wanted ? placeAt(items.at(-1)) : place
  return { items, nextCursor: next ? encodeCursor([next.at, next.id], request.fingerprint) : null }
}

const placeAt = (one: { at: Date; id: string } | undefined): Place | undefined =>
  one && { at: one.at.getTime(), id: one.id }

function placeOf([at, id]: unknown[]): Place {
  if (typeof at === 'number' && typeof id === 'string') return { at, id }
  throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same query.')
}
