import { createCrm, isCrmError } from '@rapport/core'
import { stepClock, watchStorage } from '@rapport/core/testing'
import { describe, expect, test } from 'vitest'
import { MIGRATIONS } from '../src/storage/migrate'
import { DATABASES, titled } from './support/empty-databases'

const VERSIONS = MIGRATIONS.map(({ version }) => version)
const NEWEST = VERSIONS.at(-1) as number
const NOW = '2026-03-10T12:00:00Z'
const clock = () => stepClock(NOW)
const caught = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error) => error,
  )

for (const database of DATABASES) {
  describe.skipIf(database.skipped)(titled(database), () => {
    /** MySQL commits each statement of data definition by itself, and a migration that was cut short goes on. */
    const inOneTransaction = database.name !== 'mysql'

    test('the printed SQL is what migrate runs, the history included', async () => {
      const storage = watchStorage(await (await database.empty()).open())
      const crm = createCrm({ storage, clock: clock() })
      const printed = crm.migrations.sql()
      const statements = await storage.record(() => crm.migrate())
      // What search needs of old records follows, in transactions of its own.
      const ran = statements.filter(({ sql }) => !/^select\b|^insert into \S*search_fill/.test(sql))
      expect(ran.map(({ sql }) => sql)).toEqual(printed)
      expect(ran.every(({ params, inside }) => params.length === 0 && inside)).toBe(true)
    })

    test('the printed SQL, applied by the driver alone, makes a database on which the CRM works', async () => {
      const { open, apply } = await database.empty()
      const storage = await open()
      const crm = createCrm({ storage, clock: clock() })
      await apply(`begin;\n${crm.migrations.sql().join(';\n')};\ncommit`)

      expect(await crm.migrations.plan()).toMatchObject({ current: NEWEST, target: NEWEST, pending: [] })
      expect((await crm.migrate()).pending).toEqual([])
      const history = await apply(`select version, applied_at from ${storage.table('migration')} order by version`)
      expect(history.map((row) => row.map(Number))).toEqual(VERSIONS.map((version) => [version, Date.parse(NOW)]))
      const system = crm.asSystem({ reason: 'test' })
      const { id } = await system.leads.create({ name: 'Ada', email: 'ada@example.com' })
      expect((await system.leads.list({ where: { email: 'ada@example.com' } })).items.map((lead) => lead.id)).toEqual([
        id,
      ])
    })

    test('a database of each earlier release is upgraded, with the tasks in it, to the schema of a new one', async () => {
      for (const version of VERSIONS.slice(0, -1)) {
        const { open, apply } = await database.empty()
        const storage = await open()
        const crm = createCrm({ storage, clock: clock() })
        const [all, newer] = [crm.migrations.sql(), crm.migrations.sql({ from: version })]
        await apply(all.slice(0, all.length - newer.length).join(';\n'))
        const id = '01890000-0000-7000-8000-000000000001'
        await apply(
          `insert into ${storage.table('task')} (tenant_id, id, title, title_fold, kind, due_date, priority, status, created_at, updated_at, version)
           values ('default', '${id}', 'Old', 'old', 'todo', '2026-03-11', 'normal', 'open', 0, 0, 1)`,
        )
        expect(await crm.migrate()).toMatchObject({ current: version, target: NEWEST })
        const system = crm.asSystem({ reason: 'test' })
        expect(await system.tasks.get(id)).toMatchObject({ title: 'Old', dueDate: '2026-03-11', status: 'open' })
        expect(await system.tasks.complete(id)).toMatchObject({ status: 'done', version: 2 })
        expect((await system.tasks.list({ search: 'old' })).items).toHaveLength(1)
      }
    })

    test('tells of each migration it has run, in order', async () => {
      const crm = createCrm({ storage: await (await database.empty()).open() })
      const told: number[] = []
      await crm.migrate({ onProgress: ({ version }) => told.push(version) })
      expect(told).toEqual(VERSIONS)
      await crm.migrate({ onProgress: ({ version }) => told.push(version) })
      expect(told).toEqual(VERSIONS)
    })

    test('a statement that fails in the middle leaves nothing, and running again succeeds', async () => {
      const fresh = async () => {
        const { open, objects } = await database.empty()
        const storage = watchStorage(await open())
        return { objects, storage, crm: createCrm({ storage }) }
      }
      let { objects, storage, crm } = await fresh()
      const count = crm.migrations.sql().length
      // Two reads come before the first statement.
      for (const nth of [1, 2, 3, 4, count >> 1, count + 1, count + 2, 'commit'] as const) {
        if (!inOneTransaction) ({ objects, storage, crm } = await fresh())
        const failed = storage.failOn(nth)
        expect(isCrmError(await caught(crm.migrate()), 'STORAGE')).toBe(true)
        expect(failed()).toBe(true)
        if (inOneTransaction) expect(await objects()).toEqual([])
      }
      await crm.migrate()
      expect((await crm.migrations.plan()).pending).toEqual([])
    }, 120_000)

    test.runIf(inOneTransaction)('a statement that the database refuses does too', async () => {
      const { open, apply, objects } = await database.empty()
      const storage = await open()
      const crm = createCrm({ storage })
      if (storage.setUp) await apply(storage.setUp.join(';'))
      await apply(`create table ${storage.table('note')} (mine integer)`)
      const before = await objects()
      expect(await caught(crm.migrate())).toMatchObject({ code: 'STORAGE' })
      expect(await objects()).toEqual(before)
      await apply(`drop table ${storage.table('note')}`)
      await crm.migrate()
      expect((await crm.migrations.plan()).pending).toEqual([])
    })

    describe('a release that meets another schema', () => {
      async function migrated() {
        const { open, apply } = await database.empty()
        const storage = await open()
        await createCrm({ storage }).migrate()
        const history = storage.table('migration')
        const release = () => createCrm({ storage, clock: clock() })
        return { apply, history, release, leads: () => release().asSystem({ reason: 'test' }).leads.list() }
      }

      test('refuses a newer one that breaks it, and says what to do', async () => {
        const { apply, history, release, leads } = await migrated()
        await apply(`insert into ${history} values (${NEWEST + 1}, 'renamed', 1, 0)`)
        for (const call of [leads, () => release().migrate(), () => release().migrations.plan()]) {
          expect(await caught(call())).toMatchObject({
            code: 'NOT_MIGRATED',
            rule: 'newer-schema',
            message: `The database is at schema ${NEWEST + 1}, this release knows ${NEWEST}.`,
            remedy: expect.stringContaining('Upgrade @rapport/core'),
          })
        }
      })

      test('goes on refusing when a newer one that does not break it follows', async () => {
        const { apply, history, leads } = await migrated()
        await apply(`insert into ${history} values (${NEWEST + 1}, 'renamed', 1, 0), (${NEWEST + 2}, 'added', 0, 0)`)
        expect(await caught(leads())).toMatchObject({ code: 'NOT_MIGRATED', rule: 'newer-schema' })
      })

      test('works on a newer one that does not break it', async () => {
        const { apply, history, release, leads } = await migrated()
        await apply(`insert into ${history} values (${NEWEST + 1}, 'added', 0, 0)`)
        expect((await leads()).items).toEqual([])
        expect(await release().migrate()).toMatchObject({ current: NEWEST + 1, target: NEWEST, pending: [] })
      })

      test('refuses an older one, and names both versions', async () => {
        const { apply, history, leads } = await migrated()
        await apply(`delete from ${history} where version = ${NEWEST}`)
        expect(await caught(leads())).toMatchObject({
          code: 'NOT_MIGRATED',
          rule: 'not-migrated',
          message: `The database is at schema ${NEWEST - 1}, this release needs ${NEWEST}.`,
          remedy: expect.stringContaining('crm.migrate()'),
        })
      })
    })

    test('prints what an upgrade needs, and refuses versions that do not exist', async () => {
      const storage = await (await database.empty()).open()
      const { migrations } = createCrm({ storage, clock: clock() })
      const inserts = migrations.sql({ from: NEWEST - 1 }).filter((sql) => sql.includes(storage.table('migration')))
      expect(inserts.at(-1)).toMatch(new RegExp(`values \\(${NEWEST}, '\\S+', [01], ${Date.parse(NOW)}\\)$`))
      expect(migrations.sql({ from: NEWEST })).toEqual([])
      for (const from of [-1, 0.5, NEWEST + 1, Number.NaN, '0']) {
        expect(() => migrations.sql({ from: from as number })).toThrow(
          expect.objectContaining({ code: 'VALIDATION', field: 'from', rule: 'out-of-range' }),
        )
      }
    })
  })
}
