import {
  addressOf,
  type CrmError,
  deliveryError,
  type EmailPort,
  invalid,
  type MailAddress,
  readyEmail,
} from '@rapport/core/messages'
import { closable } from '../shared/closable'
import { type Answer, parsed, post, providerUrl, retryAfterOf, ruleOfStatus } from '../shared/provider'
import { saidBy, timeoutOf } from '../shared/said'
import { requestOf } from './request'

export interface SendgridOptions {
  /** An API key that may send mail. */
  apiKey: string
  /** The sender, verified with SendGrid: an address, or an address with a name. */
  from: string | MailAddress
  /** Default `https://api.sendgrid.com`; for subusers in the EU `https://api.eu.sendgrid.com`. */
  url?: string
  /** A batch made with `POST /v3/mail/batch`, under which SendGrid pauses and cancels what it has not sent yet. */
  batchId?: string
  /** Milliseconds to wait for an answer. Default 30,000. */
  timeout?: number
}

/**
 * Sends emails through SendGrid's v3 API. `receipt.providerId` is the `X-Message-Id`, with which the `sg_message_id` of
 * its webhooks begins; they also carry the email's `id` as the custom argument `rapport_id`.
 *
 * @example
 * createCrm({ storage, email: sendgrid({ apiKey: process.env.SENDGRID_API_KEY, from: 'crm@acme.example' }) })
 */
export function sendgrid(options: SendgridOptions): EmailPort {
  const { apiKey, from, url = 'https://api.sendgrid.com', batchId, timeout } = Object(options) as SendgridOptions
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw invalid('apiKey', 'required', 'Give an API key of SendGrid.')
  }
  const sender = addressOf('from', typeof from === 'string' ? { address: from } : from)
  const provider = {
    url: new URL('/v3/mail/send', providerUrl(url)),
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    timeout: timeoutOf(timeout, 30_000),
    secrets: [apiKey],
  }
  return closable({
    async send(email, sending) {
      const ready = await readyEmail(email, sender)
      const answer = await post(provider, JSON.stringify(requestOf(ready, batchId)), sending)
      if (answer.status !== 202) throw errorOf(answer, apiKey)
      return { providerId: answer.headers.get('x-message-id') ?? ready.messageId, messageId: ready.messageId }
    },
  })
}

/** SendGrid says 401 as well when the month's emails are used up. */
const USED_UP = /credits exceeded/i

function errorOf({ status, headers, text }: Answer, apiKey: string): CrmError {
  const { errors } = Object(parsed(text)) as { errors?: { message?: unknown; field?: unknown }[] }
  const reasons = Array.isArray(errors) ? errors.map(({ message, field }) => `${field ?? ''} ${message ?? ''}`) : [text]
  const said = saidBy(`${status} ${reasons.join('; ')}`, [apiKey])
  const rule = USED_UP.test(said) ? 'not-permitted' : ruleOfStatus(status)
  return deliveryError(rule, { said, retryAfter: retryAfterOf(headers) })
}
