import type { MailAddress, ReadyEmail } from '@rapport/core/messages'

/**
 * The email in nodemailer's words. It puts an invitation among the alternatives, where Outlook and Gmail look for it, and
 * once more as a file. Contents are ours alone: nothing of it may name a file or a url to be read.
 */
export function mailOf(email: ReadyEmail) {
  const { calendar } = email
  return {
    messageId: email.messageId,
    from: personOf(email.from),
    to: email.to.map(personOf),
    cc: email.cc.map(personOf),
    bcc: email.bcc.map(personOf),
    replyTo: email.replyTo && personOf(email.replyTo),
    subject: email.subject,
    text: email.text,
    html: email.html,
    headers: { ...email.headers },
    attachments: email.attachments.map(({ name, type, content, cid }) => ({
      filename: name,
      contentType: type,
      content: typeof content === 'string' ? content : Buffer.from(content),
      ...(cid === undefined ? {} : { cid, contentDisposition: 'inline' }),
    })),
    ...(calendar && { icalEvent: { method: calendar.method, filename: 'invite.ics', content: calendar.content } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

const personOf = ({ address, name = '' }: MailAddress) => ({ address, name })
