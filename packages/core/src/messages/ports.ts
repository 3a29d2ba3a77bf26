import type { CrmError } from '../kernel/errors'
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
  /** Of an image inside the html: `logo` is what `<img src="cid:logo">` shows. */
  cid?: string | undefined
}

/** One email, ready to go. */
export interface OutgoingEmail {
  /** The same for each attempt. The `Message-ID` is made from it. */
  id: string
  /** Default: the sender the adapter was made with. */
  from?: MailAddress | undefined
  to: readonly MailAddress[]
  cc?: readonly MailAddress[] | undefined
  bcc?: readonly MailAddress[] | undefined
  /** Where answers go, when not to the sender. */
  replyTo?: MailAddress | undefined
  subject: string
  text: string
  html?: string | undefined
  /** Further headers: `List-Unsubscribe`, `In-Reply-To`, `References`. Not those that the other fields make. */
  headers?: Readonly<Record<string, string>> | undefined
  attachments?: readonly Attachment[] | undefined
  /** An invitation, its update, its cancellation or an answer to one, as iCalendar text. */
  calendar?: { method: 'REQUEST' | 'CANCEL' | 'REPLY'; content: string } | undefined
}

/** What a provider answers when it has taken a message. That it arrived is another matter. */
export interface SendReceipt {
  /** What the provider calls the message; its webhooks and reports name it so. */
  providerId: string
  /** Of an email: its `Message-ID`, `<…@acme.example>`. Replies and bounces refer to it. */
  messageId?: string | undefined
  /** Recipients it refused at once, while it took the email for the others. `error` says whether to try those again. */
  refused?: readonly { address: string; error: CrmError }[] | undefined
}

export interface SendOptions {
  /** Gives the attempt up. It may be too late: an attempt given up while the provider was asked is `timed-out`. */
  signal?: AbortSignal | undefined
}

/**
 * Hands emails to whoever delivers them: `smtp({ … })`, `sendgrid({ … })`, or your own. Throws when it did not take one:
 * VALIDATION for what no provider would take, else a DELIVERY error whose rule tells what to do next, see
 * `deliveryOutcome` of `@rapport/core/messages`.
 */
export interface EmailPort {
  send(email: OutgoingEmail, options?: SendOptions): Awaitable<SendReceipt>
  /** Ends what it opened. What is under way comes to its end first. */
  close?(): Awaitable<void>
}

/** One text message, ready to go. */
export interface OutgoingSms {
  /** The same for each attempt. */
  id: string
  /** Phone number in E.164. */
  to: string
  text: string
}

/** Hands text messages to whoever delivers them: `twilio({ … })`, or your own. Throws as an {@link EmailPort} does. */
export interface SmsPort {
  send(sms: OutgoingSms, options?: SendOptions): Awaitable<SendReceipt>
  close?(): Awaitable<void>
}
