import { describe, expect, test } from 'vitest'
import { isAutoReply } from './auto-reply'
import { readMail } from './mail'

const judged = async (headers: string[], ownAddresses: string[] = []) =>
  isAutoReply(await readMail(`From: ada@engines.example\r\n${headers.join('\r\n')}\r\n\r\nHello`), { ownAddresses })

describe('no person wrote', () => {
  test.each([
    ['Auto-Submitted: auto-replied', 'reply', 'auto-submitted'],
    ['Auto-Submitted: auto-generated', 'reply', 'auto-submitted'],
    ['X-Auto-Response-Suppress: OOF, AutoReply', 'reply', 'x-auto-response-suppress'],
    ['X-Autoreply: yes', 'reply', 'x-autoreply'],
    ['Precedence: auto_reply', 'reply', 'precedence'],
    ['Precedence: bulk', 'bulk', 'precedence'],
    ['List-Id: <news.engines.example>', 'bulk', 'list-id'],
    ['Subject: Automatic reply: Offer', 'reply', 'subject'],
    ['Subject: Out of Office: Offer', 'reply', 'subject'],
    ['Subject: Automatische Antwort: Angebot', 'reply', 'subject'],
    ['Subject: =?utf-8?q?R=C3=A9ponse_automatique?=', 'reply', 'subject'],
    ['Subject: =?utf-8?b?6Ieq5YuV6L+U5L+h?=: Offer', 'reply', 'subject'],
  ])('%s', async (header, kind, because) => {
    expect(await judged([header])).toEqual({ kind, because })
  })
})

describe('a person wrote', () => {
  test.each([
    'Auto-Submitted: no',
    'X-Autoreply: no',
    'Precedence: first-class',
    'Subject: Re: Automatic reply: Offer',
    'Subject: Your automatic replies bother me',
    'Subject: Offer',
  ])('%s', async (header) => {
    expect(await judged([header])).toBeUndefined()
  })
})

describe('a loop', () => {
  test('is a mail from an address of your own', async () => {
    expect(await judged([], ['Ada@Engines.example'])).toEqual({ kind: 'loop', because: 'from' })
  })
  test('is a mail that carries your mark', async () => {
    expect(await judged(['X-Loop: sales@rapport.example'], ['sales@rapport.example'])).toEqual({
      kind: 'loop',
      because: 'x-loop',
    })
    expect(await judged(['X-Loop: other@list.example'], ['sales@rapport.example'])).toBeUndefined()
  })
  test('is a mail that has been through fifty servers', async () => {
    const hops = (count: number) => judged(Array.from({ length: count }, () => 'Received: from a by b'))
    expect(await hops(51)).toEqual({ kind: 'loop', because: 'received' })
    expect(await hops(50)).toBeUndefined()
  })
})
