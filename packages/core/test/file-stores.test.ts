import { databaseFiles } from '@rapport/adapters/database-files'
import type { Storage } from '@rapport/core/storage'
import { EVERY_TENANT, scopedTo } from '@rapport/core/storage'
import { fileStoreContract } from '@rapport/core/testing'
import { test } from 'vitest'
import { migrate } from '../src/storage/migrate'
import { newStorage } from './support/databases'

let storage: Storage

const contract = fileStoreContract({
  async open() {
    storage = await newStorage()
    await migrate(storage, new Date(0))
    return databaseFiles(storage)
  },
  contents: () => scopedTo(storage, EVERY_TENANT).read(`select seq from ${storage.table('file_chunk')}`, []) as never,
  clean: () => storage.close(),
})

for (const { name, run } of contract) test(name, run)
