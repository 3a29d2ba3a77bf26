import { ANY_LABEL, FROM_LABEL, OPENER, SEPARATOR, VERB } from './quote-words'

const LONGEST_INTRODUCTION = 400
const INTRODUCTION_LINES = 4

export const isQuoted = (line: string): boolean => /^\s{0,10}>/.test(line)
const isBlank = (line: string): boolean => line.trim() === ''

/** Begins like a date: `2026-03-10`, `10.03.2026`, `Tuesday, 10 March 2026`, `2026年3月10日`. */
const DATED =
  /^(?:\p{L}{2,12}\.?,? )?(?:\d{1,2}\.? \p{L}{3,12}\.?,? \d{4}|\d{1,4}[-./年년]\s?\d{1,2}[-./月월]\s?\d{1,4})/u

/** Whether `text` says who wrote what follows, and when: it ends in a colon and names a date or an address. */
function introduces(text: string): boolean {
  if (!/[:：]$/.test(text) || !/\d|@/.test(text)) return false
  if (VERB.test(text)) return OPENER.test(text) || DATED.test(text) || text.includes('@')
  return DATED.test(text) && /[^\s<>@]{1,64}@[^\s<>@]{1,255}>?\)?\s?[:：]$/u.test(text)
}

/** Number of lines from `at` that introduce a quote: mail programs break such a line where it is long. 0 for none. */
function introduction(lines: readonly string[], at: number): number {
  let text = ''
  for (let count = 1; count <= INTRODUCTION_LINES; count++) {
    const line = lines[at + count - 1]?.trim()
    if (!line || (count > 1 && isQuoted(line))) return 0
    text = text === '' ? line : `${text} ${line}`
    if (text.length > LONGEST_INTRODUCTION) return 0
    if (introduces(text)) return count
    if (count === 1 && !OPENER.test(text) && !DATED.test(text)) return 0
  }
  return 0
}

/** A block of `From:`, `Sent:`, `To:`, `Subject:`: three of them in five lines, the sender among them. */
function isHeaderBlock(lines: readonly string[], at: number): boolean {
  if (!ANY_LABEL.test(lines[at] ?? '')) return false
  const block = lines.slice(at, at + 6).filter((line) => ANY_LABEL.test(line))
  return block.length >= 3 && block.some((line) => FROM_LABEL.test(line))
}

const isRule = (line: string): boolean => /^\s{0,20}[-_=*]{5,80}\s{0,20}$/.test(line)

export interface QuoteStart {
  /** The first line that is no longer the reply. */
  line: number
  /** The first line of what is quoted. */
  quoted: number
}

/** Where the mail that is answered begins, if its program says so in words. */
export function announcedQuote(lines: readonly string[]): QuoteStart | undefined {
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const bare = isQuoted(line) ? line.replace(/^\s{0,10}> ?/, '') : line
    if (isBlank(bare)) continue
    const count = isQuoted(line) ? 0 : introduction(lines, at)
    if (count > 0) return { line: at, quoted: at + count }
    if (SEPARATOR.test(bare)) return { line: at, quoted: at + 1 }
    if (isHeaderBlock(lines, at)) {
      let start = at
      while (start > 0 && (isBlank(lines[start - 1] ?? '') || isRule(lines[start - 1] ?? ''))) start--
      return { line: start, quoted: at }
    }
  }
  return undefined
}

/** Where lines with `>` begin after which nothing else comes, a signature aside. */
export function trailingQuote(lines: readonly string[], end: number): number | undefined {
  let at = end
  while (at > 0 && (isBlank(lines[at - 1] ?? '') || isQuoted(lines[at - 1] ?? ''))) at--
  while (at < end && isBlank(lines[at] ?? '')) at++
  return at < end ? at : undefined
}
