import assert from 'node:assert/strict'
import type { EmailPort, OutgoingEmail } from '../../messages/ports'
import type { ProviderUnderTest, ReceivedEmail } from './provider'
import { assertInvalid, sendingCases } from './sending'

type EmailCase = readonly [
  name: string,
  check: (provider: ProviderUnderTest<EmailPort, ReceivedEmail>) => Promise<void>,
]

const WELCOME: OutgoingEmail = {
  id: '0190f1d2-7c1e-7cc3-9a5b-4a1f0e2d3c4b',
  to: [{ address: 'ada@example.com', name: 'Ada' }],
  subject: 'Welcome',
  text: 'Good to have you.',
}
const email = (changes: Partial<OutgoingEmail>): OutgoingEmail => ({ ...WELCOME, ...changes })

const INVITATION = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Acme//CRM//EN',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:meeting-1@acme.example',
  'DTSTAMP:20260301T090000Z',
  'DTSTART:20260310T090000Z',
  'DTEND:20260310T093000Z',
  'SUMMARY:Démo',
  'ORGANIZER:mailto:crm@acme.example',
  'ATTENDEE;RSVP=TRUE:mailto:ada@example.com',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n')

/** What lands in a header, and may hold no line break. */
const IN_HEADERS: readonly [field: string, with_: (text: string) => Partial<OutgoingEmail>][] = [
  ['id', (text) => ({ id: text })],
  ['subject', (text) => ({ subject: text })],
  ['to.0.name', (text) => ({ to: [{ address: 'ada@example.com', name: text }] })],
  ['from.name', (text) => ({ from: { address: 'crm@acme.example', name: text } })],
  ['replyTo.name', (text) => ({ replyTo: { address: 'crm@acme.example', name: text } })],
  ['headers.X-Note', (text) => ({ headers: { 'X-Note': text } })],
  ['attachments.0.name', (text) => ({ attachments: [{ name: text, type: 'text/plain', content: '' }] })],
]

const received = async (provider: ProviderUnderTest<EmailPort, ReceivedEmail>, sent: OutgoingEmail) => {
  await provider.port.send(sent)
  const [first] = await provider.received()
  assert.ok(first, 'nothing arrived')
  return first
}

export const emailCases: readonly EmailCase[] = [
  ...sendingCases((id) => email({ id })),
  [
    'names, subject, text and html arrive in every script',
    async (provider) => {
      const names = { name: 'Zoë "the boss" Łukasz, Jr. 🦊' }
      const sent = email({
        from: { address: 'crm@acme.example', name: 'Müller & Söhne <GmbH>' },
        to: [
          { address: 'ada@example.com', ...names },
          { address: 'bob@xn--bcher-kva.example', name: '李四' },
        ],
        subject:
          'Ваш заказ — 注文 №7: 100 % “ready” 🎉 and a subject long enough to be folded more than once on the way',
        text: 'Grüße,\n.a line that begins with a dot\n..two\nשלום 👩‍👩‍👧',
        html: '<p>Grüße, <b>שלום</b> 👩‍👩‍👧</p>',
      })
      const got = await received(provider, sent)
      assert.deepEqual([got.from, got.to], [sent.from, sent.to])
      assert.equal(got.subject, sent.subject)
      assert.equal(got.text.replaceAll('\r\n', '\n').trimEnd(), sent.text)
      assert.equal(got.html?.trimEnd(), sent.html)
    },
  ],
  [
    'the id is the same for each attempt, and so is the Message-ID',
    async ({ port, received }) => {
      const first = await port.send(WELCOME)
      const second = await port.send(WELCOME)
      assert.ok(first.messageId?.endsWith('@acme.example>'))
      assert.equal(first.messageId, second.messageId)
      assert.deepEqual(
        (await received()).map(({ id }) => id),
        [WELCOME.id, WELCOME.id],
      )
    },
  ],
  [
    'everybody is reached once, copies and blind copies too, and answers go where they should',
    async (provider) => {
      const sent = email({
        to: [{ address: 'ada@example.com' }, { address: 'ADA@example.com' }],
        cc: [{ address: 'bob@example.com' }],
        bcc: [{ address: 'cyd@example.com' }, { address: 'bob@example.com' }],
        replyTo: { address: 'answers@acme.example' },
        headers: { 'List-Unsubscribe': '<https://acme.example/out>', 'In-Reply-To': '<a@b.example>' },
      })
      const got = await received(provider, sent)
      assert.deepEqual([...got.recipients].sort(), ['ada@example.com', 'bob@example.com', 'cyd@example.com'])
      assert.deepEqual(
        got.to.map(({ address }) => address),
        ['ada@example.com'],
      )
      assert.equal(got.replyTo, 'answers@acme.example')
      assert.equal(got.headers['list-unsubscribe'], '<https://acme.example/out>')
      assert.equal(got.headers['in-reply-to'], '<a@b.example>')
    },
  ],
  [
    'attachments arrive byte for byte, images inside the html too',
    async (provider) => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256)
      const sent = email({
        html: '<img src="cid:logo">',
        attachments: [
          { name: 'Angebot für Łukasz.pdf', type: 'application/pdf', content: bytes },
          { name: 'logo.png', type: 'image/png', content: bytes.slice(0, 10), cid: 'logo' },
        ],
      })
      const { attachments } = await received(provider, sent)
      const [pdf, logo] = ['application/pdf', 'image/png'].map((type) => attachments.find((one) => one.type === type))
      assert.equal(pdf?.name, 'Angebot für Łukasz.pdf')
      assert.ok(Buffer.from(bytes).equals(Buffer.from(pdf.content)))
      assert.deepEqual([logo?.cid, logo?.content.length], ['logo', 10])
    },
  ],
  [
    'an invitation arrives as one, beside the text, and as a file',
    async (provider) => {
      const attachments = [{ name: 'agenda.txt', type: 'text/plain', content: 'Hello' }]
      const got = await received(
        provider,
        email({ calendar: { method: 'REQUEST', content: INVITATION }, html: '<p>Good to have you.</p>', attachments }),
      )
      assert.equal(got.calendar?.method, 'REQUEST')
      assert.equal(got.calendar.content.trimEnd(), INVITATION.trimEnd())
      assert.deepEqual([...got.attachments.map(({ name }) => name)].sort(), ['agenda.txt', 'invite.ics'])
      assert.equal(got.text.trimEnd(), WELCOME.text)
    },
  ],
  [
    'a line break forges no header: it is refused with the name of the field, and nothing goes out',
    async (provider) => {
      for (const [field, with_] of IN_HEADERS) {
        for (const text of ['a\r\nBcc: mallory@example.com', 'a\nb', 'a\rb', 'a\0b', 'a\ud800b']) {
          await assertInvalid(provider, email(with_(text)), field)
        }
      }
      const forged = { 'X-A\r\nBcc': 'mallory@example.com' }
      await assertInvalid(provider, email({ headers: forged }), 'headers')
      await assertInvalid(provider, email({ headers: { Bcc: 'mallory@example.com' } }), 'headers.Bcc')
    },
  ],
  [
    'what no mail system takes is refused before anything goes out',
    async (provider) => {
      const to = (address: string) => ({ to: [{ address }] })
      await assertInvalid(provider, email({ to: [] }), 'to')
      await assertInvalid(provider, email(to('ada@example.com\r\nRCPT TO:<mallory@example.com>')), 'to.0.address')
      await assertInvalid(provider, email(to('ada@example.com, bob@example.com')), 'to.0.address')
      await assertInvalid(provider, email({ subject: ' ' }), 'subject')
      await assertInvalid(provider, email({ text: { path: '/etc/passwd' } as never }), 'text')
      const file = { name: 'a', type: 'text/plain', content: { path: '/etc/passwd' } as never }
      await assertInvalid(provider, email({ attachments: [file] }), 'attachments.0.content')
      await assertInvalid(provider, email({ calendar: { method: 'CANCEL', content: INVITATION } }), 'calendar.method')
    },
  ],
]
