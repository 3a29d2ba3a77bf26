/** Tools for testing an application on Rapport, and the contract every storage adapter must keep. */
export { dumpTables, type TableDump } from './dump-tables'
export { sampleValue, sampleValues } from './samples'
export { type StepClock, stepClock } from './step-clock'
export { type ContractCase, type ContractHost, storageContract } from './storage-contract'
export { type WatchedStatement, type WatchedStorage, watchStorage } from './watch-storage'
