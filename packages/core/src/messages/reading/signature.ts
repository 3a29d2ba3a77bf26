import { FAREWELL, SENT_FROM } from './quote-words'

/** The most lines that a signature has where no `--` begins it. */
const MOST_LINES = 10
const LONGEST_LINE = 80

const isShort = (lines: readonly string[]): boolean =>
  lines.filter((line) => line.trim() !== '').length <= MOST_LINES && lines.every((line) => line.length <= LONGEST_LINE)

const isDashes = (line: string): boolean => /^\s{0,3}(?:--|—|–|__)\s{0,3}$/.test(line)
/** A rule across the page, below which a disclaimer stands. */
const isRule = (line: string): boolean => /^\s{0,3}[_*=]{10,}\s*$/.test(line)
/** "Sent from my telephone", as a line of its own and not as the beginning of a sentence. */
const isSentFrom = (line: string): boolean =>
  SENT_FROM.test(line) && line.length <= LONGEST_LINE && !/[,.;!?]/.test(line.replace(/\(\S{1,80}\)/, ''))
const isNameAfterDash = (line: string): boolean =>
  /^[-–—] ?\p{Lu}[\p{L}.'-]{0,30}(?: \p{Lu}[\p{L}.'-]{0,30}){0,3}$/u.test(line)

/** The line at which the signature of a reply begins; `lines.length` for none. */
export function signatureStart(lines: readonly string[], sender: string | undefined): number {
  const name = sender?.trim().toLowerCase()
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim()
    if (line === '') continue
    if (isDashes(line) || isRule(line) || isSentFrom(line)) return at
    const closes = FAREWELL.test(line) || isNameAfterDash(line) || (name !== undefined && line.toLowerCase() === name)
    if (at > 0 && closes && isShort(lines.slice(at, at + MOST_LINES * 3)) && lines.length - at <= MOST_LINES * 3)
      return at
  }
  return lines.length
}
