import { deliveryError, invalid, readySms, type SmsPort } from '@rapport/core/messages'
import { closable } from '../shared/closable'
import { parsed, post, providerUrl, retryAfterOf, ruleOfStatus } from '../shared/provider'
import { saidBy, timeoutOf } from '../shared/said'
import { ruleOfCode } from './codes'

export interface TwilioOptions {
  /** `AC…` */
  accountSid: string
  /** Of the account. Better give an API key, which can be revoked by itself. */
  authToken?: string
  /** Instead of the auth token. */
  apiKey?: { sid: string; secret: string }
  /** The sender: a number in E.164, a short code, or a name where the country allows one. */
  from?: string
  /** Instead of `from`: `MG…`, a service that picks the sender. */
  messagingServiceSid?: string
  /** Where Twilio tells what became of a message. */
  statusCallback?: string
  /** Default `https://api.twilio.com`; of a region `https://api.dublin.ie1.twilio.com`. */
  url?: string
  /** Milliseconds to wait for an answer. Default 30,000. */
  timeout?: number
}

/**
 * Sends text messages through Twilio's Messages API. `receipt.providerId` is the message's SID, `SM…`. Twilio takes 1,600
 * characters at most, and knows no idempotency keys: after `timed-out`, look for the message before you send it again.
 *
 * @example
 * createCrm({ storage, sms: twilio({ accountSid, apiKey: { sid, secret }, messagingServiceSid }) })
 */
export function twilio(options: TwilioOptions): SmsPort {
  const { accountSid, statusCallback, url = 'https://api.twilio.com', timeout } = Object(options) as TwilioOptions
  if (!/^AC\w+$/.test(String(accountSid))) throw invalid('accountSid', 'required', 'Give the SID of the account: AC….')
  const [user, password] = credentialsOf(options)
  const basic = Buffer.from(`${user}:${password}`).toString('base64')
  const secrets = [password, basic]
  const provider = {
    url: new URL(`/2010-04-01/Accounts/${accountSid}/Messages.json`, providerUrl(url)),
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    timeout: timeoutOf(timeout, 30_000),
    secrets,
  }
  const always = { ...senderOf(options), ...(statusCallback === undefined ? {} : { StatusCallback: statusCallback }) }

  return closable({
    async send(sms, sending) {
      const { to, text } = readySms(sms)
      const form = new URLSearchParams({ To: to, ...always, Body: text })
      const { status, headers, text: body } = await post(provider, form.toString(), sending)
      const answer = Object(parsed(body)) as Record<string, unknown>
      if (status === 201 && typeof answer.sid === 'string') {
        if (!(FAILED.test(String(answer.status)) && answer.error_code)) return { providerId: answer.sid }
      } else if (status < 300) {
        throw deliveryError('timed-out', { said: saidBy(`${status} ${body}`, secrets) })
      }
      const { code = answer.error_code, message = answer.error_message ?? body } = answer
      throw deliveryError(ruleOfCode(Number(code)) ?? ruleOfStatus(status), {
        said: saidBy(`${status} ${code ?? ''} ${message}`, secrets),
        retryAfter: retryAfterOf(headers),
      })
    },
  })
}

/** Taken, and given up in the same breath. */
const FAILED = /^(failed|undelivered)$/

function credentialsOf({ accountSid, authToken, apiKey }: TwilioOptions): [user: string, password: string] {
  if (apiKey?.sid && apiKey.secret) return [apiKey.sid, apiKey.secret]
  if (authToken) return [accountSid, authToken]
  throw invalid('apiKey', 'required', 'Give { sid, secret } of an API key, or the authToken of the account.')
}

function senderOf({ from, messagingServiceSid }: TwilioOptions): Record<string, string> {
  if (messagingServiceSid) return { MessagingServiceSid: messagingServiceSid }
  if (from) return { From: from }
  throw invalid('from', 'required', 'Give the sender, or a messagingServiceSid.')
}
