import { storageContract } from '@rapport/core/testing'
import { describe, test } from 'vitest'
import { DATABASE, testDatabase } from './support/databases'

const { contractHosts } = await testDatabase()

describe.each(Object.entries(contractHosts))(`${DATABASE} on %s`, (_, host) => {
  for (const { name, run } of storageContract(host)) test(name, run)
})
