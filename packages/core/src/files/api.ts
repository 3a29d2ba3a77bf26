import { type RecordApi, recordApi } from '../records/api'
import type { Caller } from '../records/caller'
import type { RecordRef } from '../records/event'
import type { VerbOptions } from '../records/idempotency'
import type { Page } from '../records/list'
import type { BaseInput, CreateOf } from '../records/types'
import type { UpdateOptions } from '../records/update'
import type { OrderBy, Where } from '../records/where'
import type { FileContent } from './content'
import type { FilePatch, FileRecord, fileFields } from './definition'
import type { DownloadOptions, FileDownload } from './download'
import type { FileVersion } from './find-version'
import type { FileLink, LinkOptions } from './links'
import type { NewVersion, VersionsQuery } from './versions'

/** A file to upload: what is known of it, and its content. */
export type NewFile<Custom = Record<string, unknown>> = CreateOf<typeof fileFields> &
  BaseInput<Custom> & {
    /** Text, bytes, a Blob, or a stream that is read no faster than it is stored. */
    content: FileContent
    /** Media type, as the browser says. Checked against the content. */
    type?: string
    /** The record the file is about: the same as naming it by `lead`, `contact`, `company` or `deal`. */
    about?: RecordRef
  }

/**
 * Files. Bytes are in the store of `createCrm({ files })`, facts in the database; those of one record are found by
 * `list({ where: { deal: id } })`. Who may read files of their team may also read those of records they can read.
 */
export interface FilesApi<Custom = Record<string, unknown>>
  extends Omit<
    RecordApi<
      FileRecord<Custom>,
      never,
      FilePatch<Custom>,
      Where<typeof fileFields, Custom>,
      OrderBy<typeof fileFields, Custom>
    >,
    'create' | 'createMany'
  > {
  /**
   * Takes a file in. It shows when all of it is stored, checked and scanned; whatever ends the upload before, nothing
   * is left of it.
   *
   * Throws VALIDATION for what is too large, empty, of a type not allowed, or other than its name or `type` says;
   * FORBIDDEN; STORAGE; and what the stream throws. Not inside a transaction.
   *
   * @example
   * await me.files.upload({ name: 'Quote 7.pdf', content: request.body, category: 'quote', deal: deal.id })
   */
  upload(input: NewFile<Custom>, options?: VerbOptions): Promise<FileRecord<Custom>>
  /** Takes new content in for a file; what was stays a version of it. Needs `update`. Throws like `upload`. */
  addVersion(id: string, input: NewVersion, options?: UpdateOptions): Promise<FileRecord<Custom>>
  /** Newest first. */
  versions(id: string, query?: VersionsQuery): Promise<Page<FileVersion>>
  /**
   * The content as a stream, with what to say of it. Not inside a transaction.
   *
   * @example
   * const { content, status, headers } = await me.files.download(id)
   * return new Response(content, { status, headers })
   */
  download(id: string, options?: DownloadOptions): Promise<FileDownload>
  /**
   * A token with which anybody, or one user, can download the file until it expires or the file is deleted.
   *
   * @example
   * const { token } = await me.files.link(file.id, { expiresIn: 7 * 86_400 })
   */
  link(id: string, options?: LinkOptions): Promise<FileLink>
}

export function filesApi(caller: Caller): FilesApi {
  // A file without content is none.
  const { create: _, createMany: __, ...records } = recordApi(caller, 'files')
  return {
    ...records,
    upload: async (input, options) =>
      (await import('./upload')).uploadFile(caller, input as never, options) as Promise<never>,
    addVersion: async (id, input, options) =>
      (await import('./versions')).addVersion(caller, id, input, options) as Promise<never>,
    versions: async (id, query) => (await import('./versions')).listVersions(caller, id, query),
    download: async (id, options) => (await import('./download')).downloadFile(caller, id, options),
    link: async (id, options) => (await import('./links')).linkFile(caller, id, options),
  }
}
