import { inspect } from 'node:util'
import { sendgrid } from '@rapport/adapters/sendgrid'
import { deliveryOutcome, type OutgoingEmail } from '@rapport/core/messages'
import { emailContract } from '@rapport/core/testing'
import { afterEach, expect, test } from 'vitest'
import { API_KEY, receivedBySendgrid, sendgridServer } from './sendgrid-server'

const FROM = { address: 'crm@acme.example', name: 'Acme' }
const EMAIL: OutgoingEmail = { id: 'm-1', to: [{ address: 'ada@example.com' }], subject: 'Welcome', text: 'Hello' }

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function world(timeout = 5000) {
  const server = await sendgridServer()
  stops.push(server.stop)
  return { server, port: sendgrid({ apiKey: API_KEY, from: FROM, url: server.url, timeout }) }
}

const contract = emailContract(async () => {
  const server = await sendgridServer()
  return {
    port: sendgrid({ apiKey: API_KEY, from: FROM, url: server.url, timeout: 1500 }),
    received: () => server.taken.map(receivedBySendgrid),
    answer: server.answer,
    secrets: [API_KEY],
    clean: server.stop,
  }
})
for (const { name, run } of contract) test(name, run)

test('the receipt has the name that SendGrid gave, its webhooks get our id', async () => {
  const { server, port } = await world()
  expect(await port.send(EMAIL)).toEqual({ providerId: 'sg-1', messageId: '<m-1@acme.example>' })
  expect(server.taken[0]).toMatchObject({
    custom_args: { rapport_id: 'm-1' },
    headers: { 'Message-ID': '<m-1@acme.example>' },
  })
})

test('content goes from the plainest to the richest, an invitation also as a file', async () => {
  const { server, port } = await world()
  const content = 'BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n'
  await port.send({ ...EMAIL, html: '<p>Hello</p>', calendar: { method: 'CANCEL', content } })
  expect(server.taken[0]?.content.map(({ type }) => type)).toEqual([
    'text/plain',
    'text/html',
    'text/calendar; method=CANCEL',
  ])
  expect(server.taken[0]?.attachments).toEqual([
    {
      content: Buffer.from(content).toString('base64'),
      type: 'application/ics',
      filename: 'invite.ics',
      disposition: 'attachment',
    },
  ])
})

test('a batch is named', async () => {
  const { server } = await world()
  await sendgrid({ apiKey: API_KEY, from: FROM, url: server.url, batchId: 'batch-1' }).send(EMAIL)
  expect(server.taken[0]?.batch_id).toBe('batch-1')
})

const message = (text: string) => ({ errors: [{ message: text, field: 'from.email', help: null }] })
const inAMinute = () => String(Math.floor(Date.now() / 1000) + 60)
test.each([
  [400, {}, message('The from email does not contain a valid address.'), 'refused', 'never'],
  [401, {}, message('authorization required'), 'credentials', 'blocked'],
  [401, {}, message('Maximum credits exceeded'), 'not-permitted', 'blocked'],
  [403, {}, message('The from address does not match a verified Sender Identity.'), 'not-permitted', 'blocked'],
  [413, {}, message('content too large'), 'too-large', 'never'],
  [429, {}, message('too many requests'), 'rate-limited', 'again'],
  [500, {}, message('internal server error'), 'retry-later', 'again'],
  [502, {}, '<html>Bad Gateway</html>', 'timed-out', 'unknown'],
  [503, {}, '', 'retry-later', 'again'],
  [301, { location: 'https://elsewhere.example' }, '', 'refused', 'never'],
])('%i %o %o is %s', async (status, headers, body, rule, outcome) => {
  const { server, port } = await world()
  server.answer({ status, headers, body })
  const error = await Promise.resolve(port.send(EMAIL)).catch((thrown) => thrown)
  expect([error.code, error.rule, deliveryOutcome(error)]).toEqual(['DELIVERY', rule, outcome])
  expect(String(error.cause)).toContain(String(status))
  if (typeof body !== 'string') expect(String(error.cause)).toContain(body.errors[0]?.message)
})

test.each([
  ['retry-after', () => '7', 7, 7],
  ['retry-after', () => new Date(Date.now() + 60_000).toUTCString(), 50, 60],
  ['x-ratelimit-reset', inAMinute, 50, 60],
  ['x-ratelimit-reset', () => '1', 1, 1],
])('a rate limit with %s says when', async (header, value, least, most) => {
  const { server, port } = await world()
  server.answer({ status: 429, headers: { [header]: value() }, body: message('too many requests') })
  const error = await Promise.resolve(port.send(EMAIL)).catch((thrown) => thrown)
  expect(error.retryable).toBe(true)
  expect(error.problems[0].retryAfter).toBeGreaterThanOrEqual(least)
  expect(error.problems[0].retryAfter).toBeLessThanOrEqual(most)
})

test('where nobody listens the email was certainly not taken', async () => {
  const { server, port } = await world()
  await server.stop()
  await expect(port.send(EMAIL)).rejects.toMatchObject({ rule: 'retry-later', retryable: true })
})

test('a connection that breaks during the answer leaves it open whether the email was taken', async () => {
  const { httpProvider } = await import('./http-provider')
  const server = await httpProvider((_, response) => {
    response.destroy()
    return undefined
  })
  stops.push(server.stop)
  const port = sendgrid({ apiKey: API_KEY, from: FROM, url: server.url })
  await expect(port.send(EMAIL)).rejects.toMatchObject({ rule: 'timed-out', retryable: false })
})

test.each([
  [{ apiKey: '' }, 'apiKey', 'required'],
  [{ apiKey: 'SG.a\r\nX-Evil: 1' }, 'apiKey', 'required'],
  [{ from: 'nobody' }, 'from.address', 'invalid-email'],
  [{ url: 'http://api.sendgrid.com' }, 'url', 'invalid-url'],
  [{ timeout: 0 }, 'timeout', 'out-of-range'],
])('wrong options %o are refused', (wrong, field, rule) => {
  const make = () => sendgrid({ apiKey: API_KEY, from: FROM, ...wrong })
  expect(make).toThrow(expect.objectContaining({ code: 'VALIDATION', field, rule }))
  try {
    make()
  } catch (error) {
    expect(inspect(error, { depth: 9 })).not.toContain(API_KEY)
  }
})
