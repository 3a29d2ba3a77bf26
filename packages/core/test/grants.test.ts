import { postgres } from '@rapport/adapters/postgres'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DATABASES, type DatabaseKind, POSTGRES_URL, titled } from './support/empty-databases'

test('grants are refused where there are no roles', () => {
  const { migrations } = createCrm({ storage: sqlite({ file: ':memory:' }) })
  expect(() => migrations.sql({ grantTo: 'app' })).toThrow(
    expect.objectContaining({ code: 'VALIDATION', field: 'grantTo', rule: 'no-roles' }),
  )
})

const database = DATABASES.find(({ name }) => name === 'postgres') as DatabaseKind

describe.runIf(database)(database && titled(database), () => {
  describe.skipIf(database?.skipped)('a role that owns nothing', () => {
    /** A schema with row-level security, a role with what is granted, and the CRM as that role uses it. */
    async function asRole() {
      const { open, apply, options } = await database.empty({ rls: 'enforce' })
      const role = `rapport "app" ${process.pid}`
      const quoted = `"${role.replaceAll('"', '""')}"`
      await apply(`create role ${quoted}`)
      const { schema } = options as { schema: string }
      onTestFinished(async () => void (await apply(`drop schema ${schema} cascade; drop role ${quoted}`)))
      const { migrations } = createCrm({ storage: await open() })
      await apply(`begin; ${migrations.sql({ grantTo: role }).join(';')}; commit`)

      const url = new URL(POSTGRES_URL as string)
      url.searchParams.set('options', `-c role=${role.replaceAll(' ', '\\ ')}`)
      const storage = postgres({ url: url.href, schema, rls: 'enforce' })
      onTestFinished(() => storage.close())
      return { storage, crm: createCrm({ storage }), apply, schema }
    }
    const refused = { code: 'STORAGE', rule: 'not-permitted' }

    test('works with what is granted to it, each tenant apart', async () => {
      const { crm, storage } = await asRole()
      expect((await crm.migrate()).pending).toEqual([])
      const one = crm.asSystem({ tenant: 'one', reason: 'test' })
      const other = crm.asSystem({ tenant: 'other', reason: 'test' })
      const { id } = await one.leads.create({ name: 'Ada' })
      await one.leads.update(id, { status: 'qualified' })
      expect((await one.leads.list()).items).toHaveLength(1)
      expect((await other.leads.list()).items).toEqual([])
      await crm.tick()
      // Nobody named, nobody seen.
      expect(await storage.read(`select id from ${storage.table('lead')}`, [])).toEqual([])
    })

    test('cannot touch the tables themselves or the history', async () => {
      const { storage } = await asRole()
      const run = (sql: string) => storage.transaction(async (session) => session.run(sql, []))
      const history = storage.table('migration')
      for (const sql of [
        `drop table ${storage.table('note')}`,
        `alter table ${storage.table('lead')} disable row level security`,
        `truncate ${storage.table('note')}`,
        `delete from ${history}`,
        `insert into ${history} values (99, 'mine', 1, 0)`,
      ]) {
        await expect(run(sql), sql).rejects.toMatchObject({ code: 'STORAGE' })
      }
      await expect(run(`delete from ${history}`)).rejects.toMatchObject(refused)
    })
  })

  test.skipIf(database?.skipped)(
    'a role that may not make schemas migrates into one that was made for it',
    async () => {
      const { open, apply, options } = await database.empty()
      const { schema } = options as { schema: string }
      const role = `rapport_owner_${process.pid}`
      await apply(`create role ${role}; create schema ${schema} authorization ${role}`)
      onTestFinished(async () => void (await apply(`drop schema ${schema} cascade; drop role ${role}`)))
      const { migrations } = createCrm({ storage: await open() })
      const url = new URL(POSTGRES_URL as string)
      url.searchParams.set('options', `-c role=${role}`)
      const storage = postgres({ url: url.href, schema })
      onTestFinished(() => storage.close())
      await createCrm({ storage }).migrate()
      expect((await migrations.plan()).pending).toEqual([])
    },
  )
})
