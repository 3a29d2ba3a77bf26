import { createHash, createHmac } from 'node:crypto'
import { invalid } from '../../kernel/errors'
import { bytesOf, headerValue, refused, sameBytes, type WebhookRequest } from './signatures'

export interface TwilioSecret {
  authToken: string
  /** The address that Twilio called, exactly as it is set there, with its query. Not what a proxy made of it. */
  url: string
}

/**
 * Verifies `X-Twilio-Signature` (HMAC-SHA1 over the address and the fields of the form in order). A body that is not a
 * form, such as JSON, is vouched for by `bodySHA256` in the address. Twilio signs no time: refuse a `MessageSid` with a
 * status that you have had.
 *
 * @throws FORBIDDEN `webhook`: `signature`, `body`; VALIDATION `authToken`
 */
export function verifyTwilioWebhook({ headers, body }: WebhookRequest, { authToken, url }: TwilioSecret): void {
  if (typeof authToken !== 'string' || authToken === '') throw invalid('authToken', 'required', 'Give the auth token.')
  const signature = Buffer.from(headerValue(headers, 'x-twilio-signature'), 'base64')
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headerValue(headers, 'content-type'))
  const fields = isForm ? formFields(body) : ''
  const right = spellings(url).map((one) =>
    sameBytes(createHmac('sha1', authToken).update(`${one}${fields}`).digest(), signature),
  )
  if (!right.includes(true))
    throw refused('signature', 'the signature is wrong: give auth token, address and body as Twilio has them')
  if (!isForm && bytesOf(body).length > 0) checkDigest(url, body)
}

/** Name and value of each field, by name and then value; a field that comes twice with one value counts once. */
function formFields(body: string | Uint8Array): string {
  const values = new Map<string, Set<string>>()
  for (const [name, value] of new URLSearchParams(Buffer.from(bytesOf(body)).toString()))
    values.set(name, (values.get(name) ?? new Set()).add(value))
  const names = [...values.keys()].sort()
  return names.flatMap((name) => [...(values.get(name) ?? [])].sort().map((value) => name + value)).join('')
}

/** Twilio signs the address with the port in it or without, whichever it was given. */
function spellings(url: string): string[] {
  const [, scheme = '', host = '', port = '', rest = ''] = /^(https?:\/\/)([^/:?#]+)(:\d{1,5})?(.*)$/s.exec(url) ?? []
  return port ? [url, `${scheme}${host}${rest}`] : [url, `${scheme}${host}:${scheme === 'https://' ? 443 : 80}${rest}`]
}

function checkDigest(url: string, body: string | Uint8Array): void {
  const digest = /[?&]bodySHA256=([0-9a-f]{64})(?:&|$)/i.exec(url)?.[1] ?? ''
  const right = createHash('sha256').update(bytesOf(body)).digest()
  if (!sameBytes(right, Buffer.from(digest, 'hex')))
    throw refused('body', 'nothing in the address vouches for this body')
}
