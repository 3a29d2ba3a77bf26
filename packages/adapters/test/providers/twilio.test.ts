import { type TwilioOptions, twilio } from '@rapport/adapters/twilio'
import { deliveryOutcome } from '@rapport/core/messages'
import { smsContract } from '@rapport/core/testing'
import { afterEach, expect, test } from 'vitest'
import { ACCOUNT, API_KEY, twilioError, twilioServer } from './twilio-server'

const SMS = { id: 'm-1', to: '+4915123456789', text: 'See you at 9.' }

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function world(options: Partial<TwilioOptions> = { from: '+15550000001' }) {
  const server = await twilioServer()
  stops.push(server.stop)
  return { server, port: twilio({ accountSid: ACCOUNT, apiKey: API_KEY, url: server.url, timeout: 5000, ...options }) }
}

const contract = smsContract(async () => {
  const server = await twilioServer()
  return {
    port: twilio({ accountSid: ACCOUNT, apiKey: API_KEY, from: '+15550000001', url: server.url, timeout: 1500 }),
    received: () => server.taken,
    answer: server.answer,
    secrets: [API_KEY.secret, Buffer.from(`${API_KEY.sid}:${API_KEY.secret}`).toString('base64')],
    clean: server.stop,
  }
})
for (const { name, run } of contract) test(name, run)

test('the receipt has the SID of the message', async () => {
  const { server, port } = await world()
  expect(await port.send(SMS)).toEqual({ providerId: `SM${'1'.padStart(32, '0')}` })
  expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toEqual({
    To: '+4915123456789',
    From: '+15550000001',
    Body: 'See you at 9.',
  })
})

test('a messaging service picks the sender, and Twilio is told where to report', async () => {
  const statusCallback = 'https://acme.example/hooks/sms?tenant=a&b=c'
  const { server, port } = await world({ messagingServiceSid: 'MG0123', statusCallback })
  await port.send(SMS)
  const form = new URLSearchParams(server.requests[0]?.body)
  expect([form.get('MessagingServiceSid'), form.get('StatusCallback'), form.get('From')]).toEqual([
    'MG0123',
    statusCallback,
    null,
  ])
})

test('the auth token of the account will do', async () => {
  const { server, port } = await world({ apiKey: undefined, authToken: 'token', from: '+15550000001' })
  await Promise.resolve(port.send(SMS)).catch(() => {})
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`${ACCOUNT}:token`).toString('base64')}`)
})

test.each([
  [400, 21211, 'invalid-recipient', 'never'],
  [400, 21614, 'invalid-recipient', 'never'],
  [400, 21610, 'unsubscribed', 'never'],
  [400, 21617, 'too-large', 'never'],
  [400, 21612, 'refused', 'never'],
  [400, 21408, 'not-permitted', 'blocked'],
  [400, 21606, 'not-permitted', 'blocked'],
  [401, 20003, 'credentials', 'blocked'],
  [429, 20429, 'rate-limited', 'again'],
  [429, 21611, 'retry-later', 'again'],
  [500, 20500, 'retry-later', 'again'],
])('%i with code %i is %s', async (status, code, rule, outcome) => {
  const { server, port } = await world()
  server.answer(twilioError(status, code, 'what Twilio says'))
  const error = await Promise.resolve(port.send(SMS)).catch((thrown) => thrown)
  expect([error.code, error.rule, deliveryOutcome(error)]).toEqual(['DELIVERY', rule, outcome])
  expect(String(error.cause)).toContain(`${status} ${code} what Twilio says`)
})

test.each([
  [30003, 'retry-later'],
  [30005, 'invalid-recipient'],
  [30006, 'invalid-recipient'],
  [30007, 'refused'],
  [30008, 'retry-later'],
])('a message that fails in the same breath with %i is %s', async (code, rule) => {
  const { server, port } = await world()
  server.answer({ status: 201, body: { sid: 'SM1', status: 'failed', error_code: code, error_message: 'carrier' } })
  await expect(port.send(SMS)).rejects.toMatchObject({ code: 'DELIVERY', rule })
})

test('a limit says when to come back', async () => {
  const { server, port } = await world()
  server.answer({ ...twilioError(429, 20429, 'Too Many Requests'), headers: { 'retry-after': '3' } })
  await expect(port.send(SMS)).rejects.toMatchObject({ problems: [{ rule: 'rate-limited', retryAfter: 3 }] })
})

test('a success that nobody can read leaves it open whether the message was taken', async () => {
  const { server, port } = await world()
  server.answer({ status: 201, body: '<html>' })
  await expect(port.send(SMS)).rejects.toMatchObject({ rule: 'timed-out' })
})

test.each([
  [{ accountSid: 'SK1' }, 'accountSid'],
  [{ apiKey: undefined }, 'apiKey'],
  [{ from: undefined }, 'from'],
  [{ url: 'ftp://api.twilio.com' }, 'url'],
])('wrong options %o are refused', (wrong, field) => {
  const options = { accountSid: ACCOUNT, apiKey: API_KEY, from: '+15550000001', ...wrong }
  expect(() => twilio(options as TwilioOptions)).toThrow(expect.objectContaining({ code: 'VALIDATION', field }))
})
