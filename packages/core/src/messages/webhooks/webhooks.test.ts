import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isCrmError } from '../../kernel/errors'
import { verifySendgridWebhook } from './sendgrid'
import { signWebhook, verifyWebhook } from './standard'
import { verifyTwilioWebhook } from './twilio'

const corpus = process.env.RAPPORT_CORPUS
const reason = corpus ? '' : ' (skipped: no corpus)'

/** `read` or what was thrown. */
function outcome(call: () => unknown): string {
  try {
    call()
    return 'read'
  } catch (error) {
    return isCrmError(error) ? `${error.code} ${error.field} ${error.rule}` : `threw ${error}`
  }
}

describe.skipIf(!corpus)(`the vectors of Standard Webhooks${reason}`, () => {
  const vectors = corpus
    ? JSON.parse(readFileSync(join(corpus, 'webhooks', 'standard-webhooks-vectors.json'), 'utf8'))
    : { symmetric: {}, asymmetric_ed25519: {} }
  const { secret, msg_id: id, timestamp, payload: body, signature } = vectors.symmetric
  const at = new Date((timestamp ?? 0) * 1_000)
  const headers = { 'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': signature }
  const verified = (changed: Record<string, string | undefined>, key = secret, now = at) =>
    outcome(() => verifyWebhook({ headers: { ...headers, ...changed }, body }, key, { now }))

  test('the symmetric one is signed and verified', () => {
    expect(signWebhook({ id, at, body }, secret)).toEqual(headers)
    expect(verifyWebhook({ headers, body }, secret, { now: at })).toEqual({ id, at })
    expect(verified({}, secret.replace('whsec_', ''))).toBe('read')
    expect(verified({ 'webhook-signature': `v2,abc v1,Zm9v ${signature} v1,YmFy` })).toBe('read')
  })

  test('the one of Ed25519 is signed and verified', () => {
    const { private_seed_base64, ...one } = vectors.asymmetric_ed25519
    const key = `whsk_${private_seed_base64}`
    const when = new Date(one.timestamp * 1_000)
    const signed = signWebhook({ id: one.msg_id, at: when, body: one.payload }, key)
    expect(signed['webhook-signature']).toBe(one.signature)
    expect(outcome(() => verifyWebhook({ headers: signed, body: one.payload }, key, { now: when }))).toBe('read')
    expect(outcome(() => verifyWebhook({ headers: signed, body: `${one.payload} ` }, key, { now: when }))).toBe(
      'FORBIDDEN webhook signature',
    )
  })

  test.each([
    ['missing webhook-id', { 'webhook-id': undefined }, 'headers'],
    ['missing webhook-timestamp', { 'webhook-timestamp': undefined }, 'timestamp'],
    ['non-numeric timestamp', { 'webhook-timestamp': 'hello' }, 'timestamp'],
    ['missing webhook-signature', { 'webhook-signature': undefined }, 'headers'],
    ["wrong signature 'v1,dawfeoifkpqwoekfpqoekf'", { 'webhook-signature': 'v1,dawfeoifkpqwoekfpqoekf' }, 'signature'],
    ['signature truncated to 8 chars', { 'webhook-signature': 'v1,g0hM9' }, 'signature'],
    ["'v1,' with empty signature", { 'webhook-signature': 'v1,' }, 'signature'],
  ])('must reject %s', (name, changed, rule) => {
    expect(vectors.must_reject).toContain(name)
    expect(verified(changed)).toBe(`FORBIDDEN webhook ${rule}`)
  })

  test('must reject an empty key, and what is more than five minutes old or new', () => {
    expect(verified({}, '')).toBe('VALIDATION secret invalid-secret')
    for (const seconds of [-301, 301])
      expect(verified({}, secret, new Date(at.getTime() + seconds * 1_000))).toBe('FORBIDDEN webhook expired')
    for (const seconds of [-300, 300])
      expect(verified({}, secret, new Date(at.getTime() + seconds * 1_000))).toBe('read')
    expect(vectors.must_reject).toHaveLength(10)
  })
})

describe('Standard Webhooks', () => {
  const at = new Date('2026-03-10T09:00:00Z')
  const [old, young] = ['whsec_b2xkIHNlY3JldCBvZiBvdXJz', 'whsec_eW91bmcgc2VjcmV0IG9mIG91cnM=']
  const webhook = { id: 'evt_1', at, body: '{"a":1}' }
  const verifies = (signedWith: string | string[], secret: string | string[]) =>
    outcome(() => verifyWebhook({ headers: signWebhook(webhook, signedWith), body: webhook.body }, secret, { now: at }))

  test('a secret is exchanged without a request being refused', () => {
    expect(verifies(old, old)).toBe('read')
    expect(verifies([old, young], old)).toBe('read')
    expect(verifies([old, young], young)).toBe('read')
    expect(verifies(young, [old, young])).toBe('read')
    expect(verifies(old, young)).toBe('FORBIDDEN webhook signature')
  })

  test('a signature of another scheme counts for nothing, were it right', () => {
    const headers = signWebhook(webhook, old)
    const other = { ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v2,') }
    expect(outcome(() => verifyWebhook({ headers: other, body: webhook.body }, old, { now: at }))).toBe(
      'FORBIDDEN webhook signature',
    )
  })

  test('headers come as an object of any spelling, as lists, or as Headers', () => {
    const headers = signWebhook(webhook, old)
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]))
    for (const spelled of [new Headers({ ...headers }), upper])
      expect(verifyWebhook({ headers: spelled, body: Buffer.from(webhook.body) }, old, { now: at }).id).toBe('evt_1')
  })

  test('ids that would let two requests have one signature are refused, and secrets that are too short', () => {
    expect(outcome(() => signWebhook({ ...webhook, id: 'a.1' }, old))).toBe('VALIDATION id characters')
    expect(outcome(() => signWebhook(webhook, 'whsec_c2hvcnQ='))).toBe('VALIDATION secret invalid-secret')
    expect(outcome(() => signWebhook(webhook, []))).toBe('VALIDATION secret required')
  })

  test('no error tells the secret', () => {
    for (const secret of [`${old}!`, 'whsk_eW91bmcgc2VjcmV0IG9mIG91cnM=']) {
      try {
        signWebhook(webhook, secret)
        expect.unreachable()
      } catch (error) {
        expect(JSON.stringify(error) + (error as Error).message).not.toContain(secret.slice(6, 20))
      }
    }
  })
})

describe('the signed events of SendGrid', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
  const now = new Date('2026-03-10T09:00:00Z')
  const timestamp = `${now.getTime() / 1_000}`
  const body = '[{"email":"ada@engines.example","event":"delivered"}]\r\n'
  const headers = {
    'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
    'X-Twilio-Email-Event-Webhook-Signature': sign('sha256', Buffer.from(timestamp + body), privateKey).toString(
      'base64',
    ),
  }
  const verified = (changed = {}, sent = body, verificationKey = key, at = now) =>
    outcome(() =>
      verifySendgridWebhook({ headers: { ...headers, ...changed }, body: sent }, verificationKey, { now: at }),
    )

  test('are verified, with the key in Base64 and in PEM', () => {
    expect(verified()).toBe('read')
    expect(verified({}, body, publicKey.export({ format: 'pem', type: 'spki' }).toString())).toBe('read')
  })

  test('are refused when anything has been changed', () => {
    const wrong = 'FORBIDDEN webhook signature'
    expect(verified({}, body.trim())).toBe(wrong)
    expect(verified({ 'X-Twilio-Email-Event-Webhook-Timestamp': `${Number(timestamp) + 1}` })).toBe(wrong)
    expect(verified({ 'X-Twilio-Email-Event-Webhook-Signature': '' })).toBe(wrong)
    expect(verified({ 'X-Twilio-Email-Event-Webhook-Signature': 'Zm9v' })).toBe(wrong)
    expect(verified({}, body, key, new Date(now.getTime() + 301_000))).toBe('FORBIDDEN webhook expired')
  })

  test('take no other kind of key', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'der', type: 'spki' })
    expect(verified({}, body, other.toString('base64'))).toBe('VALIDATION publicKey invalid-key')
    expect(verified({}, body, 'nothing')).toBe('VALIDATION publicKey invalid-key')
  })
})

describe('the signature of Twilio', () => {
  // The worked example of Twilio's documentation.
  const secret = { authToken: '12345', url: 'https://mycompany.com/myapp.php?foo=1&bar=2' }
  const body = 'To=%2B18005551212&Digits=1234&CallSid=CA1234567890ABCDE&From=%2B14158675309&Caller=%2B14158675309'
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
  }
  const verified = (changed: { body?: string; secret?: Partial<typeof secret>; headers?: object } = {}) =>
    outcome(() =>
      verifyTwilioWebhook(
        { headers: { ...headers, ...changed.headers }, body: changed.body ?? body },
        { ...secret, ...changed.secret },
      ),
    )
  const wrong = 'FORBIDDEN webhook signature'

  test('of the documented example is right, with the port in the address as well', () => {
    expect(verified()).toBe('read')
    expect(verified({ secret: { url: secret.url.replace('.com', '.com:443') } })).toBe('read')
  })

  test('is wrong for another body, address, token or signature', () => {
    expect(verified({ body: body.replace('1234', '1235') })).toBe(wrong)
    expect(verified({ body: `${body}&More=1` })).toBe(wrong)
    expect(verified({ secret: { url: 'https://mycompany.com/myapp.php?foo=1&bar=3' } })).toBe(wrong)
    expect(verified({ secret: { authToken: '12346' } })).toBe(wrong)
    expect(verified({ headers: { 'x-twilio-signature': '' } })).toBe(wrong)
    expect(verified({ secret: { authToken: '' } })).toBe('VALIDATION authToken required')
  })

  test('takes the values of a field that comes several times in order, each once', () => {
    const signed = `${secret.url}MediaUrlhttps://a.exampleMediaUrlhttps://b.exampleToB`
    expect(
      verified({
        body: 'To=B&MediaUrl=https%3A%2F%2Fb.example&MediaUrl=https%3A%2F%2Fa.example&MediaUrl=https%3A%2F%2Fb.example',
        headers: { 'x-twilio-signature': createHmac('sha1', secret.authToken).update(signed).digest('base64') },
      }),
    ).toBe('read')
  })

  test('of JSON vouches for the body by its digest in the address', () => {
    const json = '{"MessageStatus":"delivered"}'
    const url = `https://crm.example/sms?bodySHA256=${createHash('sha256').update(json).digest('hex')}`
    const signature = (address: string) => createHmac('sha1', '12345').update(address).digest('base64')
    const of = (address: string, sent: string) =>
      verified({
        body: sent,
        secret: { url: address },
        headers: { 'content-type': 'application/json', 'x-twilio-signature': signature(address) },
      })
    expect(of(url, json)).toBe('read')
    expect(of(url, '{"MessageStatus":"failed"}')).toBe('FORBIDDEN webhook body')
    expect(of('https://crm.example/sms', json)).toBe('FORBIDDEN webhook body')
  })
})
