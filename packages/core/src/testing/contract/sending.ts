import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { type CrmError, isCrmError } from '../../kernel/errors'
import { type DeliveryOutcome, deliveryOutcome } from '../../messages/delivery'
import type { SendOptions, SendReceipt } from '../../messages/ports'
import type { Awaitable } from '../../storage/port'
import type { ProviderUnderTest } from './provider'

interface Port<Message> {
  send(message: Message, options?: SendOptions): Awaitable<SendReceipt>
  close?(): Awaitable<void>
}

type Provider<Message> = ProviderUnderTest<Port<Message>, unknown>

type SendingCase<Message> = readonly [name: string, check: (provider: Provider<Message>) => Promise<void>]

/** The error of a send that must fail. */
export async function failureOf(sent: Awaitable<unknown>): Promise<CrmError> {
  const error = await Promise.resolve(sent).then(
    () => assert.fail('it was taken'),
    (thrown: unknown) => thrown,
  )
  assert.ok(isCrmError(error), `not an error of ours: ${inspect(error)}`)
  return error
}

/** VALIDATION that names the field, with nothing sent. */
export async function assertInvalid<Message>({ port, received }: Provider<Message>, message: Message, field: string) {
  const error = await failureOf(call(() => port.send(message)))
  assert.deepEqual([error.code, error.field], ['VALIDATION', field])
  assert.equal((await received()).length, 0)
}

/** A port may throw at once. */
const call = async <T>(work: () => Awaitable<T>): Promise<T> => work()

/** What holds of sending whatever it is that is sent. `make` gives a good message with that id. */
export const sendingCases = <Message>(make: (id: string) => Message): SendingCase<Message>[] => [
  [
    'each message gets a name of the provider, and twenty at once arrive once each',
    async ({ port, received }) => {
      const ids = Array.from({ length: 20 }, (_, index) => `message-${index}`)
      const receipts = await Promise.all(ids.map((id) => port.send(make(id))))
      assert.equal(new Set(receipts.map(({ providerId }) => providerId)).size, 20)
      assert.ok(receipts.every(({ providerId }) => typeof providerId === 'string' && providerId !== ''))
      assert.equal((await received()).length, 20)
    },
  ],
  [
    'a provider that is away is asked again, and then takes the message',
    async ({ port, answer, received }) => {
      answer('away')
      const error = await failureOf(port.send(make('m')))
      assert.deepEqual([error.code, error.retryable, deliveryOutcome(error)], ['DELIVERY', true, 'again'])
      answer('take')
      await port.send(make('m'))
      assert.equal((await received()).length, 1)
    },
  ],
  ['a message that is refused stays refused', expectOutcome(make, 'refuse', 'never')],
  ['a wrong key blocks, and is no fault of the message', expectOutcome(make, 'wrong-key', 'blocked')],
  [
    'without an answer it is not known whether the message was taken',
    expectOutcome(make, 'silent', 'unknown', 'timed-out'),
  ],
  [
    'an attempt can be given up while it waits, and before it begins',
    async ({ port, answer, received }) => {
      answer('silent')
      const stop = new AbortController()
      const sent = failureOf(port.send(make('m'), { signal: stop.signal }))
      setTimeout(() => stop.abort(new Error('enough')), 100)
      assert.equal((await sent).code, 'DELIVERY')
      stop.abort()
      answer('take')
      const before = (await received()).length
      const error = await failureOf(port.send(make('m'), { signal: stop.signal }))
      assert.equal(deliveryOutcome(error), 'again')
      assert.equal((await received()).length, before)
    },
  ],
  [
    'after close nothing is taken any more',
    async ({ port, received }) => {
      await port.send(make('first'))
      await port.close?.()
      await port.close?.()
      if (port.close) assert.equal((await failureOf(port.send(make('second')))).code, 'CLOSED')
      assert.equal((await received()).length, 1)
    },
  ],
  [
    'neither errors nor the port itself tell a secret',
    async ({ port, answer, secrets }) => {
      const told: unknown[] = [port]
      // The key first: a connection that is kept has shown it already.
      for (const next of ['wrong-key', 'away', 'refuse', 'silent'] as const) {
        answer(next)
        told.push(await failureOf(port.send(make('m'))))
      }
      const text = told
        .flatMap((one) => [
          inspect(one, { depth: 20, showHidden: true }),
          JSON.stringify(one),
          String((one as Error).stack),
        ])
        .join('\n')
      for (const secret of secrets) assert.ok(!text.includes(secret), 'a secret was told')
    },
  ],
]

function expectOutcome<Message>(
  make: (id: string) => Message,
  next: 'refuse' | 'wrong-key' | 'silent',
  outcome: DeliveryOutcome,
  rule?: string,
) {
  return async ({ port, answer }: Provider<Message>) => {
    answer(next)
    const error = await failureOf(port.send(make('m')))
    assert.deepEqual([error.code, error.retryable, deliveryOutcome(error)], ['DELIVERY', false, outcome])
    if (rule) assert.equal(error.rule, rule)
  }
}
