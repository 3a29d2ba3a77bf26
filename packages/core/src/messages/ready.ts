import { sha256 } from '../kernel/digest'
import { emailDomain, normaliseEmail } from '../kernel/email'
import { invalid } from '../kernel/errors'
import { hasForbiddenCharacters } from '../kernel/text'
import type { Attachment, MailAddress, OutgoingEmail, OutgoingSms } from './ports'

/** An email that holds nothing a mail system would misread: what adapters send. */
export interface ReadyEmail extends OutgoingEmail {
  from: MailAddress
  cc: readonly MailAddress[]
  bcc: readonly MailAddress[]
  headers: Readonly<Record<string, string>>
  attachments: readonly Attachment[]
  /** `<id@acme.example>`, the same for each attempt. */
  messageId: string
}

const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,75}$/
/** Made from the fields of an email, by the mail system or by a provider. */
const RESERVED =
  /^(from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*|received|return-path|dkim-signature|x-sg-.*)$/i
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/
const CONTENT_ID = /^[\w.@-]+$/
/** An id that may stand in a `Message-ID`; another is there as its digest. */
const PLAIN = /^[A-Za-z0-9_-]{1,64}$/
const E164 = /^\+[1-9]\d{6,14}$/

/**
 * The email as adapters send it: addresses in their one spelling, each recipient once. Line breaks in names, subject,
 * headers or ids throw VALIDATION, as does everything that no mail system takes.
 */
export async function readyEmail(email: OutgoingEmail, sender: MailAddress): Promise<ReadyEmail> {
  const id = idOf(email.id)
  const from = addressOf('from', email.from ?? sender)
  const seen = new Set<string>()
  const recipients = (field: 'to' | 'cc' | 'bcc') =>
    listOf<MailAddress>(field, email[field])
      .map((one, index) => addressOf(`${field}.${index}`, one))
      .filter(({ address }) => !seen.has(address) && seen.add(address))
  const to = recipients('to')
  if (to.length === 0) throw invalid('to', 'required', 'Give a recipient.')
  return {
    id,
    from,
    to,
    cc: recipients('cc'),
    bcc: recipients('bcc'),
    replyTo: email.replyTo && addressOf('replyTo', email.replyTo),
    subject: lineOf('subject', email.subject),
    text: textOf('text', email.text),
    html: email.html === undefined ? undefined : textOf('html', email.html),
    headers: headersOf(email.headers ?? {}),
    attachments: listOf<Attachment>('attachments', email.attachments).map(attachmentOf),
    calendar: email.calendar && calendarOf(email.calendar),
    messageId: `<${PLAIN.test(id) ? id : await sha256(id)}@${emailDomain(from.address)}>`,
  }
}

/** The text message as adapters send it. Throws VALIDATION. */
export function readySms({ id, to, text }: OutgoingSms): OutgoingSms {
  if (typeof to !== 'string' || !E164.test(to)) {
    throw invalid('to', 'invalid-phone', 'Give the number in E.164, such as +4915123456789.')
  }
  return { id: idOf(id), to, text: textOf('text', text) }
}

/** An address to send from or to. Throws VALIDATION. */
export function addressOf(field: string, given: MailAddress): MailAddress {
  const address = normaliseEmail(given?.address)
  if (address === undefined) {
    throw invalid(`${field}.address`, 'invalid-email', 'Give an address such as ada@example.com.')
  }
  return given.name ? { address, name: lineOf(`${field}.name`, given.name) } : { address }
}

function idOf(id: unknown): string {
  if (lineOf('id', id).length > 1000) throw invalid('id', 'too-long', 'Give at most 1,000 characters.')
  return id as string
}

function lineOf(field: string, value: unknown): string {
  const text = textOf(field, value)
  if (!/[\r\n]/.test(text)) return text
  throw invalid(field, 'line-break', 'Remove the line breaks.')
}

function textOf(field: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(field, 'wrong-type', 'Give text.')
  if (value.trim() === '') throw invalid(field, 'required', 'Give a value.')
  if (!hasForbiddenCharacters(value)) return value
  throw invalid(field, 'forbidden-character', 'Remove NUL and halves of characters.')
}

function listOf<Item>(field: string, value: readonly Item[] | undefined): readonly Item[] {
  if (value === undefined || Array.isArray(value)) return value ?? []
  throw invalid(field, 'wrong-type', 'Give a list.')
}

function headersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER.test(name)) throw invalid('headers', 'invalid-header', 'Name headers in letters, digits and hyphens.')
    if (RESERVED.test(name)) {
      throw invalid(`headers.${name}`, 'reserved-header', 'Use the field for it; the mail system makes the others.')
    }
    lineOf(`headers.${name}`, value)
  }
  return { ...headers }
}

function attachmentOf(given: Attachment, index: number): Attachment {
  const field = `attachments.${index}`
  const { type, content, cid } = Object(given) as Attachment
  if (typeof type !== 'string' || !MEDIA_TYPE.test(type)) {
    throw invalid(`${field}.type`, 'invalid-type', 'Give a media type such as application/pdf.')
  }
  if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
    throw invalid(`${field}.content`, 'wrong-type', 'Give text or bytes.')
  }
  if (cid !== undefined && !CONTENT_ID.test(cid)) {
    throw invalid(`${field}.cid`, 'invalid-cid', 'Use letters, digits and . _ - @.')
  }
  return { name: lineOf(`${field}.name`, given.name), type, content, ...(cid === undefined ? {} : { cid }) }
}

function calendarOf({ method, content }: NonNullable<OutgoingEmail['calendar']>) {
  // Mail programs show no invitation when the two differ.
  if (
    ['REQUEST', 'CANCEL', 'REPLY'].includes(method) &&
    textOf('calendar.content', content).includes(`METHOD:${method}`)
  ) {
    return { method, content }
  }
  throw invalid('calendar.method', 'other-method', 'Give REQUEST, CANCEL or REPLY, and the same METHOD in the content.')
}
