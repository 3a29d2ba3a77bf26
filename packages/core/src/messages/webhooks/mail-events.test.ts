import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sendgridEvents } from './sendgrid-events'
import { sesEvents } from './ses-events'

const corpus = process.env.RAPPORT_CORPUS ?? ''
const reason = corpus ? '' : ' (skipped: no corpus)'

describe.skipIf(!corpus)(`esp-events${reason}`, () => {
  const file = (name: string) => readFileSync(join(corpus, 'webhooks', 'esp-events', name))

  test('of SendGrid', () => {
    expect(sendgridEvents(file('json-sendgrid-02.json'))).toEqual([
      {
        kind: 'bounced',
        bounce: 'hard',
        address: 'kijitora@example.ne.jp',
        at: new Date('2011-10-08T12:39:14Z'),
        diagnostic: '550 Unknown user kijitora@example.ne.jp ',
      },
      {
        kind: 'bounced',
        bounce: 'soft',
        address: 'kijitora@example.co.jp',
        at: new Date('2011-10-08T13:57:43Z'),
        status: '5.2.2',
        diagnostic: '550 5.2.2 <kijitora@example.co.jp>... Mailbox Full ',
      },
    ])
    expect(sendgridEvents(file('json-sendgrid-09.json'))).toMatchObject([{ bounce: 'hard', status: '5.1.1' }])
    expect(sendgridEvents(file('json-sendgrid-13.json'))).toEqual([
      {
        kind: 'delivered',
        address: 'kijitora@example.com',
        at: new Date('2017-09-04T18:00:07Z'),
        eventId: '9DQrtMYCQcqhzCcaM1dDcA',
        messageId: '<9454cba873d4ff07@localhost>',
        providerMessageId: 'xOljzpupQQWM0kNVSTWCJw.filter0022p3mdw1-18488-59AD94A6-1C.0',
      },
    ])
    expect(sendgridEvents(file('json-sendgrid-16.json'))).toMatchObject([
      { kind: 'complained', address: 'kijitora@outlook.example.com', eventId: 'odvDkblzSzmMErbelzZiDQ' },
    ])
  })

  test('of SES', () => {
    expect(sesEvents(file('json-amazonses-05.json'))).toEqual([
      {
        kind: 'delivered',
        address: 'complaint@simulator.amazonses.com',
        at: new Date('2016-11-25T01:49:01.207Z'),
        providerMessageId: '01010158992bd11e-d46429af-0ec9-4aaf-8503-6f7ca5832ca2-000000',
      },
    ])
    expect(sesEvents(file('json-amazonses-06.json'))).toMatchObject([
      {
        kind: 'bounced',
        bounce: 'hard',
        address: 'bounce@simulator.amazonses.com',
        status: '5.1.1',
        messageId: '<xxx@xx.xx>',
      },
    ])
  })
})

describe('events of SendGrid', () => {
  const one = (event: object) =>
    sendgridEvents(JSON.stringify([{ email: 'a@b.example', timestamp: 1, ip: '192.0.2.1', ...event }]))

  test.each([
    [
      { event: 'bounce', reason: '550 user unknown' },
      { kind: 'bounced', bounce: 'hard' },
    ],
    [
      { event: 'bounce', type: 'bounce', reason: '550 gone' },
      { kind: 'bounced', bounce: 'hard' },
    ],
    [
      { event: 'bounce', type: 'blocked', reason: '550 no' },
      { kind: 'bounced', bounce: 'soft' },
    ],
    [
      { event: 'deferred', response: '452 4.2.2 full' },
      { kind: 'delayed', status: '4.2.2' },
    ],
    [
      { event: 'open', sg_machine_open: true, useragent: 'x' },
      { kind: 'opened', machine: true, userAgent: 'x' },
    ],
    [
      { event: 'open', sg_machine_open: false },
      { kind: 'opened', machine: false },
    ],
    [
      { event: 'click', url: 'https://a.example/' },
      { kind: 'clicked', url: 'https://a.example/' },
    ],
    [{ event: 'group_unsubscribe' }, { kind: 'unsubscribed' }],
  ])('%j', (event, expected) => {
    expect(one(event)).toMatchObject([expected])
  })

  test('keep no IP address', () => {
    expect(JSON.stringify(one({ event: 'open' }))).not.toContain('192.0.2.1')
  })

  test('that say nothing of a delivery are left out', () => {
    for (const event of [
      { event: 'processed' },
      { event: 'dropped' },
      { event: 'constructor' },
      {},
      { event: 'open', email: 1 },
    ])
      expect(one(event)).toEqual([])
    expect(sendgridEvents('{}')).toEqual([])
    expect(sendgridEvents('[1, null, []]')).toEqual([])
  })
})

describe('events of SES', () => {
  const mail = { timestamp: '2026-03-10T09:00:00Z', destination: ['a@b.example', 'c@b.example'], messageId: 'm1' }
  const within = (event: object) =>
    JSON.stringify({ Type: 'Notification', MessageId: 'n1', Message: JSON.stringify(event) })

  test('come within a notification, for each recipient', () => {
    const open = { timestamp: '2026-03-10T10:00:00Z', ipAddress: '192.0.2.1', userAgent: 'x' }
    const events = sesEvents(within({ eventType: 'Open', mail, open }))
    const told = {
      kind: 'opened',
      at: new Date('2026-03-10T10:00:00Z'),
      eventId: 'n1',
      providerMessageId: 'm1',
      userAgent: 'x',
    }
    expect(events).toEqual([
      { ...told, address: 'a@b.example' },
      { ...told, address: 'c@b.example' },
    ])
  })

  test.each([
    ['Permanent', '', 'hard'],
    ['Transient', '', 'soft'],
    ['Permanent', 'smtp; 550 5.7.1 rejected as spam', 'soft'],
    ['Transient', 'smtp; 550 5.1.1 user unknown', 'hard'],
  ])('a bounce that is %s: %s', (bounceType, diagnosticCode, kind) => {
    const bounce = {
      bounceType,
      bouncedRecipients: [{ emailAddress: 'a@b.example', diagnosticCode }],
      timestamp: mail.timestamp,
    }
    expect(sesEvents(within({ eventType: 'Bounce', mail, bounce }))).toMatchObject([{ kind: 'bounced', bounce: kind }])
  })

  test('others', () => {
    const complaint = { complainedRecipients: [{ emailAddress: 'a@b.example' }] }
    expect(sesEvents(within({ eventType: 'Complaint', mail, complaint }))).toMatchObject([{ kind: 'complained' }])
    const click = { link: 'https://a.example/' }
    expect(sesEvents(within({ eventType: 'Click', mail, click }))[0]).toMatchObject({
      kind: 'clicked',
      url: click.link,
    })
    expect(sesEvents(within({ eventType: 'Send', mail }))).toEqual([])
  })
})

test('what is no JSON is a typed error', () => {
  for (const read of [sendgridEvents, sesEvents])
    expect(() => read('nonsense')).toThrow(expect.objectContaining({ code: 'VALIDATION', rule: 'invalid-json' }))
})
