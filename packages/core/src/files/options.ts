import { invalid } from '../kernel/errors'
import type { Awaitable } from '../storage/port'
import type { FileStore } from './port'

/** A built-in category, or one of the host's. */
export type FileCategory = 'quote' | 'invoice' | 'contract' | 'other' | (string & Record<never, never>)

/** A file that has arrived and is not shown yet. */
export interface ScannedFile {
  tenant: string
  name: string
  /** Media type, as the content says. */
  type: string
  size: number
  sha256: string
  /** To be read once. */
  content: ReadableStream<Uint8Array>
}

export interface FileOptions {
  /** Where the bytes are kept: `localFiles({ folder })`, `s3Files({ bucket })`, `databaseFiles(storage)`, or your own. */
  store: FileStore
  /** Bytes of the largest file. Default 100 MiB. */
  maxSize?: number
  /** Media types beside the usual documents, pictures, sounds and films; or `only` these. */
  types?: { also?: readonly string[]; only?: readonly string[] }
  /** Categories beside quote, invoice, contract and other. */
  categories?: readonly string[]
  /**
   * Looks for viruses before the file shows. Anything but `true` refuses the file, and nothing of it stays; so does an
   * error, which goes to the uploader.
   *
   * @example
   * files: { store, scan: async ({ content }) => (await clamav.scanStream(Readable.fromWeb(content))).isInfected === false }
   */
  scan?: (file: ScannedFile) => Awaitable<boolean>
}

/** What `files` of `createCrm` comes to. */
export interface CheckedFileOptions extends Omit<FileOptions, 'store' | 'maxSize' | 'categories'> {
  /** Without one, files can be looked at and neither uploaded nor downloaded. */
  readonly store: FileStore | undefined
  readonly maxSize: number
  readonly categories: readonly string[]
}

const CATEGORIES = ['quote', 'invoice', 'contract', 'other']
const MAX_SIZE = 100 * 1024 * 1024
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9.+-]+$/

export function checkFileOptions(given?: FileStore | FileOptions): CheckedFileOptions {
  const options: Partial<FileOptions> = given && 'write' in given ? { store: given } : (given ?? {})
  const { store, maxSize = MAX_SIZE, categories = [], types = {} } = options
  if (given && typeof store?.write !== 'function')
    throw invalid(
      'files.store',
      'required',
      "Say where bytes are kept, e.g. { store: localFiles({ folder: 'files' }) }.",
    )
  if (!Number.isSafeInteger(maxSize) || maxSize < 1)
    throw invalid('files.maxSize', 'out-of-range', 'Give a number of bytes, from 1 up.')
  if (!categories.every((name) => typeof name === 'string' && name.trim() !== '' && name.length <= 70))
    throw invalid('files.categories', 'wrong-type', 'Give texts of 1 to 70 characters.')
  for (const type of [...(types.also ?? []), ...(types.only ?? [])])
    if (!MEDIA_TYPE.test(type)) throw invalid('files.types', 'invalid-type', 'Give media types such as image/svg+xml.')
  return { ...options, store, maxSize, categories: [...new Set([...CATEGORIES, ...categories])] }
}
