import { CrmError, invalid, isCrmError } from '../../kernel/errors'
import { type ByteDecoder, guessingDecoder, namedDecoder } from './decoder'
import { byteOrderMark, nulPattern, refuseBinary, refuseNul } from './encoding'

/**
 * Where CSV comes from: its text, its bytes, or a stream of either (a Node stream, a web `ReadableStream`, any
 * async iterable). A string is CSV text, never a path.
 */
export type CsvSource = string | Uint8Array | AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array>

export interface CsvTextOptions {
  /** Encoding of the bytes (WHATWG name). Found out when absent: byte order mark, UTF-16, UTF-8, else windows-1252. */
  encoding?: string
}

/** CSV text on its way in. */
export interface CsvText {
  /** Encoding in use: `text` for strings, `ascii` while nothing beyond ASCII was read. */
  readonly encoding: string
  /** Bytes read so far (characters, for strings). */
  readonly bytesRead: number
  /** The text in pieces of some 64 kB, without byte order mark. Can be read once. */
  chunks(): AsyncGenerator<string, void, undefined>
}

const PIECE = 65_536
const MAX_BLANK = 1_000_000

/** Opens a source: reads its head, finds its encoding, refuses what is empty or binary. */
export async function openText(source: CsvSource, options: CsvTextOptions = {}): Promise<CsvText> {
  const pieces = evenPieces(rawPieces(source))
  let decoder: ByteDecoder | undefined
  let bytesRead = 0

  const next = async (): Promise<string | undefined> => {
    const { done, value } = await pieces.next()
    if (done) return decoder?.decode(new Uint8Array(0), true) || undefined
    bytesRead += value.length
    if (typeof value === 'string') return value
    decoder ??= decoderFor(value, options.encoding)
    return decoder.decode(value, false)
  }
  const readHead = async (): Promise<string> => {
    let head = ''
    for (let text = await next(); text !== undefined; text = await next()) {
      head += head === '' ? text.replace(/^\ufeff/, '') : text
      if (head.length > MAX_BLANK || /\S/.test(head)) break
    }
    refuseNul(head)
    if (/\S/.test(head)) return head
    throw invalid('source', 'empty', 'The file is empty. Pass a CSV file with a header row and at least one record.')
  }

  let head = await readHead().catch(async (error) => {
    await pieces.return()
    throw error
  })
  return {
    get encoding() {
      return decoder?.encoding ?? 'text'
    },
    get bytesRead() {
      return bytesRead
    },
    async *chunks() {
      try {
        yield head
        head = ''
        for (let text = await next(); text !== undefined; text = await next()) if (text !== '') yield text
      } finally {
        await pieces.return()
      }
    },
  }
}

/** A byte order mark tells more than the caller; the caller more than the bytes. */
function decoderFor(head: Uint8Array, named: string | undefined): ByteDecoder {
  refuseBinary(head)
  const encoding = byteOrderMark(head) ?? named ?? nulPattern(head)
  if (encoding !== undefined) return namedDecoder(encoding)
  refuseNul(head)
  return guessingDecoder()
}

async function* rawPieces(source: CsvSource): AsyncGenerator<Uint8Array | string, void, undefined> {
  if (typeof source === 'string') {
    if (/^[^\r\n,;\t]{1,1024}\.(csv|tsv|txt)$/i.test(source))
      throw invalid(
        'source',
        'path',
        'A string is read as CSV text. Pass a stream of the file: createReadStream(path).',
      )
    yield source
  } else if (source instanceof Uint8Array) yield source
  else {
    try {
      for await (const piece of iterable(source)) {
        if (typeof piece !== 'string' && !(piece instanceof Uint8Array)) throw wrongSource()
        yield piece
      }
    } catch (error) {
      if (isCrmError(error)) throw error
      const remedy = 'Check that the file exists and can be read, and import it again.'
      const problem = { field: 'source', rule: 'unreadable', remedy }
      throw new CrmError('VALIDATION', `The source could not be read. ${remedy}`, problem, error)
    }
  }
}

const wrongSource = () =>
  invalid(
    'source',
    'invalid-source',
    'Pass CSV text, a Uint8Array, or a stream of bytes such as createReadStream(path).',
  )

function iterable(source: unknown): AsyncIterable<unknown> {
  if (typeof source !== 'object' || source === null) throw wrongSource()
  if (Symbol.asyncIterator in source) return source as AsyncIterable<unknown>
  if ('getReader' in source && typeof source.getReader === 'function')
    return readAll(source as ReadableStream<Uint8Array>)
  throw wrongSource()
}

/** For browsers whose ReadableStream is not iterable yet. */
async function* readAll(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader()
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** Small pieces put together and large ones cut, so that later steps see pieces of one size, whatever the source. */
async function* evenPieces<T extends Uint8Array | string>(
  source: AsyncGenerator<T>,
): AsyncGenerator<T, void, undefined> {
  let held: T[] = []
  let size = 0
  for await (const piece of source) {
    if (held.length > 0 && typeof held[0] !== typeof piece) {
      yield together(held)
      held = []
      size = 0
    }
    size += piece.length
    if (size < PIECE) {
      // A copy: some streams fill the same buffer again.
      held.push((typeof piece === 'string' ? piece : piece.slice()) as T)
      continue
    }
    const whole = together([...held, piece])
    let at = 0
    for (; whole.length - at >= PIECE; at += PIECE) yield part(whole, at, at + PIECE)
    size = whole.length - at
    held = size > 0 ? [part(whole, at)] : []
  }
  if (held.length > 0) yield together(held)
}

const part = <T extends Uint8Array | string>(piece: T, from: number, to?: number): T => piece.slice(from, to) as T

function together<T extends Uint8Array | string>(pieces: T[]): T {
  if (pieces.length === 1) return pieces[0] as T
  if (typeof pieces[0] === 'string') return pieces.join('') as T
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces as Uint8Array[]) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes as T
}
