import { statusIn } from '../reading/delivery-report'
import { bounceOf, eventOf, fieldsOf, listOf, type MailEvent, parsed, textOf } from './mail-event'

const KINDS = new Map<unknown, MailEvent['kind']>([
  ['delivered', 'delivered'],
  ['deferred', 'delayed'],
  ['open', 'opened'],
  ['click', 'clicked'],
  ['spamreport', 'complained'],
  ['unsubscribe', 'unsubscribed'],
  ['group_unsubscribe', 'unsubscribed'],
])

/**
 * Reads the body of SendGrid's event webhook, or its list of bounces. Events that say nothing of a delivery are left
 * out, and so are mails that SendGrid did not send: those of a list of its own.
 *
 * @throws VALIDATION `body` `invalid-json`
 */
export function sendgridEvents(body: string | Uint8Array): MailEvent[] {
  return listOf(parsed(body)).flatMap((one) => {
    const fields = fieldsOf(one)
    const { event, timestamp, created, type } = fields
    const diagnostic = textOf(fields.reason) ?? textOf(fields.response)
    const status = statusIn(textOf(fields.status) ?? '') ?? statusIn(diagnostic ?? '')
    const told = {
      address: textOf(fields.email),
      at:
        typeof timestamp === 'number'
          ? new Date(timestamp * 1_000)
          : new Date(`${textOf(created)?.replace(' ', 'T')}Z`),
      eventId: textOf(fields.sg_event_id),
      messageId: textOf(fields['smtp-id']),
      providerMessageId: textOf(fields.sg_message_id),
    }
    // An entry of the list of bounces names no event.
    if (event === 'bounce' || (event === undefined && diagnostic))
      return eventOf({ ...told, ...bounceOf(diagnostic, status, type !== 'blocked') })
    const kind = KINDS.get(event)
    if (!kind) return []
    return eventOf({
      ...told,
      kind,
      ...(kind === 'delayed' && { status, diagnostic }),
      ...(kind === 'opened' && { machine: fields.sg_machine_open === true }),
      url: textOf(fields.url),
      userAgent: textOf(fields.useragent),
    })
  })
}
