import { type CrmError, type DeliveryRule, deliveryError, isCrmError } from '@rapport/core/messages'
import { saidBy } from '../shared/said'
import type { Delivery } from './delivery'
import type { SmtpError } from './transporter'

/** Whatever nodemailer throws, as one of our rules. */
export function errorOf(thrown: unknown, delivery: Delivery, secrets: readonly string[]): CrmError {
  if (isCrmError(thrown)) return thrown
  const error = thrown as SmtpError
  const { code = '', message, response } = error
  return deliveryError(ruleOf(error, delivery), { said: saidBy(response ?? `${code} ${message}`, secrets) })
}

/** The connection was not made, or was closed by us before any of it was used. */
const NOT_CONNECTED = /^(EDNS|ETLS|EPROXY|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)$/
/** RFC 3463, as it stands behind the reply's code: `550 5.1.1 …`. */
const ENHANCED = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/
const NO_SUCH_RECIPIENT = /^5\.1\.(1|2|3|6|10)$/
const TOO_LARGE = /^5\.(2\.3|3\.4)$/

/** A 4xx reply passes, a 5xx reply does not (RFC 5321, 4.2.1); without a reply it depends on how far we got. */
function ruleOf(
  { code = '', originalCode, responseCode, response = '', command = '' }: SmtpError,
  delivery: Delivery,
): DeliveryRule {
  const status = ENHANCED.exec(response)?.[1] ?? ''
  if (!responseCode) {
    if (code === 'EAUTH') return 'credentials'
    return delivery.certainlyNot || NOT_CONNECTED.test(originalCode ?? code) ? 'retry-later' : 'timed-out'
  }
  // 503 is about the order of commands: another connection may do better.
  if (responseCode < 500 || responseCode === 503) return 'retry-later'
  if (code === 'EAUTH' || responseCode === 530 || responseCode === 535) return 'credentials'
  if (TOO_LARGE.test(status) || (responseCode === 552 && status === '')) return 'too-large'
  if (command === 'RCPT TO') return NO_SUCH_RECIPIENT.test(status) ? 'invalid-recipient' : 'refused'
  return command === 'DATA' ? 'refused' : 'not-permitted'
}
