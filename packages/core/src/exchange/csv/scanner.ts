import { readQuoted } from './quoted'

/** What stops a record from being read. */
export type ScanFault = 'unclosed-quote' | 'row-too-long'

/** Gets the records that a scanner finds, in the order of the file. */
export interface ScanSink {
  /** `line` is the 1-based physical line on which the record starts; `raw` is its text without line end. */
  row(line: number, values: string[], raw: string): void
  /** `raw` is the beginning of the line. */
  fault(line: number, rule: ScanFault, raw: string): void
}

export interface ScanOptions {
  delimiter: string
  /** Most characters of one record. */
  maxRowLength: number
  /** Line of the first character; 1 when absent. */
  line?: number
}

const FAULT_SAMPLE = 1_000
/** There is no record to be read before more text comes. */
const WAIT = -1

/**
 * Cuts CSV text into records: RFC 4180, with any of the three line ends, even mixed; empty lines are skipped.
 * Feed it pieces of any size; it keeps no more than the record under way.
 *
 * Lines without quotes, the many, are cut by search and split alone. Where quotes are broken one line is lost and
 * not the rest of the file: a quoted cell that runs over a line end and then does not close in front of a delimiter
 * or line end, or never closes, was opened by mistake, so its first line is a fault and reading goes on below it.
 */
export function createScanner({ delimiter, maxRowLength, line = 1 }: ScanOptions, sink: ScanSink) {
  let text = ''
  let skipping = false

  function skip(start: number, ends: LineEnds): number {
    if (!ends.whole) return ends.end > start ? ends.end : WAIT
    skipping = false
    line++
    return ends.after
  }

  function giveUp(rule: ScanFault, start: number, ends: LineEnds): number {
    sink.fault(line, rule, text.slice(start, Math.min(ends.end, start + FAULT_SAMPLE)))
    skipping = true
    return skip(start, ends)
  }

  function plain(start: number, ends: LineEnds): number {
    if (ends.end - start > maxRowLength) return giveUp('row-too-long', start, ends)
    if (!ends.whole) return WAIT
    if (ends.end > start) {
      const raw = text.slice(start, ends.end)
      sink.row(line, raw.split(delimiter), raw)
    }
    line++
    return ends.after
  }

  function quoted(start: number, ends: LineEnds, last: boolean): number {
    const record = readQuoted(text, start, delimiter, last)
    if (record === 'unfinished') {
      if (text.length - start <= maxRowLength) return WAIT
      return giveUp(ends.whole ? 'unclosed-quote' : 'row-too-long', start, ends)
    }
    if (record === 'unclosed') return giveUp('unclosed-quote', start, ends)
    if (record.end - start > maxRowLength) sink.fault(line, 'row-too-long', text.slice(start, start + FAULT_SAMPLE))
    else sink.row(line, record.values, text.slice(start, record.end))
    line += record.lines
    return record.after
  }

  /** Reads on; `last` says that no more text follows. */
  return function scan(piece: string, last: boolean): void {
    text = text === '' ? piece : text + piece
    const ends = lineEnds(text, last)
    let quote = -1
    let start = 0
    while (start < text.length) {
      ends.seek(start)
      if (quote < start) quote = find(text, '"', start)
      const next = skipping ? skip(start, ends) : quote > ends.end ? plain(start, ends) : quoted(start, ends, last)
      if (next === WAIT) break
      start = next
    }
    text = text.slice(start)
  }
}

interface LineEnds {
  /** Where the line's text ends, and where the next line starts. */
  end: number
  after: number
  /** False while the end of the line, or all of its line end, is still to come. */
  whole: boolean
  seek(start: number): void
}

function lineEnds(text: string, last: boolean): LineEnds {
  let feed = -1
  let carriage = -1
  return {
    end: 0,
    after: 0,
    whole: false,
    seek(start) {
      if (feed < start) feed = find(text, '\n', start)
      if (carriage < start) carriage = find(text, '\r', start)
      this.end = Math.min(feed, carriage, text.length)
      this.after = Math.min(this.end + (feed === carriage + 1 && carriage === this.end ? 2 : 1), text.length)
      this.whole = last || this.end < text.length - 1 || this.end === feed
    },
  }
}

function find(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  return at === -1 ? Number.POSITIVE_INFINITY : at
}
