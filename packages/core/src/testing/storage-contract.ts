import type { Awaitable, Storage } from '../storage/port'
import { dialectCases } from './contract/dialect'
import { migrationCases } from './contract/migrations'
import { statementCases } from './contract/statements'
import { transactionCases } from './contract/transactions'

/** What the contract needs of an adapter under test. */
export interface ContractHost {
  /** A storage on an empty database of its own, new at each call. */
  open(): Awaitable<Storage>
  /** Runs after each case, with the storage already closed: for removing what `open` made. */
  clean?(): Awaitable<void>
}

/** One promise of the contract. `run` throws when it is broken. */
export interface ContractCase {
  readonly name: string
  run(): Promise<void>
}

/**
 * What every storage adapter must keep, as cases for any test runner.
 *
 * @example
 * describe('postgres', () => {
 *   for (const { name, run } of storageContract({ open: () => postgres({ pool, schema: freshSchema() }) })) test(name, run)
 * })
 */
export function storageContract(host: ContractHost): ContractCase[] {
  return [...statementCases, ...transactionCases, ...dialectCases, ...migrationCases].map(([name, check]) => ({
    name,
    async run() {
      const storage = await host.open()
      try {
        await check(storage)
      } finally {
        await storage.close()
        await host.clean?.()
      }
    },
  }))
}
