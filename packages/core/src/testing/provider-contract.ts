import type { EmailPort, SmsPort } from '../messages/ports'
import type { Awaitable } from '../storage/port'
import { emailCases } from './contract/email'
import type { ProviderUnderTest, ReceivedEmail, ReceivedSms } from './contract/provider'
import { smsCases } from './contract/sms'
import type { ContractCase } from './storage-contract'

/** Opens a provider under test, new at each call. Its port should wait two seconds for an answer, not a minute. */
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
