import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { invalid } from '../../kernel/errors'
import {
  bytesOf,
  checkTime,
  headerValue,
  refused,
  sameBytes,
  type VerifyOptions,
  type WebhookRequest,
} from './signatures'

// A type: an interface is no record of headers.
export type WebhookHeaders = {
  'webhook-id': string
  'webhook-timestamp': string
  'webhook-signature': string
}

export interface WebhookToSign {
  /** Stays the same for each attempt, so that the receiver acts once. */
  id: string
  /** When this attempt is made. */
  at: Date
  body: string | Uint8Array
}

/**
 * The secret that both sides know, `whsec_…` or Base64; or of a pair of Ed25519 keys, `whsk_…` to sign and `whpk_…` to
 * verify. Several while one takes the place of another: each signs, and any verifies.
 */
export type WebhookSecret = string | readonly string[]

interface Key {
  scheme: 'v1' | 'v1a'
  sign(content: Uint8Array): Buffer
  verifies(content: Uint8Array, signature: Buffer): boolean
}

const LEAST_BYTES = 16
const MOST_SIGNATURES = 20
/** What stands before a raw Ed25519 key in PKCS #8 and SPKI. */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

function symmetric(secret: Buffer): Key {
  const signed = (content: Uint8Array) => createHmac('sha256', secret).update(content).digest()
  return { scheme: 'v1', sign: signed, verifies: (content, signature) => sameBytes(signed(content), signature) }
}

function asymmetric(publicKey: KeyObject, privateKey?: KeyObject): Key {
  return {
    scheme: 'v1a',
    sign(content) {
      if (!privateKey) throw invalid('secret', 'public-key', 'Sign with the private key, whsk_….')
      return sign(null, content, privateKey)
    },
    verifies: (content, signature) => verify(null, content, publicKey, signature),
  }
}

function keyOf(secret: unknown): Key {
  const [, prefix = '', base64 = ''] =
    /^(whsec_|whsk_|whpk_)?([\w+/-]{1,400}={0,2})$/.exec(typeof secret === 'string' ? secret : '') ?? []
  const bytes = Buffer.from(base64, 'base64')
  if (prefix === 'whpk_' && bytes.length === 32)
    return asymmetric(createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, bytes]), format: 'der', type: 'spki' }))
  if (prefix === 'whsk_' && (bytes.length === 32 || bytes.length === 64)) {
    const key = Buffer.concat([PRIVATE_PREFIX, bytes.subarray(0, 32)])
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    return asymmetric(createPublicKey(privateKey), privateKey)
  }
  if ((prefix === 'whsec_' || prefix === '') && bytes.length >= LEAST_BYTES) return symmetric(bytes)
  throw invalid(
    'secret',
    'invalid-secret',
    'Give whsec_ and at least 16 bytes in Base64, or an Ed25519 key as whsk_ or whpk_.',
  )
}

function keysOf(secret: WebhookSecret): Key[] {
  const keys = (Array.isArray(secret) ? secret : [secret]).map(keyOf)
  if (keys.length === 0) throw invalid('secret', 'required', 'Give at least one secret.')
  return keys
}

const contentOf = (id: string, seconds: number | string, body: string | Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${id}.${seconds}.`), bytesOf(body)])

/**
 * Headers that prove to a receiver who sent this request (Standard Webhooks): `webhook-id`, `webhook-timestamp`,
 * `webhook-signature`, one signature for each secret.
 *
 * @throws VALIDATION `secret`, `id`
 */
export function signWebhook(webhook: WebhookToSign, secret: WebhookSecret): WebhookHeaders {
  const { id, at, body } = webhook
  // A dot would let two different requests have one signature.
  if (!/^[\w:-]{1,255}$/.test(id)) throw invalid('id', 'characters', 'Use letters, digits, - and _ in the id.')
  const seconds = Math.floor(at.getTime() / 1_000)
  const content = contentOf(id, seconds, body)
  const signatures = keysOf(secret).map((key) => `${key.scheme},${key.sign(content).toString('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') }
}

/**
 * Verifies a request of the Standard Webhooks kind, with `v1` (HMAC-SHA256) or `v1a` (Ed25519) signatures, and returns
 * its id, by which a repeated one is known. Headers under the older `svix-` names are taken as well.
 *
 * @throws FORBIDDEN `webhook`: `headers`, `signature`, `timestamp`, `expired`; VALIDATION `secret`
 *
 * @example
 * const { id } = verifyWebhook({ headers: request.headers, body: await request.text() }, secret)
 */
export function verifyWebhook(
  { headers, body }: WebhookRequest,
  secret: WebhookSecret,
  options: VerifyOptions = {},
): { id: string; at: Date } {
  const keys = keysOf(secret)
  const value = (name: string) => headerValue(headers, `webhook-${name}`) || headerValue(headers, `svix-${name}`)
  const [id, timestamp, signatures] = [value('id'), value('timestamp'), value('signature')]
  if (!id || !signatures) throw refused('headers', 'webhook-id or webhook-signature is missing')
  const seconds = checkTime(timestamp, options)
  const content = contentOf(id, timestamp, body)
  const known = signatures.split(' ', MOST_SIGNATURES).some((one) => {
    const [scheme, base64 = ''] = one.split(',', 2)
    const signature = Buffer.from(base64, 'base64')
    return keys.some((key) => key.scheme === scheme && key.verifies(content, signature))
  })
  if (!known) throw refused('signature', 'no signature is right: give the secret, and the body as it came')
  return { id, at: new Date(seconds * 1_000) }
}
