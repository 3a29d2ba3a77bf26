import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { invalid } from '../../kernel/errors'
import { bytesOf, checkTime, headerValue, refused, type VerifyOptions, type WebhookRequest } from './signatures'

function keyOf(publicKey: string): KeyObject {
  try {
    const key = publicKey.includes('-----BEGIN')
      ? createPublicKey(publicKey)
      : createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key
  } catch {
    // What is wrong with it is said below, without the key.
  }
  throw invalid('publicKey', 'invalid-key', 'Give the verification key as SendGrid shows it.')
}

/**
 * Verifies SendGrid's signed event webhook (ECDSA on P-256 over timestamp and body).
 *
 * @param publicKey The verification key that SendGrid shows, in Base64 or PEM.
 * @throws FORBIDDEN `webhook`: `signature`, `timestamp`, `expired`; VALIDATION `publicKey`
 */
export function verifySendgridWebhook(
  { headers, body }: WebhookRequest,
  publicKey: string,
  options: VerifyOptions = {},
): void {
  const key = keyOf(publicKey)
  const timestamp = headerValue(headers, 'x-twilio-email-event-webhook-timestamp')
  checkTime(timestamp, options)
  const signature = Buffer.from(headerValue(headers, 'x-twilio-email-event-webhook-signature'), 'base64')
  const signed = Buffer.concat([Buffer.from(timestamp), bytesOf(body)])
  if (!verify('sha256', signed, key, signature))
    throw refused('signature', 'the signature is wrong: give the verification key, and the body as it came')
}
