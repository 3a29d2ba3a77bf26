import type { Mail } from './mail'

/** A bounce in plain words, taken apart: what was said, of whom, and the copy of the mail that came back. */
export interface BounceText {
  /** Everything before the copy. */
  said: string
  /** Addresses that failed, each with the lines that speak of it. */
  recipients: { address: string; said: string }[]
  /** The copy of the mail, or what is there of it. */
  copy: string
}

const LONGEST = 64_000
const LONGEST_LINE = 1_000
const MOST_LINES = 12
export const MOST_RECIPIENTS = 200

const COPY =
  /^[\s>*#=_|~-]*(?:(?:the |your )?(?:original|returned|undelivered|unsent) (?:mail|message)(?: (?:headers?|text|follows|info))*(?:$|[\s:.-]+$| follow)|-{3,} ?original mail|(?:this is|below (?:this line )?is|here is) a copy of|a copy of the (?:original|message)|(?:the )?(?:header|first|text|body)s?(?: part| lines)? of (?:the |your )?(?:original|message|mail)|message headers? follows?|----- ?(?:original|forwarded|unsent)|(?:copy of|begin) (?:your |the )?message|-+ ?(?:message|mail) (?:header|text|follows)|(?:元|本文|原文))/i
const HEADER_OF_COPY = /^(?:Received|Return-Path|DKIM-Signature|X-Received|Delivered-To): ?\S/i

const ADDRESS = String.raw`[^\s<>()[\]:;,"'|@=]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?`
const ANY = new RegExp(ADDRESS, 'gi')
const FROM = new RegExp(String.raw`\b(?:from|by) <?${ADDRESS}`, 'gi')
/** An address at the start of a line, alone or before what is said of it. */
const LEADING = new RegExp(
  String.raw`^[\s>*•-]{0,40}(?:\d{1,3}[.)] ?)?["'(]?(?:mailto:|smtp:|rfc822;)?<?(${ADDRESS})>?["')]?(?: ?\(expanded from:? ?<?[^)]{1,255}\))?\s*(?:$|[:;,([]|\.\.\.| - | on |\s{2,}|\t)`,
  'i',
)
const LABELLED = new RegExp(
  String.raw`^[\s>*•-]{0,40}(?:(?:final|original|intended|failed|undeliverable|bad|invalid) ?-?)?(?:recipient|address|user|mailbox|e-?mail|rcpt to|failed for|failed)s?(?: address(?:es)?)?(?: ?\(s\))?\s?[:=]\s*<?(${ADDRESS})`,
  'i',
)
const FAILED =
  /(?:can ?not|can.t|could not|couldn.t|could n|unable|fail|not (?:yet )?(?:been )?(?:deliver|accept|exist)|undeliver|reject|refus|unknown|no such|full|quota|disabled|error|invalid|problem|not reach|delivery|delayed)/i
const NEVER = /^(?:postmaster|mailer-daemon|mail-daemon|abuse|support|help|helpdesk|no-?reply|webmaster|hostmaster)@/i
/** Lines that tell of the sender or of the mail, not of who did not get it. */
const OF_SENDER =
  /^[\s>*]{0,40}(?:(?:to|subject|sent|date|sender|cc)\s*:|(?:from|reply-?to|mail from|message-?id|return-path|envelope-from|errors-to|contact|by|for help|please (?:contact|e-?mail|reply))\b)/i

/** Reads a bounce that is written for people. */
export function bounceText(mail: Mail): BounceText {
  const lines = mail.text
    .slice(0, LONGEST)
    .split(/\r\n|\n|\r/)
    .map((line) => line.slice(0, LONGEST_LINE))
  const end = lines.findIndex((line, at) => at > 0 && (COPY.test(line) || HEADER_OF_COPY.test(line)))
  const head = end < 0 ? lines : lines.slice(0, end)
  return {
    said: head.join('\n'),
    recipients: recipientsIn(head, mail),
    copy: end < 0 ? '' : lines.slice(end).join('\n'),
  }
}

interface Mention {
  address: string
  line: number
}

function recipientsIn(lines: readonly string[], mail: Mail): BounceText['recipients'] {
  const own = new Set([...mail.to, mail.from].flatMap((one) => (one ? [one.address.toLowerCase()] : [])))
  const counts = ({ address, line }: Mention) =>
    !own.has(address.toLowerCase()) && !NEVER.test(address) && !OF_SENDER.test(lines[line] ?? '')
  const mentions = (find: (line: string) => readonly string[]) =>
    lines.flatMap((text, line) => find(text).map((address) => ({ address, line })))
  const captured = (pattern: RegExp) => mentions((line) => pattern.exec(line)?.slice(1, 2) ?? [])
  // Whom it is from is not who did not get it.
  const within = mentions((line) => line.replace(FROM, '').match(ANY) ?? [])

  const failing = within.filter(({ line }) => FAILED.test(`${lines[line - 1] ?? ''} ${lines[line]}`))
  const ways = [[...captured(LABELLED), ...captured(LEADING)], failing, within]
  const found = ways.map((way) => way.filter(counts)).find((way) => way.length > 0) ?? ways[0]
  return grouped(found ?? [], lines)
}

/** Each address once, with its own line and the few up to the next address. */
function grouped(mentions: readonly Mention[], lines: readonly string[]): BounceText['recipients'] {
  const starts = [...new Set(mentions.map(({ line }) => line))].sort((a, b) => a - b)
  const next = new Map(starts.map((start, index) => [start, starts[index + 1] ?? lines.length]))
  const said = new Map<string, { address: string; said: string }>()
  for (const { address, line } of [...mentions].sort((a, b) => a.line - b.line)) {
    const text = lines.slice(line, Math.min(next.get(line) ?? lines.length, line + MOST_LINES)).join('\n')
    const known = said.get(address.toLowerCase())
    if (known) known.said = `${known.said}\n${text}`.slice(0, 4_000)
    else if (said.size < MOST_RECIPIENTS) said.set(address.toLowerCase(), { address, said: text })
  }
  return [...said.values()]
}
