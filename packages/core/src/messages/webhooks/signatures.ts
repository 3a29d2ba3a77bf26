import { timingSafeEqual } from 'node:crypto'
import { CrmError } from '../../kernel/errors'

/** Headers of a request, as `Headers` or as an object of either spelling. */
export type RequestHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** A request as it came. Verify before parsing: `body` must be the very bytes. */
export interface WebhookRequest {
  headers: RequestHeaders
  body: string | Uint8Array
}

export interface VerifyOptions {
  /** Default: the clock of this machine. */
  now?: Date
  /** Seconds that the timestamp may be off, against requests sent once more. Default: 300. */
  tolerance?: number
}

/** FORBIDDEN, without a word of what would have been right. */
export const refused = (rule: string, remedy: string): CrmError =>
  new CrmError('FORBIDDEN', `webhook: ${remedy}`, { field: 'webhook', rule, remedy })

export function headerValue(headers: RequestHeaders, name: string): string {
  if (typeof (headers as Headers).get === 'function') return (headers as Headers).get(name) ?? ''
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return typeof found === 'string' ? found : (found?.[0] ?? '')
}

export const bytesOf = (body: string | Uint8Array): Uint8Array => (typeof body === 'string' ? Buffer.from(body) : body)

/** Equal, found out in a time that does not tell how much of it is. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)

/** The timestamp in seconds. Throws for one that is too far from now: somebody may be sending an old request once more. */
export function checkTime(timestamp: string, { now = new Date(), tolerance = 300 }: VerifyOptions): number {
  if (!/^\d{1,12}$/.test(timestamp)) throw refused('timestamp', 'the timestamp is missing or no number of seconds')
  const seconds = Number(timestamp)
  if (!(Math.abs(now.getTime() / 1_000 - seconds) <= tolerance))
    throw refused('expired', 'the timestamp is too old or too new: look at the clock of this machine')
  return seconds
}
