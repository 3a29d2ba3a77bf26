import type { Clock } from '../kernel/clock'
import { CrmError } from '../kernel/errors'

export interface RateLimit {
  /** Submissions allowed at once, and again after each `per`. Default 10. */
  requests: number
  /** Milliseconds in which the full number comes back. Default 60,000. */
  per: number
}

export const DEFAULT_LIMIT: RateLimit = { requests: 10, per: 60_000 }

const MAX_KEYS = 10_000

interface Bucket {
  left: number
  at: number
}

/**
 * A token bucket for each key, in the memory of this process: `requests` at once, refilled evenly over `per`. Keeps the
 * 10,000 keys used last; with several processes each has its own.
 *
 * @returns Takes one from the key's bucket. Throws RATE_LIMITED with `retryAfter` seconds when it is empty.
 */
export function createRateLimit({ requests, per }: RateLimit, clock: Clock): (key: string) => void {
  const buckets = new Map<string, Bucket>()
  return (key) => {
    const now = clock.now().getTime()
    const known = buckets.get(key)
    const left = known ? Math.min(requests, known.left + (Math.max(0, now - known.at) * requests) / per) : requests
    buckets.delete(key)
    if (!known && buckets.size >= MAX_KEYS) buckets.delete(buckets.keys().next().value as string)
    buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now })
    if (left < 1) throw tooMany(Math.max(1, Math.ceil(((1 - left) * per) / requests / 1000)))
  }
}

const tooMany = (retryAfter: number) =>
  new CrmError('RATE_LIMITED', 'Too many submissions.', {
    field: 'capture',
    rule: 'too-many-requests',
    remedy: `Try again in ${retryAfter} seconds.`,
    retryAfter,
  })
