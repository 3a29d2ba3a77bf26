import { CrmError } from '../kernel/errors'
import { deliveryError } from '../messages/delivery'
import type { EmailPort, MailAddress, SendOptions, SendReceipt, SmsPort } from '../messages/ports'
import { type ReadyEmail, readyEmail, readySms } from '../messages/ready'
import type { Awaitable } from '../storage/port'

/** What a provider in memory adds to its port. */
export interface Memory<Message> {
  /** What was taken, oldest first. */
  readonly sent: Message[]
  /** Each of the next sends throws one of these, in turn; the message is not taken. */
  failNext(...errors: Error[]): void
}

/** An email provider for your tests, see {@link memoryEmail}. */
export type MemoryEmail = Required<EmailPort> & Memory<ReadyEmail>
/** A provider of text messages for your tests, see {@link memorySms}. */
export type MemorySms = Required<SmsPort> & Memory<{ id: string; to: string; text: string }>

/**
 * An email provider for your tests: takes what real ones take, refuses what they refuse, and keeps it.
 *
 * @example
 * const email = memoryEmail()
 * const crm = createCrm({ storage, email })
 * email.failNext(deliveryError('retry-later'))
 * expect(email.sent.map(({ subject }) => subject)).toEqual(['Welcome'])
 */
export const memoryEmail = (from: MailAddress = { address: 'crm@example.com' }): MemoryEmail =>
  memory((email) => readyEmail(email, from))

/** The same for text messages. */
export const memorySms = (): MemorySms => memory(readySms)

function memory<Given, Message extends { id: string; messageId?: string }>(
  ready: (given: Given) => Awaitable<Message>,
) {
  const sent: Message[] = []
  const failures: Error[] = []
  let closed = false
  return {
    sent,
    failNext(...errors: Error[]) {
      failures.push(...errors)
    },
    async send(given: Given, { signal }: SendOptions = {}): Promise<SendReceipt> {
      if (closed) throw new CrmError('CLOSED', 'This provider is closed.')
      const message = await ready(given)
      if (signal?.aborted) throw deliveryError('retry-later')
      const failure = failures.shift()
      if (failure) throw failure
      sent.push(message)
      const { messageId } = message
      return { providerId: `memory-${sent.length}`, ...(messageId === undefined ? {} : { messageId }) }
    },
    async close() {
      closed = true
    },
  }
}
