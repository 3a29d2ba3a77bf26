import assert from 'node:assert/strict'
import { MIGRATIONS, migrate, planMigrations } from '../../storage/migrate'
import { dumpTables } from '../dump-tables'
import type { StorageCase } from './storage-case'

const NOW = new Date('2026-01-01T00:00:00Z')
const NEWEST = MIGRATIONS.at(-1)?.version

export const migrationCases: readonly StorageCase[] = [
  [
    'migrates from nothing, and then has nothing left to do',
    async (storage) => {
      assert.equal((await planMigrations(storage)).current, 0)
      await migrate(storage, NOW)
      const { search, ...plan } = await planMigrations(storage)
      assert.deepEqual(plan, { current: NEWEST, target: NEWEST, pending: [] })
      assert.ok(search === 'index' || search === 'scan')
      assert.ok(Object.values(await dumpTables(storage)).every((rows) => rows.length === 0))
    },
  ],
  [
    'many installers at once migrate once',
    async (storage) => {
      await Promise.all(Array.from({ length: 20 }, () => migrate(storage, NOW)))
      const rows = await storage.read(`select version from ${storage.table('migration')} order by version`, [])
      assert.deepEqual(
        rows.map(([version]) => Number(version)),
        MIGRATIONS.map(({ version }) => version),
      )
    },
  ],
]
