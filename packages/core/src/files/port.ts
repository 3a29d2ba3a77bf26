/** Where the bytes of one version of a file are: under an id that is used once, of one tenant. */
export interface FileKey {
  /** The host's tenant id: any text of 1 to 255 characters. */
  readonly tenant: string
  /** UUIDv7. */
  readonly id: string
}

/** From `start` up to, but not including, `end`, in bytes. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Where bytes are kept. What file they belong to, who may read it and when they may go is in the database; a store knows
 * keys only. `fileStoreContract` of `@rapport/core/testing` checks that one keeps these promises.
 */
export interface FileStore {
  /**
   * Keeps all of it, or nothing: when `content` throws, so does `write`, the same, and nothing is left. Takes no more
   * of `content` than it can put away. There is nothing under the key yet, and `content` is never empty.
   */
  write(key: FileKey, content: AsyncIterable<Uint8Array>): Promise<void>
  /** The bytes, piece by piece as they are asked for. Throws STORAGE with rule `missing-bytes` when there are none. */
  read(key: FileKey, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>
  /** Removes what is there, be it half of a write whose process has ended. Nothing there is fine. */
  remove(key: FileKey): Promise<void>
}
