import { type CrmError, invalid } from '../../kernel/errors'
import type { MailAddress } from '../ports'
import { htmlText } from './html-text'

/** A part of a mail that is not its text: a file, a delivery report, an enclosed mail. */
export interface MailPart {
  /** Name of the file, as the sender gave it: not safe as a path. */
  name?: string
  /** Media type in lower case: `application/pdf`. What the sender says, not what the content is. */
  type: string
  content: Uint8Array
  /** Shown within the text, such as a picture of it. */
  inline: boolean
  /** What `cid:` links of the HTML call it, without angle brackets. */
  contentId?: string
}

export interface Mail {
  from?: MailAddress
  replyTo: MailAddress[]
  to: MailAddress[]
  cc: MailAddress[]
  subject: string
  /** From the mail's own header, so what the sender's clock says. Missing where it cannot be read. */
  sentAt?: Date
  /** Ids of mails as they are written, with their angle brackets: `<…@…>`. */
  messageId?: string
  inReplyTo?: string
  references: string[]
  /** The plain text, or what the HTML says where there is none. */
  text: string
  /** As the sender made it: hostile until it has been cleaned. */
  html?: string
  attachments: MailPart[]
  /** Every header line, unfolded, name in lower case, in the order of the mail. */
  headers: { name: string; value: string }[]
}

export interface ReadMailOptions {
  /** Largest mail that is read, in bytes. Default: 25 MB. */
  maxBytes?: number
  /** Most attachments that are read. Default: 100. */
  maxAttachments?: number
}

const PART_LIMIT = 1_000

const refuse = (rule: string, remedy: string): CrmError => invalid('mail', rule, remedy)

async function parse(raw: Uint8Array, maxAttachments: number) {
  const { simpleParser } = await import('mailparser')
  try {
    return await simpleParser(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), {
      ignoreEmbedded: true,
      keepCidLinks: true,
      keepDeliveryStatus: true,
      skipHtmlToText: true,
      skipImageLinks: true,
      skipTextLinks: true,
      skipTextToHtml: true,
      checksumAlgo: false,
      maxChildNodes: Math.min(PART_LIMIT, maxAttachments * 2 + 20),
    })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EMAXLEN')
      throw refuse('too-many-parts', 'The mail has too many parts or headers: look at it by hand.')
    throw refuse('unreadable', 'The mail cannot be read: look at it by hand.')
  }
}

/**
 * Reads a mail as it came over the wire, in any charset and as broken as mails are. Its size and the number of its
 * attachments are bounded; nothing in it is fetched or run.
 *
 * @throws VALIDATION `mail`: `too-large`, `too-many-attachments`, `too-many-parts`, `not-a-mail` (no header at all),
 * `unreadable`
 *
 * @example
 * const mail = await readMail(bytes)
 * mail.from?.address   // 'ada@engines.example'
 * replyText(mail).text // 'Yes, please.'
 */
export async function readMail(raw: Uint8Array | string, options: ReadMailOptions = {}): Promise<Mail> {
  const { maxBytes = 25_000_000, maxAttachments = 100 } = options
  if (typeof raw !== 'string' && !(raw instanceof Uint8Array))
    throw refuse('type', 'Give the mail as bytes, or as text if it is ASCII.')
  const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw
  if (bytes.length > maxBytes) throw refuse('too-large', `Read mails of at most ${maxBytes} bytes, or raise maxBytes.`)
  const parsed = await parse(bytes, maxAttachments)
  const headers = parsed.headerLines.map(({ key, line }) => ({ name: key, value: unfolded(line) }))
  if (!headers.some(({ name }) => /^[a-z][\w-]*$/.test(name)))
    throw refuse('not-a-mail', 'Give the whole mail: its header, an empty line, its body.')
  if (parsed.attachments.length > maxAttachments)
    throw refuse(
      'too-many-attachments',
      `Read mails of at most ${maxAttachments} attachments, or raise maxAttachments.`,
    )

  const value = (name: string) => headers.find((header) => header.name === name)?.value ?? ''
  const ids = (name: string) => value(name).match(/<[^<>\s]{1,998}>/g) ?? []
  const people = (name: string) => addresses(parsed.headers.get(name))
  const mail: Mail = {
    replyTo: people('reply-to'),
    to: people('to'),
    cc: people('cc'),
    subject: typeof parsed.subject === 'string' ? parsed.subject.trim() : '',
    references: ids('references'),
    text: parsed.text?.trim() ? parsed.text : htmlText(parsed.html || ''),
    attachments: parsed.attachments.map((part) => ({
      ...(part.filename && { name: part.filename }),
      type: part.contentType.toLowerCase(),
      content: part.content,
      inline: part.related === true || part.contentDisposition === 'inline',
      ...(part.cid && { contentId: part.cid }),
    })),
    headers,
  }
  const optional = {
    from: people('from')[0],
    sentAt: sentAt(value('date')),
    messageId: ids('message-id')[0],
    inReplyTo: ids('in-reply-to')[0],
    html: parsed.html || undefined,
  }
  return Object.assign(mail, Object.fromEntries(Object.entries(optional).filter(([, given]) => given !== undefined)))
}

/** A header's value, without its name and the line breaks in it. */
const unfolded = (line: string): string =>
  line
    .slice(line.indexOf(':') + 1)
    .replace(/\r?\n[ \t]?/g, ' ')
    .trim()

function sentAt(text: string): Date | undefined {
  const date = new Date(text.slice(0, 100).replace(/\([^()]*\)/g, ''))
  return Number.isNaN(date.getTime()) ? undefined : date
}

interface Mailbox {
  address?: string
  name?: string
  group?: Mailbox[]
}

/** The mailboxes of an address header, those of groups as well. */
function addresses(header: unknown): MailAddress[] {
  const lists = (Array.isArray(header) ? header : [header]) as ({ value?: Mailbox[] } | undefined)[]
  return lists
    .flatMap((list) => list?.value ?? [])
    .flatMap(({ group, ...one }) => group ?? [one])
    .flatMap(({ address, name }) => (address ? [{ address, ...(name && { name }) }] : []))
}

/** The first value of a header, or an empty text. */
export const headerOf = (mail: Pick<Mail, 'headers'>, name: string): string =>
  mail.headers.find((header) => header.name === name)?.value ?? ''
