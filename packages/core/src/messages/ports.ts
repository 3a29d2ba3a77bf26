import type { Awaitable } from '../storage/port'

export interface MailAddress {
  address: string
  name?: string | undefined
}

export interface Attachment {
  name: string
  /** Media type: `application/pdf`. */
  type: string
  content: string | Uint8Array
}

/** One email, ready to go. */
export interface OutgoingEmail {
  /** The same for each attempt: a provider that knows idempotency keys sends it once. */
  id: string
  to: readonly MailAddress[]
  subject: string
  text: string
  html?: string | undefined
  attachments?: readonly Attachment[] | undefined
  /** An invitation, its update, its cancellation or an answer to one, as iCalendar text. */
  calendar?: { method: 'REQUEST' | 'CANCEL' | 'REPLY'; content: string } | undefined
}

/** Hands emails to whoever delivers them: `smtp({ … })`. Throws when it did not take one, and is asked again later. */
export interface EmailPort {
  send(email: OutgoingEmail): Awaitable<unknown>
}

/** One text message, ready to go. */
export interface OutgoingSms {
  /** The same for each attempt. */
  id: string
  /** Phone number in E.164. */
  to: string
  text: string
}

/** Hands text messages to whoever delivers them. Throws when it did not take one, and is asked again later. */
export interface SmsPort {
  send(sms: OutgoingSms): Awaitable<unknown>
}
