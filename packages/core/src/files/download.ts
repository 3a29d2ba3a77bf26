import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import type { AnyRecord } from '../records/types'
import { fileInReach, findVersion } from './find-version'
import { attachment } from './names'
import { storeFor, streamFrom } from './outgoing'
import type { ByteRange } from './port'

export interface DownloadOptions {
  /** Number of a version. Default: the newest. */
  version?: number
  /** A part of it: from byte `start` up to, but not including, `end` (default: the end). */
  range?: { start: number; end?: number }
}

/** A file on its way out. */
export interface FileDownload {
  name: string
  /** Media type, as the content says. */
  type: string
  /** Of all of it, in bytes. */
  size: number
  sha256: string
  version: number
  /** Read from the store as it is taken. Cancel it, or read it to its end. */
  content: ReadableStream<Uint8Array>
  /** 206 for a range, else 200. */
  status: 200 | 206
  /**
   * Says what it is, that it is to be saved and not shown, and that nothing in it may run.
   *
   * @example
   * new Response(file.content, { status: file.status, headers: file.headers })
   */
  headers: Record<string, string>
}

export async function downloadFile(caller: Caller, id: string, options: DownloadOptions = {}): Promise<FileDownload> {
  const unknown = Object.keys(Object(options)).find((key) => key !== 'version' && key !== 'range')
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', 'Use only: version, range.')
  return downloadOf(caller, await fileInReach(caller, id), options ?? {})
}

/** The download of a file that the caller may see. */
export async function downloadOf(
  caller: Caller,
  file: AnyRecord,
  { version, range }: DownloadOptions,
): Promise<FileDownload> {
  const store = storeFor(caller)
  const { key, type, size, sha256, version: number } = await findVersion(caller, file, version)
  const part = range && checkRange(range, size)
  const name = String(file.name)
  return {
    name,
    type,
    size,
    sha256,
    version: number,
    content: await streamFrom(store, key, size, part),
    status: part ? 206 : 200,
    headers: {
      'content-type': type,
      'content-length': String(part ? part.end - part.start : size),
      'content-disposition': attachment(name),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-cache',
      etag: `"${sha256}"`,
      'accept-ranges': 'bytes',
      ...(part && { 'content-range': `bytes ${part.start}-${part.end - 1}/${size}` }),
    },
  }
}

function checkRange({ start, end }: { start: number; end?: number }, size: number): ByteRange {
  const last = Math.min(end ?? size, size)
  if (Number.isInteger(start) && Number.isInteger(last) && start >= 0 && start < last) return { start, end: last }
  throw invalid('range', 'out-of-range', `Give whole numbers within the ${size} bytes, the end behind the start.`)
}
