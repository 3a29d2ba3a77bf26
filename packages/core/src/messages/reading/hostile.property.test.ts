import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCrmError } from '../../kernel/errors'
import { judgeOpen } from '../tracking/open-verdict'
import { sendgridEvents } from '../webhooks/sendgrid-events'
import { sesEvents } from '../webhooks/ses-events'
import { verifyWebhook } from '../webhooks/standard'
import { verifyTwilioWebhook } from '../webhooks/twilio'
import { isAutoReply } from './auto-reply'
import { readBounce } from './bounce'
import { htmlText } from './html-text'
import { type Mail, readMail } from './mail'
import { replyText } from './reply'
import { isOneClick, readUnsubscribe } from './unsubscribe'

/** What mails are made of, so that random mails get past the first branch. */
const PIECES = [
  '\n',
  '\r\n',
  ' ',
  '> ',
  'From: ',
  'To: ',
  'Subject: ',
  'Sent: ',
  'Content-Type: multipart/report; boundary=b\n\n',
  'Content-Type: message/delivery-status\n\n',
  'Content-Type: text/html\n\n',
  'Content-Transfer-Encoding: base64\n',
  '--b\n',
  '--b--\n',
  'Final-Recipient: rfc822; ada@engines.example\n',
  'Action: failed\n',
  'Status: 5.1.1\n',
  'MAILER-DAEMON@mx.example\n',
  'could not be delivered: user unknown',
  '<ada@engines.example>:',
  'On 10 March 2026, Ada wrote:',
  'Am 10.3. schrieb Ada:',
  '-- \n',
  '-----Original Message-----\n',
  '=?utf-8?b?',
  '=?utf-8?q?=C3?=',
  '<blockquote>',
  '</div>',
  '<!--',
  '&#x110000;',
  '{"eventType":"Open","mail":{"destination":[1,null,"a"]}}',
  '[{"email":"a@b.example","event":"open","timestamp":1e99}]',
]

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 60 })
  .map((pieces) => pieces.join(''))

/** Lets typed errors pass, and nothing else. */
async function typed<T>(call: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (isCrmError(error)) return undefined
    throw error
  }
}

function readAll(mail: Mail) {
  readBounce(mail)
  isAutoReply(mail)
  readUnsubscribe(mail)
  return replyText(mail)
}

describe('whatever comes in', () => {
  test('a mail is read or refused with a typed error, and so is what reads it', async () => {
    let read = 0
    await fc.assert(
      fc.asyncProperty(hostile, fc.boolean(), async (text, headed) => {
        const mail = await typed(() => readMail(headed ? `From: a@b.example\n${text}` : text))
        if (mail) {
          read++
          readAll(mail)
        }
      }),
      { numRuns: 200 },
    )
    // Not all of them were refused at the door.
    expect(read).toBeGreaterThan(60)
  })

  test('bytes are read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const mail = await typed(() => readMail(Buffer.concat([Buffer.from('From: a@b.example\n\n'), bytes])))
        expect(mail).toBeDefined()
      }),
      { numRuns: 200 },
    )
  })

  test('every word of a text is in the reply, the quote or the signature', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { text: reply, quote, signature } = replyText({ text })
        const words = (all: string) => all.split(/\s+/).filter(Boolean).sort()
        expect(words(`${reply}\n${quote}\n${signature}`)).toEqual(words(text.replace(/\r\n|\r/g, '\n')))
      }),
      { numRuns: 300 },
    )
  })

  test('webhooks, events, forms and user agents are read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (one, other) => {
        await typed(() => sendgridEvents(one))
        await typed(() => sesEvents(one))
        const headers = { 'webhook-id': one, 'webhook-timestamp': other, 'webhook-signature': one }
        expect(
          await typed(() => verifyWebhook({ headers, body: one }, 'whsec_b2xkIHNlY3JldCBvZiBvdXJz')),
        ).toBeUndefined()
        await typed(() => verifyTwilioWebhook({ headers, body: one }, { authToken: 'x', url: other }))
        isOneClick(one)
        judgeOpen({ userAgent: one })
      }),
      { numRuns: 300 },
    )
  })
})

/** Seconds of the fastest of three. */
function seconds(call: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const start = performance.now()
    call()
    return (performance.now() - start) / 1_000
  })
  return Math.min(...times)
}

const SIZE = 40_000
const fill = (piece: string, size: number) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size)

const mailOf = (text: string, headers: Mail['headers'] = []): Mail => ({
  from: { address: 'MAILER-DAEMON@mx.example' },
  to: [],
  cc: [],
  replyTo: [],
  subject: 'failure notice',
  references: [],
  attachments: [],
  headers,
  text,
})

const reportOf = (text: string): Mail => ({
  ...mailOf(''),
  attachments: [{ type: 'message/delivery-status', content: Buffer.from(text), inline: true }],
})

/** Long texts that make careless patterns go back and forth. */
const LONG = [
  ' ',
  '\n',
  '> ',
  '>\n',
  'a',
  '@',
  'a@',
  'a@b ',
  'a@b.c\n',
  '<a@b.c>:\n',
  'On 1 ',
  'On 1\n',
  'From: a\n',
  'From: a\nTo: b\n',
  '-',
  '_____\n',
  'Regards,\n',
  'user ',
  'mailbox unknown ',
  '5.1.1 ',
  'Received: x\n',
  '<',
  '<!--',
  '<p',
  '<blockquote>',
  '&#1',
  '/',
  'Mozilla/5.0 (',
]

describe('time grows with the length and no faster', () => {
  test.each(LONG)('of a mail full of %j', (piece) => {
    const reading = (size: number) => {
      const text = fill(piece, size)
      return seconds(() => {
        readAll(mailOf(text, [{ name: 'x-failed-recipients', value: text }]))
        readAll(reportOf(fill(`Final-Recipient: a;${piece}@b.c\nAction: failed\nDiagnostic-Code: ${piece}\n\n`, size)))
        htmlText(text)
        judgeOpen({ userAgent: text })
        readUnsubscribe({ headers: [{ name: 'list-unsubscribe', value: text }] })
      })
    }
    const short = reading(SIZE)
    // Four times the length: four times the time, sixteen times were it quadratic. The rest is for a busy machine.
    expect(reading(4 * SIZE)).toBeLessThan(8 * short + 0.3)
    expect(short).toBeLessThan(2)
  })

  test.each([
    ['headers', (size: number) => `From: a@b.example\n${fill('X-A: b\n', size)}\n\nx`],
    ['encoded words', (size: number) => `Subject: ${fill('=?utf-8?q?=C3?=\n ', size)}\n\nx`],
    ['addresses', (size: number) => `To: ${fill('a <a@b.example>,', size)}\n\nx`],
    ['groups', (size: number) => `To: ${fill('a:', size)}\n\nx`],
    ['comments', (size: number) => `From: ${fill('(', size)}\n\nx`],
    ['references', (size: number) => `References: ${fill('<a@b> ', size)}\n\nx`],
    ['boundaries', (size: number) => `From: a\nContent-Type: multipart/mixed; boundary=b\n\n${fill('--b\n\n', size)}`],
    ['lines of HTML', (size: number) => `From: a\nContent-Type: text/html\n\n${fill('<b><p>', size)}`],
    [
      'soft line ends',
      (size: number) => `From: a\nContent-Transfer-Encoding: quoted-printable\n\n${fill('=\n', size)}`,
    ],
  ])('of a raw mail full of %s', async (_, raw) => {
    const reading = async (size: number) => {
      const text = raw(size)
      const start = performance.now()
      await typed(() => readMail(text))
      return (performance.now() - start) / 1_000
    }
    await reading(1_000)
    const short = await reading(SIZE)
    expect(await reading(4 * SIZE)).toBeLessThan(8 * short + 0.5)
  })
})
