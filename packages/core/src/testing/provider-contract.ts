import type { EmailPort, SmsPort } from '../messages/ports'
import type { Awaitable } from '../storage/port'
import { emailCases } from './contract/email'
import { smsCases } from './contract/sms'
import type { ContractCase } from './storage-contract'

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

/** Opens a provider under test, new at each call. Its port waits at most a second for an answer. */
export type OpenProvider<Port, Received> = () => Awaitable<ProviderUnderTest<Port, Received>>

/**
 * What every {@link EmailPort} must keep, as cases for any test runner.
 *
 * @example
 * for (const { name, run } of emailContract(() => startMyProvider())) test(name, run)
 */
export const emailContract = (open: OpenProvider<EmailPort, ReceivedEmail>): ContractCase[] => casesOf(emailCases, open)

/** What every {@link SmsPort} must keep, as cases for any test runner. */
export const smsContract = (open: OpenProvider<SmsPort, ReceivedSms>): ContractCase[] => casesOf(smsCases, open)

type Case<Provider> = readonly [name: string, check: (provider: Provider) => Promise<void>]

function casesOf<Provider extends { port: EmailPort | SmsPort; clean?(): Awaitable<void> }>(
  cases: readonly Case<Provider>[],
  open: () => Awaitable<Provider>,
): ContractCase[] {
  return cases.map(([name, check]) => ({
    name,
    async run() {
      const provider = await open()
      try {
        await check(provider)
      } finally {
        await provider.port.close?.()
        await provider.clean?.()
      }
    },
  }))
}
