import { invalid } from '../../kernel/errors'
import { checkDelimiter, detectDelimiter, separatorLine } from './delimiter'
import { createScanner, type ScanSink } from './scanner'
import { type CsvSource, type CsvTextOptions, openText } from './source'

export interface FeedOptions extends CsvTextOptions {
  /** One character. Found out from the first records when absent. */
  delimiter?: string
  /** Most characters of one record; 1,000,000 when absent. Longer ones are row errors. */
  maxRowLength?: number
}

/** A source cut into records, one piece of its text at a time. */
export interface RecordFeed {
  readonly delimiter: string
  readonly maxRowLength: number
  readonly encoding: string
  readonly bytesRead: number
  readonly ended: boolean
  /** Reads the next piece and gives its records to the sink. */
  advance(): Promise<void>
  close(): Promise<void>
}

export async function openFeed(source: CsvSource, options: FeedOptions, sink: ScanSink): Promise<RecordFeed> {
  const maxRowLength = positive('maxRowLength', options.maxRowLength, 1_000_000)
  const named = options.delimiter === undefined ? undefined : checkDelimiter(options.delimiter)
  const text = await openText(source, options)
  const chunks = text.chunks()

  // One piece ahead, to know the last one.
  let piece = (await chunks.next()).value ?? ''
  let following = await chunks.next()
  const separator = separatorLine(piece)
  if (separator) piece = piece.slice(separator.length)
  const delimiter = named ?? separator?.delimiter ?? detectDelimiter(piece, following.done === true)
  const scan = createScanner({ delimiter, maxRowLength, line: separator ? 2 : 1 }, sink)
  let ended = false

  return {
    delimiter,
    maxRowLength,
    get encoding() {
      return text.encoding
    },
    get bytesRead() {
      return text.bytesRead
    },
    get ended() {
      return ended
    },
    async advance() {
      ended = following.done === true
      scan(piece, ended)
      piece = following.value ?? ''
      if (!ended) following = await chunks.next()
    },
    async close() {
      await chunks.return()
    },
  }
}

/** A whole number above zero, or the default. */
export function positive(field: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (Number.isSafeInteger(value) && value > 0) return value
  throw invalid(field, 'not-positive', 'Use a whole number above zero.')
}
