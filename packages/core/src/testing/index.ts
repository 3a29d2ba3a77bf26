/** Tools for testing an application on Rapport, and the contracts that every adapter must keep. */
export { dumpTables, type TableDump } from './dump-tables'
export { type FileStoreHost, fileStoreContract } from './file-store-contract'
export { type Memory, type MemoryEmail, type MemorySms, memoryEmail, memorySms } from './memory'
export {
  emailContract,
  type OpenProvider,
  type ProviderAnswer,
  type ProviderUnderTest,
  type ReceivedEmail,
  type ReceivedSms,
  smsContract,
} from './provider-contract'
export { sampleValue, sampleValues } from './samples'
export { type StepClock, stepClock } from './step-clock'
export { type ContractCase, type ContractHost, storageContract } from './storage-contract'
export { type WatchedStatement, type WatchedStorage, watchStorage } from './watch-storage'
