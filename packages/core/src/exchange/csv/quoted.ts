/** A record that has quotes in it. */
export interface QuotedRecord {
  values: string[]
  /** Where its text ends, and where the next record starts. */
  end: number
  after: number
  /** Physical lines it takes. */
  lines: number
}

const QUOTE = 34
const LF = 10
const CR = 13
const BLANK = 32

/**
 * Reads the record at `start`. `unfinished`: its end is not in the text yet. `unclosed`: a quote opens a cell that
 * runs over a line end and does not close as a quoted cell should.
 *
 * Quotes inside an unquoted cell (`5" pipe`) are plain characters. A cell that opens with a quote and has text
 * behind the closing one (`"Bob" Smith`) is taken literally, quotes included. Blanks behind a closing quote are dropped.
 */
export function readQuoted(
  text: string,
  start: number,
  delimiter: string,
  last: boolean,
): QuotedRecord | 'unfinished' | 'unclosed' {
  const { length } = text
  const comma = delimiter.charCodeAt(0)
  const values: string[] = []
  let lines = 1
  let at = start
  for (;;) {
    let end = at
    let value: string | undefined
    if (text.charCodeAt(at) === QUOTE) {
      const close = closingQuote(text, at + 1)
      if (close === -1) return last ? 'unclosed' : 'unfinished'
      end = close + 1
      while (text.charCodeAt(end) === BLANK && comma !== BLANK) end++
      if (end >= length && !last) return 'unfinished'
      const next = text.charCodeAt(end)
      const inner = text.slice(at + 1, close)
      const breaks = lineBreaks(inner)
      if (end >= length || next === comma || next === LF || next === CR) {
        lines += breaks
        value = inner.includes('"') ? inner.replaceAll('""', '"') : inner
      } else if (breaks > 0) return 'unclosed'
    }
    if (value === undefined) {
      while (end < length && !isEnd(text.charCodeAt(end), comma)) end++
      if (end >= length && !last) return 'unfinished'
      value = text.slice(at, end)
    }
    values.push(value)
    if (text.charCodeAt(end) === comma) {
      at = end + 1
      continue
    }
    const carriage = text.charCodeAt(end) === CR
    if (carriage && end + 1 >= length && !last) return 'unfinished'
    const after = Math.min(end + (carriage && text.charCodeAt(end + 1) === LF ? 2 : 1), length)
    return { values, end, after, lines }
  }
}

const isEnd = (code: number, comma: number) => code === comma || code === LF || code === CR

/** The first quote from `from` on that is not one of a pair; -1 when there is none. */
function closingQuote(text: string, from: number): number {
  let close = text.indexOf('"', from)
  while (close !== -1 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2)
  return close
}

function lineBreaks(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}
