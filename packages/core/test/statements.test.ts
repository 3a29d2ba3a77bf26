import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { newCrm } from './support/crm'
import { sqliteOnly } from './support/databases'
import { everyStatement } from './support/every-statement'

test('the database takes every statement', async () => {
  expect((await everyStatement()).length).toBeGreaterThan(200)
}, 120_000)

// On the others a statement holds what their dialect puts in.
sqliteOnly(
  'every statement keeps to what all databases and drivers read alike',
  async () => {
    const statements = await everyStatement()
    const texts = [...new Set(statements.map(({ sql }) => sql))]
    expect(texts.length).toBeGreaterThan(200)
    const { crm } = await newCrm()
    const database = new Database(':memory:')
    for (const sql of crm.migrations.sql()) database.exec(sql)

    const complaints = texts.flatMap((sql) => complaintsOf(database, sql).map((complaint) => `${complaint}: ${sql}`))
    expect(complaints).toEqual([])
    database.close()
  },
  120_000,
)

function complaintsOf(database: Database.Database, sql: string): string[] {
  const prepared = database.prepare(sql)
  const names = prepared.reader ? prepared.columns().map(({ name }) => name) : []
  const checks: [complaint: string, broken: boolean][] = [
    // Some drivers give rows as objects: two columns of one name would be one, and a number would come first.
    ['two columns of one name', new Set(names).size < names.length],
    ['a number as the name of a column', names.slice(1).some((name) => /^\d+$/.test(name))],
    ['not of one tenant', !/tenant_id/.test(sql)],
    ['not portable', /\|\||\breturning\b|::|"|`/i.test(sql.replace(/'[^']*'/g, "''"))],
    ['something of the caller in the text', /MARKER|VIP|Changed|01890000/.test(sql)],
  ]
  return checks.flatMap(([complaint, broken]) => (broken ? [complaint] : []))
}
