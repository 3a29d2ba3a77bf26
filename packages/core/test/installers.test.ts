import { createCrm } from '@rapport/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MIGRATIONS } from '../src/storage/migrate'
import { DATABASES, titled } from './support/empty-databases'
import { buildInstaller, removeInstaller, startInstaller } from './support/installers'

const VERSIONS = MIGRATIONS.map(({ version }) => version)

beforeAll(buildInstaller, 60_000)
afterAll(removeInstaller)

for (const database of DATABASES) {
  // PGlite lives inside one process.
  describe.skipIf(database.skipped || database.name === 'pglite')(titled(database), () => {
    test('20 processes that install at once: all succeed, and one of them has done it', async () => {
      const { options, open, apply } = await database.empty()
      const installers = Array.from({ length: 20 }, () => startInstaller(database.name, options))
      await Promise.all(installers.map((installer) => installer.says('ready')))
      for (const installer of installers) installer.go()
      const said = await Promise.all(installers.map((installer) => installer.says('applied')))

      const storage = await open()
      expect(said.sort()).toEqual([...Array(19).fill('applied 0'), `applied ${VERSIONS.length}`])
      const history = await apply(`select version from ${storage.table('migration')} order by version`)
      expect(history.map(([version]) => Number(version))).toEqual(VERSIONS)
      const crm = createCrm({ storage })
      const lead = await crm.asSystem({ reason: 'test' }).leads.create({ name: 'Ada' })
      expect(lead.name).toBe('Ada')
    }, 120_000)

    test('a process killed in the middle of a migration leaves nothing, and the next one succeeds', async () => {
      const { options, open, objects } = await database.empty()
      for (const hangAt of [1, 20]) {
        const installer = startInstaller(database.name, options, hangAt)
        installer.go()
        await installer.says('hanging')
        await installer.kill()
        // MySQL commits each statement of data definition by itself: the next one goes on from there.
        if (database.name !== 'mysql') expect(await objects()).toEqual([])
      }
      const crm = createCrm({ storage: await open() })
      expect((await crm.migrate()).pending.map(({ version }) => version)).toEqual(VERSIONS)
      expect((await crm.migrations.plan()).pending).toEqual([])
    }, 60_000)
  })
}
