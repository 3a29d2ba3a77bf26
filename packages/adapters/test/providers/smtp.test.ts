import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { type SmtpOptions, smtp } from '@rapport/adapters/smtp'
import { deliveryOutcome, type OutgoingEmail } from '@rapport/core/messages'
import { emailContract } from '@rapport/core/testing'
import { createTransport } from 'nodemailer'
import { afterEach, expect, test } from 'vitest'
import { Delivery, watched } from '../../src/smtp/delivery'
import { serverOf } from '../../src/smtp/pool'
import { type Behaviour, PASSWORD, receivedBySmtp, smtpServer, USER } from './smtp-server'

const FROM = 'crm@acme.example'
const EMAIL: OutgoingEmail = { id: 'm-1', to: [{ address: 'ada@example.com' }], subject: 'Welcome', text: 'Hello' }
const SECRETS = [
  PASSWORD,
  encodeURIComponent(PASSWORD),
  Buffer.from(PASSWORD).toString('base64'),
  Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64'),
]

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function world(behaviour: Behaviour = {}, options: Partial<SmtpOptions> = {}) {
  const server = await smtpServer()
  server.behave(behaviour)
  const port = smtp({ url: server.url(), from: FROM, timeout: 5000, ...options })
  stops.push(server.stop, port.close)
  return { server, port }
}

const failureOf = (sent: unknown) =>
  Promise.resolve(sent).then(
    () => undefined,
    (error) => error,
  )

const contract = emailContract(async () => {
  const server = await smtpServer()
  return {
    port: smtp({ url: server.url(), from: FROM, timeout: 2000 }),
    received: () => Promise.all(server.taken.map(receivedBySmtp)),
    answer: server.answer,
    secrets: SECRETS,
    clean: server.stop,
  }
})
for (const { name, run } of contract) test(name, run)

const reply = (code: number, text: string) => () => ({ code, reply: text })
test.each([
  ['RCPT', { rcptTo: reply(450, '4.2.1 Greylisted') }, 'retry-later', 'again'],
  ['RCPT', { rcptTo: reply(550, '5.1.1 No such user') }, 'invalid-recipient', 'never'],
  ['RCPT', { rcptTo: reply(550, '5.7.1 Blocked by policy') }, 'refused', 'never'],
  ['RCPT', { rcptTo: reply(550, 'No') }, 'refused', 'never'],
  ['MAIL', { mailFrom: reply(421, '4.7.0 Too many connections') }, 'retry-later', 'again'],
  ['MAIL', { mailFrom: reply(550, '5.7.1 Not your address') }, 'not-permitted', 'blocked'],
  ['MAIL', { mailFrom: reply(552, '5.3.4 Too large') }, 'too-large', 'never'],
  ['DATA', { data: reply(451, '4.3.0 Later') }, 'retry-later', 'again'],
  ['DATA', { data: reply(452, '4.3.1 Disk full') }, 'retry-later', 'again'],
  ['DATA', { data: reply(552, '5.2.3 Longer than we take') }, 'too-large', 'never'],
  ['DATA', { data: reply(554, '5.6.0 Spam') }, 'refused', 'never'],
  ['greeting', { connect: reply(554, 'Go away') }, 'not-permitted', 'blocked'],
  ['greeting', { connect: reply(421, 'Busy') }, 'retry-later', 'again'],
] as [string, Behaviour, string, string][])('%s %o is %s', async (_, behaviour, rule, outcome) => {
  const { server, port } = await world(behaviour)
  const error = await failureOf(port.send(EMAIL))
  expect([error?.code, error?.rule, deliveryOutcome(error)]).toEqual(['DELIVERY', rule, outcome])
  server.behave({})
  await port.send(EMAIL)
  expect(server.taken).toHaveLength(1)
})

test('recipients who are refused are named, and the others get the email', async () => {
  const { server, port } = await world({
    rcptTo: (address) =>
      ({
        'gone@example.com': { code: 550, reply: '5.1.1 No such user' },
        'full@example.com': { code: 452, reply: '4.2.2 Mailbox full' },
      })[address],
  })
  const to = ['ada', 'gone', 'full'].map((name) => ({ address: `${name}@example.com` }))
  const { refused = [] } = await port.send({ ...EMAIL, to })
  expect(refused.map(({ address, error }) => [address, error.rule, error.retryable])).toEqual([
    ['gone@example.com', 'invalid-recipient', false],
    ['full@example.com', 'retry-later', true],
  ])
  expect(server.taken.map(({ recipients }) => recipients)).toEqual([['ada@example.com']])
})

test('where all are refused and one only for now, the email is tried again', async () => {
  const { port } = await world({
    rcptTo: (address) =>
      address.startsWith('ada') ? { code: 450, reply: '4.2.1 Later' } : { code: 550, reply: '5.1.1 No such user' },
  })
  const to = ['ada', 'bob'].map((name) => ({ address: `${name}@example.com` }))
  await expect(port.send({ ...EMAIL, to })).rejects.toMatchObject({ rule: 'retry-later' })
})

test.each([
  ['silent at the greeting', { connect: () => 'silent' }, 'retry-later'],
  ['silent at the recipient', { rcptTo: () => 'silent' }, 'retry-later'],
  ['gone at the recipient', { rcptTo: () => 'drop' }, 'retry-later'],
  ['silent after the message', { data: () => 'silent' }, 'timed-out'],
  ['gone after the message', { data: () => 'drop' }, 'timed-out'],
] as [string, Behaviour, string][])(
  'a server that is %s: it is known whether it had the email',
  async (_, behaviour, rule) => {
    const { port } = await world(behaviour, { timeout: 1500 })
    await expect(port.send(EMAIL)).rejects.toMatchObject({ code: 'DELIVERY', rule })
  },
)

test('where nobody listens, or the name is unknown, the email was certainly not taken', async () => {
  const { server, port } = await world()
  await server.stop()
  await expect(port.send(EMAIL)).rejects.toMatchObject({ rule: 'retry-later' })
  const nowhere = smtp({ url: 'smtp://mail.nowhere.invalid', from: FROM, timeout: 3000 })
  await expect(nowhere.send(EMAIL)).rejects.toMatchObject({ rule: 'retry-later' })
  await nowhere.close()
})

test('connections are shared and kept, no more than allowed, and ended by close', async () => {
  const { server, port } = await world({}, { max: 2, timeout: 20_000 })
  await Promise.all(Array.from({ length: 8 }, (_, index) => port.send({ ...EMAIL, id: `m-${index}` })))
  await port.send(EMAIL)
  expect([server.taken.length, server.connections, server.open]).toEqual([9, 2, 2])
  await port.close()
  await expect.poll(() => server.open).toBe(0)
})

test('a connection that the server has closed meanwhile is replaced without a word', async () => {
  const { server, port } = await world()
  await port.send(EMAIL)
  server.behave({ mailFrom: () => 'drop' })
  setTimeout(() => server.behave({}), 20)
  await port.send(EMAIL)
  expect(server.taken).toHaveLength(2)
})

test('close lets an email under way come to its end', async () => {
  const { server, port } = await world()
  const sent = port.send(EMAIL)
  await port.close()
  expect((await sent).providerId).toBe('<m-1@acme.example>')
  expect(server.taken).toHaveLength(1)
})

test('the password goes over TLS only: STARTTLS where it is offered, none where it is not', async () => {
  const { server, port } = await world()
  await port.send(EMAIL)
  expect(server.taken[0]?.secure).toBe(true)

  const plain = await smtpServer({ disabledCommands: ['STARTTLS'] })
  stops.push(plain.stop)
  const refusing = smtp({ url: plain.url('&requireTLS=true'), from: FROM, timeout: 5000 })
  stops.push(refusing.close)
  await expect(refusing.send(EMAIL)).rejects.toMatchObject({ code: 'DELIVERY', rule: 'not-permitted' })
  expect(plain.taken).toEqual([])

  const tlsFor = (url: string) => serverOf(url, 5, 1000).options.requireTLS
  expect(tlsFor('smtp://user:password@mail.example')).toBe(true)
  expect(tlsFor('smtp://user:password@localhost')).toBe(false)
  expect(tlsFor('smtp://relay.internal')).toBe(false)
})

test('a certificate that nobody signed is not trusted', async () => {
  const { server } = await world()
  const url = server.url().replace('?tls.rejectUnauthorized=false', '')
  const port = smtp({ url, from: FROM, timeout: 5000 })
  stops.push(port.close)
  await expect(port.send(EMAIL)).rejects.toMatchObject({ code: 'DELIVERY' })
  expect(server.taken).toEqual([])
})

test('smtps is TLS from the start', async () => {
  const server = await smtpServer({ secure: true })
  const port = smtp({ url: server.url('', 'smtps'), from: { address: FROM, name: 'Acme' }, timeout: 1000 })
  stops.push(server.stop, port.close)
  await port.send(EMAIL)
  expect(await receivedBySmtp(server.taken[0] as never)).toMatchObject({ from: { address: FROM, name: 'Acme' } })
})

test("the host's own transporter is used, and left open", async () => {
  const { server } = await world()
  const transporter = createTransport({ url: server.url(), pool: true } as never)
  const port = smtp({ transporter, from: FROM, timeout: 5000 })
  await port.send(EMAIL)
  await port.close()
  await transporter.sendMail({ from: FROM, to: 'bob@example.com', subject: 'Mine', text: 'Hello' })
  expect(server.taken).toHaveLength(2)
  transporter.close()
})

test('what the host wrote around nodemailer may not give an email up: then it is not known whether it was taken', async () => {
  const deaf = { sendMail: () => new Promise(() => {}) }
  const port = smtp({ transporter: deaf, from: FROM, timeout: 100 })
  await expect(port.send(EMAIL)).rejects.toMatchObject({ rule: 'timed-out' })
})

test('an email that waits for a connection and is not given up may still go out', async () => {
  const message = { createReadStream: () => Readable.from('Hello') }
  const waiting = {
    sendMail(data: object) {
      watched({ data, message }, () => message.createReadStream())
      return new Promise(() => {})
    },
  }
  const delivery = new Delivery(100)
  await expect(delivery.of(waiting, {})).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  expect(delivery.certainlyNot).toBe(false)
})

test('an invitation stands in the place where Outlook and Gmail look for it', async () => {
  const { server, port } = await world()
  const content = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n'
  await port.send({ ...EMAIL, html: '<p>Hello</p>', calendar: { method: 'REPLY', content } })
  const types = [...(server.taken[0]?.source ?? '').matchAll(/^Content-Type: ([^;\r\n]+)/gm)].map(([, type]) => type)
  expect(types).toEqual([
    'multipart/mixed',
    'multipart/alternative',
    'text/plain',
    'text/html',
    'text/calendar',
    'application/ics',
  ])
  expect(server.taken[0]?.source).toMatch(/Content-Type: text\/calendar;\s+charset=utf-8;\s+method=REPLY/)
})

test.each([
  [{ url: undefined }, 'url', 'invalid-url'],
  [{ url: `http://u:${PASSWORD}@host` }, 'url', 'invalid-url'],
  [{ url: `smtp://u:${PASSWORD}@ho st` }, 'url', 'invalid-url'],
  [{ from: 'a@example.com\r\nBcc: b@example.com' }, 'from.address', 'invalid-email'],
  [{ max: 0 }, 'max', 'out-of-range'],
  [{ timeout: -1 }, 'timeout', 'out-of-range'],
  [{ transporter: {} }, 'transporter', 'not-a-transporter'],
])('wrong options %# are refused, without telling them', (wrong, field, rule) => {
  try {
    smtp({ url: 'smtp://localhost', from: FROM, ...wrong } as SmtpOptions)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'VALIDATION', field, rule })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('word/0123')
  }
})
