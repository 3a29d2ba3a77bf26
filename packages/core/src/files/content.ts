import { createHash } from 'node:crypto'
import { invalid } from '../kernel/errors'

/** What can be uploaded: text, bytes, or something that gives them piece by piece and is read no faster than it is stored. */
export type FileContent =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>

/** Content on its way in: counted and hashed as it passes. */
export interface Incoming {
  /** The first bytes, up to that many: they are not lost to `all`. */
  head(size: number): Promise<Uint8Array>
  /** All of it, from the first byte. */
  all(): AsyncIterable<Uint8Array>
  readonly size: number
  /** In hexadecimal, once all has passed. */
  sha256(): string
  /** What the source threw. */
  readonly broken: { error: unknown } | undefined
  /** Lets go of a source that was not read to its end. */
  close(): Promise<void>
}

/** @param refuseLate Asked whenever something has come; throws when that took too long. */
export function incoming(content: FileContent, maxSize: number, refuseLate: () => void): Incoming {
  const source = bytesOf(content)
  const hash = createHash('sha256')
  const kept: Uint8Array[] = []
  let size = 0
  let broken: Incoming['broken']

  async function next(): Promise<Uint8Array | undefined> {
    const { value, done } = await source.next().catch((error) => {
      broken = { error }
      throw error
    })
    refuseLate()
    if (done) return undefined
    size += value.length
    if (size > maxSize) throw invalid('content', 'too-large', `Keep it to ${maxSize} bytes.`)
    hash.update(value)
    return value
  }

  return {
    get size() {
      return size
    },
    get broken() {
      return broken
    },
    async head(wanted) {
      while (size < wanted) {
        const piece = await next()
        if (!piece) break
        // A copy: the source may use its own again.
        kept.push(Buffer.from(piece))
      }
      if (size === 0) throw invalid('content', 'empty', 'Give a file with something in it.')
      return Buffer.concat(kept)
    },
    async *all() {
      for (let piece = kept.shift(); piece; piece = kept.shift()) yield piece
      for (let piece = await next(); piece; piece = await next()) yield piece
    },
    sha256: () => hash.digest('hex'),
    close: async () => void (await source.return(undefined).catch(() => {})),
  }
}

const STEP = 64 * 1024

async function* bytesOf(content: FileContent): AsyncGenerator<Uint8Array> {
  if (typeof content === 'string') return yield* inSteps(Buffer.from(content))
  if (content instanceof ArrayBuffer) return yield* inSteps(new Uint8Array(content))
  if (content instanceof Uint8Array) return yield* inSteps(content)
  const stream = content instanceof Blob ? content.stream() : content
  if (typeof (stream as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] !== 'function')
    throw noContent()
  for await (const piece of stream as AsyncIterable<unknown>) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    if (!(bytes instanceof Uint8Array)) throw noContent()
    if (bytes.length > 0) yield bytes
  }
}

function* inSteps(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += STEP) yield bytes.subarray(at, at + STEP)
}

const noContent = () => invalid('content', 'wrong-type', 'Give text, bytes, a Blob, or a stream of bytes.')
