import { statusIn } from '../reading/delivery-report'
import { bounceOf, eventOf, type Fields, fieldsOf, listOf, type MailEvent, parsed, textOf } from './mail-event'

/** Where an event's own fields stand, whom it is about, and what it says of each. */
interface Reading {
  part: string
  /** The list of addresses within the part; all to whom the mail went where there is none. */
  list?: string
  says(recipient: Fields, part: Fields): Partial<MailEvent> & Pick<MailEvent, 'kind'>
}

const agent = (part: Fields) => {
  const userAgent = textOf(part.userAgent)
  return userAgent ? { userAgent } : {}
}

const READINGS = new Map<unknown, Reading>([
  [
    'Bounce',
    {
      part: 'bounce',
      list: 'bouncedRecipients',
      says: ({ diagnosticCode, status }, { bounceType }) =>
        bounceOf(textOf(diagnosticCode), statusIn(textOf(status) ?? ''), bounceType === 'Permanent') as MailEvent,
    },
  ],
  ['Complaint', { part: 'complaint', list: 'complainedRecipients', says: () => ({ kind: 'complained' }) }],
  ['Delivery', { part: 'delivery', list: 'recipients', says: () => ({ kind: 'delivered' }) }],
  ['DeliveryDelay', { part: 'deliveryDelay', list: 'delayedRecipients', says: () => ({ kind: 'delayed' }) }],
  ['Open', { part: 'open', says: (_, open) => ({ kind: 'opened', ...agent(open) }) }],
  [
    'Click',
    { part: 'click', says: (_, click) => ({ kind: 'clicked', url: textOf(click.link) ?? '', ...agent(click) }) },
  ],
])

/**
 * Reads an event of Amazon SES, as it is or within a notification of SNS, whose signature has to be verified first. One
 * event for each recipient. Events that say nothing of a delivery are left out.
 *
 * @throws VALIDATION `body` `invalid-json`
 */
export function sesEvents(body: string | Uint8Array): MailEvent[] {
  const outer = fieldsOf(parsed(body))
  const event = typeof outer.Message === 'string' ? fieldsOf(parsed(outer.Message)) : outer
  const reading = READINGS.get(event.notificationType ?? event.eventType)
  if (!reading) return []
  const mail = fieldsOf(event.mail)
  const part = fieldsOf(event[reading.part])
  return listOf(reading.list ? part[reading.list] : mail.destination).flatMap((one) =>
    eventOf({
      address: textOf(one) ?? textOf(fieldsOf(one).emailAddress),
      at: new Date(textOf(part.timestamp) ?? textOf(mail.timestamp) ?? Number.NaN),
      eventId: textOf(outer.MessageId),
      messageId: textOf(fieldsOf(mail.commonHeaders).messageId),
      providerMessageId: textOf(mail.messageId),
      ...reading.says(fieldsOf(one), part),
    }),
  )
}
