import { CrmError, invalid } from '../../kernel/errors'
import { type Batcher, type CsvBatch, createBatcher, faultProblem, isBlank } from './batches'
import { type FeedOptions, openFeed, positive, type RecordFeed } from './feed'
import { type CsvRow, checkColumns, columnNames, preambleLength, requireHeader } from './header'
import type { CsvSource } from './source'

export type { CsvBatch } from './batches'
export type { CsvRow } from './header'

export interface CsvReadOptions extends FeedOptions {
  /** Column names of a file without header row: then its first row is a record. */
  columns?: readonly string[]
  /** True: the first row is the header, even if it looks like a record. */
  header?: true
  /** Rows and row errors per batch; 500 when absent. */
  batchSize?: number
}

/** A CSV file on its way in: its columns are known, its rows are still to be read. */
export interface CsvFile {
  /** Column names, each once. */
  readonly columns: readonly string[]
  readonly delimiter: string
  /** The header row; undefined when the caller named the columns. */
  readonly header: CsvRow | undefined
  /** Lines of notes in front of the header. */
  readonly preamble: readonly string[]
  /** The first records, at most 100, for guessing formats and for a preview. They come again with `batches`. */
  readonly sample: readonly CsvRow[]
  /** Encoding in use so far: `text` for strings, `ascii` while nothing beyond ASCII was read. */
  readonly encoding: string
  /** Bytes read so far (characters, for strings), for a progress bar. */
  readonly bytesRead: number
  /** The records, to be read once. Stopping early closes the source. */
  batches(): AsyncGenerator<CsvBatch, void, undefined>
  /** Closes a source whose records will not be read. */
  close(): Promise<void>
}

const SAMPLE = 100
const MAX_HEAD = 1_000_000

/**
 * Opens CSV: finds encoding, delimiter and header, and reads the rest in batches, with memory for one piece of
 * text and its batches. Rows whose cells are all blank are left out.
 *
 * What is wrong with the file as a whole is thrown as VALIDATION on `source`: `empty`, `binary`, `no-header`,
 * `invalid-encoding`, `unreadable`. What is wrong with one record comes among the batches' `errors`.
 *
 * Cells are slices of the text they came from: whoever keeps one for long keeps 64 kB with it, and had better copy.
 *
 * @example
 * const file = await openCsv(createReadStream('leads.csv'))
 * for await (const { rows, errors } of file.batches()) for (const { line, values } of rows) use(line, values)
 */
export async function openCsv(source: CsvSource, options: CsvReadOptions = {}): Promise<CsvFile> {
  const batchSize = positive('batchSize', options.batchSize, 500)
  const named = options.columns === undefined ? undefined : checkColumns(options.columns)
  const head: CsvBatch = { rows: [], errors: [] }
  let target: Pick<Batcher, 'row' | 'error'> = {
    row: (row) => head.rows.push(row),
    error: (error) => head.errors.push(error),
  }
  const feed: RecordFeed = await openFeed(source, options, {
    row: (line, values, raw) => {
      if (!isBlank(values)) target.row({ line, values, raw })
    },
    fault: (line, rule, raw) => target.error({ line, raw, problem: faultProblem(line, rule, feed.maxRowLength) }),
  })

  try {
    const found = () => head.rows.length + head.errors.length
    while (!feed.ended && (found() === 0 || (found() < SAMPLE && feed.bytesRead < MAX_HEAD))) await feed.advance()
    const preamble = named ? [] : head.rows.splice(0, preambleLength(head.rows.slice(0, SAMPLE)))
    const header = named ? undefined : takeHeader(head, options.header === true)
    const columns = named ?? columnNames(header?.values ?? [])
    const batcher = createBatcher(columns.length, feed.delimiter, batchSize)
    target = batcher
    passOn(head, batcher)

    let read = false
    return {
      columns,
      delimiter: feed.delimiter,
      header,
      preamble: preamble.map(({ raw }) => raw),
      sample: batcher.first(SAMPLE),
      get encoding() {
        return feed.encoding
      },
      get bytesRead() {
        return feed.bytesRead
      },
      batches() {
        if (read) throw invalid('source', 'already-read', 'Open the file again to read it a second time.')
        read = true
        return readBatches(feed, batcher)
      },
      close: () => feed.close(),
    }
  } catch (error) {
    await feed.close()
    throw error
  }
}

/** In the order of the file, so that lines only grow from batch to batch. */
function passOn({ rows, errors }: CsvBatch, batcher: Batcher): void {
  let next = 0
  for (const row of rows) {
    for (let error = errors[next]; error && error.line < row.line; error = errors[++next]) batcher.error(error)
    batcher.row(row)
  }
  for (const error of errors.slice(next)) batcher.error(error)
}

async function* readBatches(feed: RecordFeed, batcher: Batcher): AsyncGenerator<CsvBatch, void, undefined> {
  try {
    for (;;) {
      for (let batch = batcher.take(feed.ended); batch; batch = batcher.take(feed.ended)) yield batch
      if (feed.ended) return
      await feed.advance()
    }
  } finally {
    await feed.close()
  }
}

function takeHeader(head: CsvBatch, trusted: boolean): CsvRow {
  const [header] = head.rows
  const [fault] = head.errors
  if (fault && (!header || fault.line < header.line)) {
    const { problem } = fault
    throw new CrmError('VALIDATION', `The header cannot be read. ${problem.remedy}`, { ...problem, field: 'source' })
  }
  if (!header)
    throw invalid('source', 'empty', 'The file has no rows. Pass a CSV file with a header row and at least one record.')
  if (!trusted) requireHeader(header)
  head.rows.shift()
  return header
}
