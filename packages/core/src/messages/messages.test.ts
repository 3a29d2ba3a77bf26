import { createCrm } from '@rapport/core'
import {
  type DeliveryRule,
  deliveryError,
  deliveryOutcome,
  invalid,
  type ReadyEmail,
  readyEmail,
} from '@rapport/core/messages'
import {
  emailContract,
  memoryEmail,
  memorySms,
  type ProviderAnswer,
  type ReceivedEmail,
  smsContract,
} from '@rapport/core/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newStorage } from '../../test/support/databases'

const FROM = { address: 'crm@acme.example' }
const RULES = { away: 'retry-later', refuse: 'refused', 'wrong-key': 'credentials', silent: 'timed-out' } as const

/** The next message meets this fate. */
const fated = (port: { failNext(error: Error): void }) => (next: ProviderAnswer) => {
  if (next !== 'take') port.failNext(deliveryError(RULES[next]))
}

const seen = (email: ReadyEmail): ReceivedEmail => ({
  ...email,
  recipients: [...email.to, ...email.cc, ...email.bcc].map(({ address }) => address),
  replyTo: email.replyTo?.address,
  headers: Object.fromEntries(Object.entries(email.headers).map(([name, value]) => [name.toLowerCase(), value])),
  attachments: [
    ...email.attachments.map((one) => ({ ...one, content: Buffer.from(one.content) })),
    ...(email.calendar
      ? [{ name: 'invite.ics', type: 'application/ics', content: Buffer.from(email.calendar.content) }]
      : []),
  ],
})

describe('in memory, emails', () => {
  const contract = emailContract(() => {
    const port = memoryEmail(FROM)
    return { port, received: () => port.sent.map(seen), answer: fated(port), secrets: [] }
  })
  for (const { name, run } of contract) test(name, run)
})

describe('in memory, text messages', () => {
  const contract = smsContract(() => {
    const port = memorySms()
    const received = () => port.sent.map(({ to, text }) => ({ to, text }))
    return { port, received, answer: fated(port), secrets: [] }
  })
  for (const { name, run } of contract) test(name, run)
})

const EMAIL = { id: 'm', to: [{ address: 'ada@example.com' }], subject: 'Welcome', text: 'Hello' }

test('whatever the id, the Message-ID is one that mail systems pass on, and another id has another', async () => {
  const DOT_ATOM = /^<[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+@acme\.example>$/
  const ids = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
    .filter((id) => id.trim() !== '' && !/[\r\n\0]/.test(id))
  const messageId = async (id: string) => (await readyEmail({ ...EMAIL, id }, FROM)).messageId
  await fc.assert(
    fc.asyncProperty(ids, ids, async (one, other) => {
      expect(await messageId(one)).toMatch(DOT_ATOM)
      expect((await messageId(one)) === (await messageId(other))).toBe(one === other)
    }),
  )
})

test('whatever stands in its lines, an email is taken as it is or refused by name: no line break gets through', async () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a\r\nBcc: x@example.com', '\u2028', '\ud800', '=?utf-8?Q?a=0Ab?='),
  )
  await fc.assert(
    fc.asyncProperty(line, async (text) => {
      try {
        const email = await readyEmail(
          { ...EMAIL, subject: text, from: { ...FROM, name: text }, headers: { 'X-Note': text } },
          FROM,
        )
        expect([email.subject, email.headers['X-Note']]).toEqual([text, text])
        expect(text).not.toMatch(/[\r\n\0]/)
      } catch (error) {
        expect(error).toMatchObject({
          code: 'VALIDATION',
          field: expect.stringMatching(/^(from\.name|subject|headers\.X-Note)$/),
        })
      }
    }),
  )
})

test('closing the CRM closes its provider', async () => {
  const email = memoryEmail()
  await createCrm({ storage: await newStorage(), email }).close()
  await expect(email.send(EMAIL)).rejects.toMatchObject({ code: 'CLOSED' })
})

test('each rule says what to do next', () => {
  const outcomes = {
    'retry-later': 'again',
    'rate-limited': 'again',
    'timed-out': 'unknown',
    refused: 'never',
    'too-large': 'never',
    'invalid-recipient': 'never',
    unsubscribed: 'never',
    credentials: 'blocked',
    'not-permitted': 'blocked',
    'missing-driver': 'blocked',
  }
  for (const [rule, outcome] of Object.entries(outcomes)) {
    const error = deliveryError(rule as DeliveryRule)
    expect([rule, deliveryOutcome(error), error.retryable, error.status]).toEqual([
      rule,
      outcome,
      outcome === 'again',
      502,
    ])
  }
  expect(deliveryOutcome(invalid('to', 'required', 'Give a recipient.'))).toBe('never')
  expect(deliveryOutcome(new Error('of the host'))).toBe('again')
  expect(deliveryError('rate-limited', { retryAfter: 30, said: '429' })).toMatchObject({
    problems: [{ retryAfter: 30 }],
    cause: { message: '429' },
  })
})
