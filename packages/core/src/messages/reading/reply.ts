import type { Mail } from './mail'
import { announcedQuote, isQuoted, trailingQuote } from './quote-start'
import { signatureStart } from './signature'

export interface Reply {
  /** What the person wrote. Empty where nothing but a quote or a signature is there. */
  text: string
  /** What they answered, as it was quoted. */
  quote: string
  signature: string
}

const LONGEST = 500_000
const LONGEST_START = 500

/**
 * Separates what somebody wrote from the mail that they quoted and from their signature, in the plain text as mail
 * programs write it in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, the languages of
 * Scandinavia, Japanese, Chinese and others. Answers between quoted lines keep these lines, since they mean nothing
 * without them. Takes time in proportion to the length; what follows after 500,000 characters counts as quote.
 *
 * @example
 * replyText({ text: 'Yes, please.\n\nOn 3 March 2026 Ada <ada@engines.example> wrote:\n> Shall we?' })
 * // { text: 'Yes, please.', quote: 'On 3 March … Shall we?', signature: '' }
 */
export function replyText(mail: Pick<Mail, 'text' | 'from'>): Reply {
  const lines = mail.text.slice(0, LONGEST).split(/\r\n|\n|\r/)
  // Marks stand at the start of a line, and introductions are short.
  const starts = lines.map((line) => line.slice(0, LONGEST_START))
  const announced = announcedQuote(starts)
  const start = announced?.line ?? trailingQuote(starts, endBeforeSignature(starts)) ?? lines.length
  // Who writes below the quote leaves nothing above it.
  const below = announced && isEmpty(starts.slice(0, start)) ? afterQuote(starts, announced.quoted) : lines.length
  const [from, end] = below < lines.length ? [below, lines.length] : [0, start]
  const signature = from + signatureStart(starts.slice(from, end), mail.from?.name)
  const quote = lines.slice(start, below).join('\n') + mail.text.slice(LONGEST)
  return {
    text: joined(lines.slice(from, signature)),
    quote: quote.trim(),
    signature: joined(lines.slice(signature, end)),
  }
}

const isEmpty = (lines: readonly string[]): boolean => lines.every((line) => line.trim() === '')
const joined = (lines: readonly string[]): string =>
  lines
    .join('\n')
    .replace(/^\s*\n/, '')
    .trimEnd()

/** Quoted lines may have the writer's signature below them. */
function endBeforeSignature(lines: readonly string[]): number {
  const last = lines.findLastIndex(isQuoted)
  const rest = lines.slice(last + 1)
  return last >= 0 &&
    signatureStart(
      rest.filter((line) => line.trim() !== ''),
      undefined,
    ) === 0
    ? last + 1
    : lines.length
}

/** The first line below a quote that begins at `at`: below its lines with `>` and the blank ones among them. */
function afterQuote(lines: readonly string[], at: number): number {
  let next = at
  while (next < lines.length && (isQuoted(lines[next] ?? '') || lines[next]?.trim() === '')) next++
  return next > at && isQuoted(lines.slice(at, next).find((line) => line.trim() !== '') ?? '') ? next : lines.length
}
