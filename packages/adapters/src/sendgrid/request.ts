import type { Attachment, MailAddress, ReadyEmail } from '@rapport/core/messages'

/**
 * The body of `POST /v3/mail/send`: one personalization, content from the plainest to the richest. An invitation goes as
 * content, where mail programs look for it, and as a file for those that do not.
 */
export function requestOf(email: ReadyEmail, batchId?: string) {
  const { calendar, replyTo } = email
  const files = email.attachments.map(fileOf)
  if (calendar) files.push(fileOf({ name: 'invite.ics', type: 'application/ics', content: calendar.content }))
  return {
    personalizations: [{ to: email.to.map(personOf), ...some('cc', email.cc), ...some('bcc', email.bcc) }],
    from: personOf(email.from),
    ...(replyTo && { reply_to: personOf(replyTo) }),
    subject: email.subject,
    content: [
      { type: 'text/plain', value: email.text },
      ...(email.html === undefined ? [] : [{ type: 'text/html', value: email.html }]),
      ...(calendar ? [{ type: `text/calendar; method=${calendar.method}`, value: calendar.content }] : []),
    ],
    ...(files.length > 0 && { attachments: files }),
    headers: { ...email.headers, 'Message-ID': email.messageId },
    custom_args: { rapport_id: email.id },
    ...(batchId === undefined ? {} : { batch_id: batchId }),
  }
}

const personOf = ({ address, name }: MailAddress) => (name ? { email: address, name } : { email: address })

const some = (field: 'cc' | 'bcc', people: readonly MailAddress[]) =>
  people.length > 0 && { [field]: people.map(personOf) }

function fileOf({ name, type, content, cid }: Attachment) {
  const file = { content: Buffer.from(content).toString('base64'), type, filename: name }
  return cid === undefined
    ? { ...file, disposition: 'attachment' }
    : { ...file, disposition: 'inline', content_id: cid }
}
