import type { Mail, MailPart } from './mail'

/** What a delivery report (RFC 3464) says of one recipient. */
export interface RecipientReport {
  address: string
  /** In lower case: failed, delayed, delivered, relayed, expanded. */
  action: string
  /** `5.1.1` */
  status?: string
  diagnostic?: string
}

const LONGEST = 256_000
const MOST = 1_000

const textOf = (part: MailPart): string =>
  Buffer.from(part.content.buffer, part.content.byteOffset, Math.min(part.content.byteLength, LONGEST)).toString('utf8')

/** Groups of `Name: value` lines, unfolded, names in lower case; a blank line ends a group. The first of a name counts. */
function fieldGroups(text: string): Map<string, string>[] {
  const groups: Map<string, string>[] = [new Map()]
  let name = ''
  for (const line of text.split(/\r\n|\n|\r/)) {
    const group = groups.at(-1) as Map<string, string>
    const colon = line.indexOf(':')
    if (line.trim() === '') {
      if (group.size > 0 && groups.length < MOST) groups.push(new Map())
      name = ''
    } else if (/^[ \t]/.test(line) && name) group.set(name, `${group.get(name)} ${line.trim()}`.slice(0, 4_000))
    else if (colon > 0 && colon < 80) {
      const found = line.slice(0, colon).trim().toLowerCase()
      name = group.has(found) ? '' : found
      if (name)
        group.set(
          name,
          line
            .slice(colon + 1)
            .trim()
            .slice(0, 4_000),
        )
    }
  }
  return groups
}

/** `rfc822; ada@engines.example` without its type, and without angle brackets. */
const addressIn = (field: string): string => {
  const found = /[^\s<>;"]{1,64}@[^\s<>;",()]{1,255}/.exec(field.replace(/^[\w-]{1,20};/, ''))
  return found ? found[0] : ''
}

export const statusIn = (text: string): string | undefined =>
  /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/.exec(text)?.[0]

/** The recipients that the mail's delivery reports speak of. Empty for a mail without such a report. */
export function recipientReports(mail: Mail): RecipientReport[] {
  const parts = mail.attachments.filter(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type))
  return parts.flatMap((part) =>
    fieldGroups(textOf(part)).flatMap((fields) => {
      const final = addressIn(fields.get('final-recipient') ?? '')
      // A final recipient without a real domain is a name inside the server.
      const address = /@.+\..+/.test(final) ? final : addressIn(fields.get('original-recipient') ?? '') || final
      const action = /^[a-z]+/.exec((fields.get('action') ?? '').toLowerCase())?.[0]
      if (!address || !action) return []
      const diagnostic = (fields.get('diagnostic-code') ?? '').replace(/^[\w-]{1,30};\s*/, '')
      const status = statusIn(fields.get('status') ?? '')
      return [{ address, action, ...(status && { status }), ...(diagnostic && { diagnostic }) }]
    }),
  )
}

/** The mail that came back as far as it is enclosed as a part: its header at least. */
export function enclosedMail(mail: Mail): string {
  const part = mail.attachments.find(({ type }) =>
    /^(?:message\/(?:rfc822|global|partial|rfc822-headers|global-headers)|text\/rfc822-headers?)$/.test(type),
  )
  return part ? textOf(part) : ''
}

/** A header's value in the text of a mail, unfolded. */
export function fieldOf(text: string, name: string): string {
  return (
    fieldGroups(text)
      .find((fields) => fields.has(name))
      ?.get(name) ?? ''
  )
}
