/** Tools for testing an application on Rapport, and the contracts every storage and every file store must keep. */
export { dumpTables, type TableDump } from './dump-tables'
export { type FileStoreHost, fileStoreContract } from './file-store-contract'
export { sampleValue, sampleValues } from './samples'
export { type StepClock, stepClock } from './step-clock'
export { type ContractCase, type ContractHost, storageContract } from './storage-contract'
export { type WatchedStatement, type WatchedStorage, watchStorage } from './watch-storage'
