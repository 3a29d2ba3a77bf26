import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isOneClick, readUnsubscribe, unsubscribeHeaders } from './unsubscribe'

const corpus = process.env.RAPPORT_CORPUS
const reason = corpus ? '' : ' (skipped: no corpus)'
const mail = (unsubscribe: string | null, post: string | null) => ({
  headers: [
    ...(unsubscribe ? [{ name: 'list-unsubscribe', value: unsubscribe }] : []),
    ...(post ? [{ name: 'list-unsubscribe-post', value: post }] : []),
  ],
})

describe.skipIf(!corpus)(`RFC 8058${reason}`, () => {
  interface Case {
    name: string
    list_unsubscribe: string | null
    list_unsubscribe_post: string | null
    expect: { kind: string }
  }
  const file: { cases: Case[]; request: { body: string } } = corpus
    ? JSON.parse(readFileSync(join(corpus, 'email-headers', 'rfc8058-one-click.json'), 'utf8'))
    : { cases: [], request: {} }
  const kinds: Record<string, string> = { OneClick: 'one-click', Mailto: 'mail', HttpLink: 'link' }

  test.each(file.cases)('$name', ({ list_unsubscribe, list_unsubscribe_post, expect: wanted }) => {
    const found = readUnsubscribe(mail(list_unsubscribe, list_unsubscribe_post))
    expect(found).toMatchObject({ ...wanted, kind: kinds[wanted.kind] })
  })

  test('its request is understood', () => {
    expect(isOneClick(file.request.body)).toBe(true)
  })
})

describe('unsubscribing', () => {
  test('what is written is read', () => {
    const headers = unsubscribeHeaders('https://crm.example/u?k=a,b&t=1', { mailto: 'leave@crm.example?subject=u1' })
    expect(headers).toEqual({
      'List-Unsubscribe': '<mailto:leave@crm.example?subject=u1>,\r\n <https://crm.example/u?k=a%2Cb&t=1>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    })
    const unfolded = headers['List-Unsubscribe'].replace(/\r\n /g, ' ')
    expect(readUnsubscribe(mail(unfolded, headers['List-Unsubscribe-Post']))).toEqual({
      kind: 'one-click',
      url: 'https://crm.example/u?k=a%2Cb&t=1',
    })
  })

  test.each([
    'http://crm.example/u',
    'mailto:a@b.example',
    'javascript:alert(1)',
    'nothing',
    'https://a:b@crm.example/',
  ])('does not take %s', (url) => {
    expect(() => unsubscribeHeaders(url)).toThrow(expect.objectContaining({ code: 'VALIDATION', field: 'url' }))
  })

  test('no line break gets into a header', () => {
    expect(unsubscribeHeaders('https://crm.example/u?k=a\r\nBcc: x')['List-Unsubscribe']).not.toMatch(/[\r\n]/)
    expect(() => unsubscribeHeaders('https://crm.example/u', { mailto: 'a@b.example\r\nBcc: x' })).toThrow(
      expect.objectContaining({ field: 'mailto' }),
    )
  })

  test('is not one click without the header that says so, or without https', () => {
    expect(readUnsubscribe(mail('<https://a.example/u>', 'List-Unsubscribe=Two-Clicks'))?.kind).toBe('link')
    expect(readUnsubscribe(mail('<http://a.example/u>', 'List-Unsubscribe=One-Click'))?.kind).toBe('link')
    expect(readUnsubscribe(mail('<javascript:alert(1)>', 'List-Unsubscribe=One-Click'))).toBeUndefined()
    expect(readUnsubscribe(mail(null, null))).toBeUndefined()
  })

  test('is asked by a form of either kind, and by nothing else', () => {
    const multipart = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    expect(isOneClick(multipart)).toBe(true)
    expect(isOneClick('List-Unsubscribe=One-Click&x=1')).toBe(true)
    expect(isOneClick('')).toBe(false)
    expect(isOneClick('List-Unsubscribe=No')).toBe(false)
  })
})
