import { describe, expect, test } from 'vitest'
import { htmlText } from './html-text'
import { readMail } from './mail'

const lines = (...all: string[]) => all.join('\r\n')

describe('a mail', () => {
  test('is read with its people, ids, text, HTML and attachments', async () => {
    const mail = await readMail(
      lines(
        'From: "Lovelace, Ada" <ada@engines.example>',
        'To: Bob <bob@rapport.example>, team: cyd@rapport.example, eve@rapport.example;',
        'Cc: mia@rapport.example',
        'Reply-To: desk@engines.example',
        'Subject: =?utf-8?q?Angebot_=C3=BCber_die?= =?utf-8?q?_Maschine?=',
        'Date: Tue, 10 Mar 2026 09:30:00 +0100',
        'Message-ID: <2@engines.example>',
        'In-Reply-To: <1@rapport.example>',
        'References: <0@rapport.example>',
        ' <1@rapport.example>',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary="b"',
        '',
        '--b',
        'Content-Type: multipart/alternative; boundary="c"',
        '',
        '--c',
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Gr=FC=DFe',
        '--c',
        'Content-Type: text/html; charset=utf-8',
        '',
        '<p>Grüße</p>',
        '--c--',
        '--b',
        "Content-Type: application/pdf; name*=UTF-8''pl%C3%A4ne.pdf",
        'Content-Disposition: attachment',
        'Content-Transfer-Encoding: base64',
        '',
        'JVBERg==',
        '--b--',
      ),
    )
    expect(mail).toMatchObject({
      from: { name: 'Lovelace, Ada', address: 'ada@engines.example' },
      cc: [{ address: 'mia@rapport.example' }],
      replyTo: [{ address: 'desk@engines.example' }],
      subject: 'Angebot über die Maschine',
      sentAt: new Date('2026-03-10T08:30:00Z'),
      messageId: '<2@engines.example>',
      inReplyTo: '<1@rapport.example>',
      references: ['<0@rapport.example>', '<1@rapport.example>'],
    })
    expect(mail.to.map(({ address }) => address)).toEqual([
      'bob@rapport.example',
      'cyd@rapport.example',
      'eve@rapport.example',
    ])
    expect(mail.text.trim()).toBe('Grüße')
    expect(mail.html?.trim()).toBe('<p>Grüße</p>')
    expect(mail.attachments).toHaveLength(1)
    expect(mail.attachments[0]).toMatchObject({ name: 'pläne.pdf', type: 'application/pdf', inline: false })
    expect(Buffer.from(mail.attachments[0]?.content ?? [])).toEqual(Buffer.from('%PDF'))
    expect(mail.headers.find(({ name }) => name === 'references')?.value).toBe(
      '<0@rapport.example> <1@rapport.example>',
    )
  })

  test.each([
    ['shift_jis', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), '日本'],
    ['iso-2022-jp', Buffer.from('\u001b$BF|K\\\u001b(B', 'latin1'), '日本'],
    ['koi8-r', Buffer.from([0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4]), 'Привет'],
    ['windows-1252', Buffer.from([0x80, 0x20, 0x35]), '€ 5'],
    ['gb18030', Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), '你好'],
    ['no-such-charset', Buffer.from('plain'), 'plain'],
  ])('in %s is read', async (charset, body, text) => {
    const head = Buffer.from(`From: a@b.example\r\nContent-Type: text/plain; charset=${charset}\r\n\r\n`)
    expect((await readMail(Buffer.concat([head, body]))).text.trim()).toBe(text)
  })

  test('of HTML alone has the words of it as text, also within other parts', async () => {
    const mail = await readMail(
      lines(
        'From: a@b.example',
        'Content-Type: multipart/related; boundary=b',
        '',
        '--b',
        'Content-Type: text/html',
        '',
        '<style>p{}</style><p>Yes&nbsp;&amp; no</p><blockquote>Shall we?</blockquote>',
        '--b--',
      ),
    )
    expect(mail.text).toBe('Yes & no\n\n> Shall we?')
  })

  test('that is enclosed is a part, so that its text is not taken for the text of the letter around it', async () => {
    const mail = await readMail(
      lines(
        'From: a@b.example',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        '',
        'See below',
        '--b',
        'Content-Type: message/rfc822',
        'Content-Disposition: inline',
        '',
        'From: c@d.example',
        '',
        'Enclosed',
        '--b--',
      ),
    )
    expect(mail.text.trim()).toBe('See below')
    expect(mail.attachments.map(({ type }) => type)).toEqual(['message/rfc822'])
  })

  test('without sender, subject and date leaves these out', async () => {
    const mail = await readMail('X-Odd: 1\r\n\r\nHello')
    expect(mail.from).toBeUndefined()
    expect(mail).toMatchObject({ subject: '', to: [], references: [], text: 'Hello' })
    expect(Object.keys(mail)).not.toContain('sentAt')
  })
})

describe('what cannot be read fails with its rule', () => {
  const failing = (raw: string | Uint8Array, options = {}) =>
    readMail(raw, options).then(
      () => 'read',
      ({ code, field, rule }) => `${code} ${field} ${rule}`,
    )

  const attached = (count: number) =>
    lines(
      'From: a@b.example',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...Array.from({ length: count }, () => lines('--b', 'Content-Type: image/png', '', 'x')),
      '--b--',
    )

  test('no mail at all', async () => {
    expect(await failing('')).toBe('VALIDATION mail not-a-mail')
    expect(await failing('just words\nand more')).toBe('VALIDATION mail not-a-mail')
    expect(await failing(7 as never)).toBe('VALIDATION mail type')
  })

  test('a mail that is too large', async () => {
    expect(await failing('From: a@b.example\n\n0123456789', { maxBytes: 20 })).toBe('VALIDATION mail too-large')
    expect(await failing('From: a@b.example\n\n0123456789', { maxBytes: 29 })).toBe('read')
  })

  test('more attachments than are allowed, or parts without end', async () => {
    expect(await failing(attached(3), { maxAttachments: 2 })).toBe('VALIDATION mail too-many-attachments')
    expect(await failing(attached(3), { maxAttachments: 3 })).toBe('read')
    expect(await failing(attached(2_000))).toBe('VALIDATION mail too-many-parts')
  })

  test('a header without end', async () => {
    expect(await failing(`From: a@b.example\nX-Long: ${'x\n '.repeat(600_000)}\n\nHello`)).toBe(
      'VALIDATION mail too-many-parts',
    )
  })
})

describe('the words of HTML', () => {
  test.each([
    ['a<br>b', 'a\nb'],
    ['<div>a</div><div>b</div>', 'a\nb'],
    ['a  \n  b', 'a b'],
    ['<script>alert(1)</script>a', 'a'],
    ['a<!-- <p>hidden</p> -->b', 'ab'],
    ['&eacute;&#233;&#xe9;&hellip;&unknown;', 'ééé…&unknown;'],
    ['&#0;&#xd800;&#x110000;', ''],
    ['a<hr>From: b', 'a\n________________________________\nFrom: b'],
    ['<blockquote>a<blockquote>b</blockquote></blockquote>c', '> a\n> > b\nc'],
    ['1 < 2 <b>yes</b> <3', '1 < 2 yes <3'],
  ])('%s', (html, text) => {
    expect(htmlText(html)).toBe(text)
  })
})
