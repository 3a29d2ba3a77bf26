import { invalid } from '../../kernel/errors'
import { isHard, reasonOf, reasonOfStatus } from '../reading/bounce-reason'

/** What a provider tells of one mail to one address, in one form for all providers. No IP address is kept. */
export interface MailEvent {
  kind: 'delivered' | 'delayed' | 'bounced' | 'complained' | 'opened' | 'clicked' | 'unsubscribed'
  address: string
  at: Date
  /** The provider's id of this event: the same when it is told once more. */
  eventId?: string
  /** `Message-ID` of the mail, with its angle brackets. */
  messageId?: string
  /** The provider's own id of the mail. */
  providerMessageId?: string
  /** Of `bounced`: `hard` means that no mail will ever arrive there. */
  bounce?: 'hard' | 'soft'
  /** Enhanced status code (RFC 3463): `5.1.1`. */
  status?: string
  /** What the receiving server said. */
  diagnostic?: string
  /** Of `opened`: the provider takes it for a machine. */
  machine?: boolean
  /** Of `clicked`. */
  url?: string
  userAgent?: string
}

export type Fields = Readonly<Record<string, unknown>>

const MOST_EVENTS = 10_000
const LONGEST = 2_000

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, LONGEST) : undefined
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MOST_EVENTS) : [])

export function parsed(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString())
  } catch {
    throw invalid('body', 'invalid-json', 'Give the body of the request as it came.')
  }
}

/** An event of the fields that are known, or none without address and time. */
export function eventOf(fields: { [name in keyof MailEvent]: MailEvent[name] | undefined }): MailEvent[] {
  if (!fields.address || !fields.at || Number.isNaN(fields.at.getTime())) return []
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  return [Object.fromEntries(known) as unknown as MailEvent]
}

/** What was said of the address decides, and the provider's word where nothing was. */
export function bounceOf(diagnostic: string | undefined, status: string | undefined, permanent: boolean) {
  const reason = reasonOf(diagnostic ?? '') ?? reasonOfStatus(status)
  const isFinal = reason ? isHard(reason) : permanent
  return { kind: 'bounced', bounce: isFinal ? 'hard' : 'soft', status, diagnostic } as const
}
