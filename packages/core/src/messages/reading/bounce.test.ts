import { describe, expect, test } from 'vitest'
import { readBounce } from './bounce'
import { readMail } from './mail'

const lines = (...all: string[]) => all.join('\r\n')
const read = async (...all: string[]) => readBounce(await readMail(lines(...all)))

const report = (said: string, ...fields: string[]) => [
  'From: MAILER-DAEMON@mx.example',
  'To: sales@rapport.example',
  'Subject: Undelivered Mail Returned to Sender',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  '',
  '--b',
  '',
  said,
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example',
  '',
  ...fields,
  '',
  '--b',
  'Content-Type: text/rfc822-headers',
  '',
  'Message-ID: <offer-7@rapport.example>',
  'To: ada@engines.example',
  '--b--',
]

const failed = (status: string, diagnostic: string) =>
  read(
    ...report(
      'It did not work.',
      'Final-Recipient: rfc822; ada@engines.example',
      'Action: failed',
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${diagnostic}`,
    ),
  )

describe('a delivery report', () => {
  test('names recipient, code, words and the mail that came back', async () => {
    expect(await failed('5.1.1', '550 5.1.1 <ada@engines.example>: User unknown')).toEqual({
      recipients: [
        {
          address: 'ada@engines.example',
          kind: 'hard',
          action: 'failed',
          reason: 'unknown-user',
          status: '5.1.1',
          diagnostic: '550 5.1.1 <ada@engines.example>: User unknown',
        },
      ],
      originalMessageId: '<offer-7@rapport.example>',
    })
  })

  test.each([
    ['5.1.1', '550 no such user here', 'hard', 'unknown-user'],
    ['5.0.0', '550-5.1.1 The email account that you tried\r\n to reach does not exist', 'hard', 'unknown-user'],
    ['5.1.2', 'Host unknown', 'hard', 'unknown-domain'],
    ['5.4.4', 'Name service error for engines.example', 'hard', 'unknown-domain'],
    ['5.4.4', 'Name service error for engines.example: Malformed or unexpected reply', 'soft', 'unreachable'],
    ['5.1.6', '551 not our customer', 'hard', 'moved'],
    ['5.1.10', 'host does not accept mail (nullMX)', 'hard', 'refuses-mail'],
    ['5.1.1', '', 'hard', 'unknown-user'],
    ['5.2.2', '552 mailbox is full', 'soft', 'mailbox-full'],
    ['5.1.1', '550 over quota', 'soft', 'mailbox-full'],
    ['5.7.1', '554 blocked using zen.spamhaus.org', 'soft', 'blocked'],
    ['5.1.8', '553 Domain of sender address does not exist', 'soft', 'blocked'],
    ['5.3.4', '552 message size exceeds limit', 'soft', 'too-large'],
    ['5.2.1', '550 this account has been disabled', 'soft', 'disabled'],
    ['4.4.7', 'delivery time expired', 'soft', 'unreachable'],
    ['5.0.0', 'something else', 'soft', 'other'],
  ])('that says %s %s is %s: %s', async (status, diagnostic, kind, reason) => {
    expect((await failed(status, diagnostic))?.recipients[0]).toMatchObject({ kind, reason })
  })

  test('of a recipient who was called unknown when the mail was there is soft: the mail was filtered', async () => {
    const said = 'host mx said: 550 User unknown (in reply to end of DATA command)'
    expect((await failed('5.0.0', said))?.recipients[0]).toMatchObject({ kind: 'soft', reason: 'blocked' })
  })

  test('names each recipient with what was said of it, and leaves out those who got the mail', async () => {
    const bounce = await read(
      ...report(
        'It did not work for all.',
        'Final-Recipient: rfc822; ada@engines.example',
        'Action: failed',
        'Status: 5.1.1',
        '',
        'Final-Recipient: rfc822; bob@engines.example',
        'Action: delivered',
        'Status: 2.0.0',
        '',
        'Final-Recipient: RFC822; <cyd@engines.example>',
        'Action: delayed',
        'Status: 4.4.1',
      ),
    )
    expect(bounce?.recipients.map(({ address, kind, action }) => `${address} ${kind} ${action}`)).toEqual([
      'ada@engines.example hard failed',
      'cyd@engines.example soft delayed',
    ])
  })

  test('of success alone is no bounce', async () => {
    const fields = ['Final-Recipient: rfc822; ada@engines.example', 'Action: delivered', 'Status: 2.1.5']
    expect(await read(...report('Delivered, though the word failed stands here.', ...fields))).toBeUndefined()
  })
})

describe('a bounce for people', () => {
  test('of qmail', async () => {
    const bounce = await read(
      'From: MAILER-DAEMON@mx.example',
      'To: sales@rapport.example',
      'Subject: failure notice',
      '',
      'Hi. This is the qmail-send program at mx.example.',
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      '',
      '<ada@engines.example>:',
      'Sorry, no mailbox here by that name. (#5.1.1)',
      '',
      '<bob@engines.example>:',
      'User is over quota. (#5.2.2)',
      '',
      '--- Below this line is a copy of the message.',
      '',
      'Return-Path: <sales@rapport.example>',
      'Message-ID: <offer-8@rapport.example>',
      'To: someone@else.example',
    )
    expect(bounce).toMatchObject({
      recipients: [
        { address: 'ada@engines.example', kind: 'hard', status: '5.1.1' },
        { address: 'bob@engines.example', kind: 'soft', reason: 'mailbox-full' },
      ],
      originalMessageId: '<offer-8@rapport.example>',
    })
    expect(bounce?.recipients).toHaveLength(2)
  })

  test('of Exim, with the recipients in a header', async () => {
    const bounce = await read(
      'X-Failed-Recipients: ada@engines.example',
      'Auto-Submitted: auto-replied',
      'From: Mail Delivery System <Mailer-Daemon@mx.example>',
      'To: sales@rapport.example',
      'Subject: Mail delivery failed: returning message to sender',
      '',
      'A message that you sent could not be delivered. The following address(es) failed:',
      '',
      '  ada@engines.example',
      '    all relevant MX records point to non-existent hosts',
    )
    expect(bounce?.recipients).toMatchObject([{ address: 'ada@engines.example', kind: 'hard' }])
  })

  test('that only warns is delayed', async () => {
    const bounce = await read(
      'From: Mail Delivery System <Mailer-Daemon@mx.example>',
      'To: sales@rapport.example',
      'Subject: Warning: message delayed 24 hours',
      '',
      'The address to which the message has not yet been delivered is:',
      '',
      '  ada@engines.example',
      '',
      'No action is required on your part. Delivery attempts will continue for some time.',
    )
    expect(bounce?.recipients).toMatchObject([{ address: 'ada@engines.example', kind: 'soft', action: 'delayed' }])
  })

  test('does not blame sender, reader or postmaster', async () => {
    const bounce = await read(
      'From: postmaster@mx.example',
      'To: sales@rapport.example',
      'Subject: Undeliverable: Offer',
      '',
      'Dear sales@rapport.example, your mail from desk@rapport.example could not be delivered to ada@engines.example.',
      'Write to postmaster@mx.example or help@mx.example.',
    )
    expect(bounce?.recipients.map(({ address }) => address)).toEqual(['ada@engines.example'])
  })
})

test.each([
  [
    'a person writes of it',
    ['From: ada@engines.example', 'Subject: Re: Undeliverable: Offer', '', 'bob@x.example failed?'],
  ],
  [
    'a person asks',
    ['From: ada@engines.example', 'Subject: Order', '', 'My mail to bob@x.example was returned, user unknown.'],
  ],
  [
    'a holiday note',
    ['Return-Path: <>', 'From: ada@engines.example', 'Subject: Away', '', 'Write to bob@x.example. I returned late.'],
  ],
])('no bounce: %s', async (_, mail) => {
  expect(await read(...mail)).toBeUndefined()
})
