import type { Awaitable } from '../../storage/port'

/** What the provider under test does with the next message. `silent` never answers. */
export type ProviderAnswer = 'take' | 'away' | 'refuse' | 'wrong-key' | 'silent'

/** A provider under test: a server of your own that speaks as the real one does. */
export interface ProviderUnderTest<Port, Received> {
  port: Port
  /** What the server has taken, oldest first. */
  received(): Awaitable<readonly Received[]>
  /** How it answers from now on; `take` until told. */
  answer(next: ProviderAnswer): void
  /** Key, password and the like: no error may tell them. */
  secrets: readonly string[]
  /** Runs after each case. */
  clean?(): Awaitable<void>
}

/** An email as the server got it. */
export interface ReceivedEmail {
  id: string
  from: { address: string; name?: string | undefined }
  to: readonly { address: string; name?: string | undefined }[]
  /** Everybody it goes to: to, cc and bcc. */
  recipients: readonly string[]
  replyTo?: string | undefined
  subject: string
  text: string
  html?: string | undefined
  headers: Readonly<Record<string, string>>
  attachments: readonly { name: string; type: string; content: Uint8Array; cid?: string | undefined }[]
  /** The part of type `text/calendar` that mail programs show as an invitation. */
  calendar?: { method: string; content: string } | undefined
}

/** A text message as the server got it. */
export interface ReceivedSms {
  to: string
  text: string
}
