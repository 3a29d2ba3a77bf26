import { CrmError, invalid, isCrmError } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { fileOptions } from './definition'
import type { CheckedFileOptions } from './options'
import type { ByteRange, FileKey, FileStore } from './port'

/** The store of this CRM. */
export function requireStore({ store }: CheckedFileOptions): FileStore {
  if (store) return store
  throw new CrmError('VALIDATION', 'This CRM keeps no files.', {
    field: 'files',
    rule: 'no-store',
    remedy: "Say where bytes are kept: createCrm({ files: localFiles({ folder: 'files' }) }).",
  })
}

/** The same for a caller, who must not be in a transaction: it would wait for every byte, and everybody else for it. */
export function storeFor({ engine, storage }: Caller): FileStore {
  const store = requireStore(fileOptions(engine))
  if (!storage.joined) return store
  throw invalid(
    'content',
    'inside-transaction',
    'Upload before the transaction, download after it, and link the file inside: files.update(id, { deal }).',
  )
}

/** An error of the store as one of ours; what is one stays. */
export const storeError = (error: unknown): CrmError =>
  isCrmError(error)
    ? error
    : new CrmError(
        'STORAGE',
        'The file store failed.',
        { field: 'files', rule: 'store-failed', remedy: 'See `cause` for what the store said, then try again.' },
        error,
      )

/** The bytes as a stream, read as they are taken. It fails where the store has fewer than it should. */
export async function streamFrom(
  store: FileStore,
  key: FileKey,
  size: number,
  range: ByteRange = { start: 0, end: size },
): Promise<ReadableStream<Uint8Array>> {
  const whole = range.start === 0 && range.end === size
  const read = async () => (await store.read(key, whole ? undefined : range))[Symbol.asyncIterator]()
  const pieces = await read().catch((error) => Promise.reject(storeError(error)))
  let left = range.end - range.start
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await pieces.next().catch((error) => Promise.reject(storeError(error)))
        left -= done ? 0 : value.length
        if (left < 0 || (done && left > 0)) throw storeError(new Error(`${-left} bytes differ from what was stored.`))
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: async () => void (await pieces.return?.()),
    },
    { highWaterMark: 0 },
  )
}
