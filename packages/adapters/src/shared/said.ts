import { invalid } from '@rapport/core/messages'

const LONGEST = 500

/** What a provider said, for a `cause`: short, in one line, and with none of our secrets should it repeat one. */
export function saidBy(text: string, secrets: readonly string[]): string {
  const line = secrets.reduce((said, secret) => (secret ? said.replaceAll(secret, '…') : said), text)
  return line.replace(/\s+/g, ' ').trim().slice(0, LONGEST)
}

/** A time-out option in milliseconds. */
export function timeoutOf(value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise
  if (Number.isInteger(value) && (value as number) > 0) return value as number
  throw invalid('timeout', 'out-of-range', 'Give whole milliseconds, more than 0.')
}
