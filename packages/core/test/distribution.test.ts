import { EVERY_TENANT } from '@rapport/core/storage'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../src/storage/migrate'
import { everyStatement } from './support/every-statement'

/**
 * What a cluster that spreads tables by `tenant_id` can do: rows of one tenant lie on one node, so keys, links and
 * statements must name it. Looking for whose work is due may ask every node, and only read.
 */
const tables = MIGRATIONS.flatMap((migration) => migration.tables).filter(({ name }) => name !== 'search_fill')

test('every key, link and unique index of every table begins with the tenant', () => {
  for (const { name, primaryKey, foreignKeys = [], indexes = [] } of tables) {
    expect([name, primaryKey[0]]).toEqual([name, 'tenant_id'])
    for (const { columns, to } of foreignKeys)
      expect([name, columns[0], to[0]]).toEqual([name, 'tenant_id', 'tenant_id'])
    for (const { unique, columns } of indexes) if (unique) expect([name, columns[0]]).toEqual([name, 'tenant_id'])
  }
})

test('every statement is of one tenant, in each of its tables; only the search for due work is not, and only reads', async () => {
  const statements = await everyStatement()
  const across = statements.filter(({ tenant }) => tenant === EVERY_TENANT)
  const ofOne = statements.filter(({ tenant }) => tenant !== EVERY_TENANT)
  expect(new Set(ofOne.map(({ sql }) => sql)).size).toBeGreaterThan(200)
  expect(new Set(across.map(({ sql }) => sql)).size).toBeGreaterThan(3)
  expect(across.filter(({ sql }) => !/^select/.test(sql) || / for (no key )?update/.test(sql))).toEqual([])
  const complaints = new Set(ofOne.flatMap(({ sql, params, tenant }) => complaintsOf(sql, params, tenant)))
  expect([...complaints]).toEqual([])
})

const OURS = tables.map(({ name }) => name).join('|')
/** A table of ours with its alias, as it is read or changed. */
const USED = new RegExp(
  `\\b(?:from|join|update|into) "?(?:\\w+"?\\."?)?(?:crm_)?(?:${OURS})"?(?: (?!where|set|values|on|union|order|group|limit|cross|join)(\\w+))?`,
  'g',
)

function complaintsOf(sql: string, params: readonly unknown[], tenant: unknown): string[] {
  const uses = [...sql.matchAll(USED)]
  if (uses.length === 0 || /crm_migration|"migration"/.test(sql)) return []
  const complaints: string[] = []
  if (tenant === undefined) complaints.push('of nobody')
  if (!params.includes(tenant as string)) complaints.push('its tenant is no parameter')
  const named = (sql.match(/tenant_id = /g) ?? []).length + (/^insert into/.test(sql) ? 1 : 0)
  if (named < uses.length) complaints.push(`${uses.length} tables, ${named} tenants`)
  return complaints.map((complaint) => `${complaint}: ${sql}`)
}
