import type { Storage } from '../../storage/port'

/** A promise of the contract, checked on a fresh storage. */
export type StorageCase = readonly [name: string, check: (storage: Storage) => Promise<void>]
