/**
 * What the snippets of the guides start from: a small company in memory, new for each of them. A snippet gets those of
 * the names below that it uses and does not make itself.
 */
import { inspect } from 'node:util'
import { databaseFiles } from '@rapport/adapters/database-files'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm, eur, isCrmError } from '@rapport/core'
import { stepClock } from '@rapport/core/testing'
import BetterSqlite3 from 'better-sqlite3'
import { type Generated, Kysely, SqliteDialect } from 'kysely'

/** The host's own tables, beside ours. */
export interface HostTables {
  invoice: { id: Generated<number>; deal: string; total: number }
}

export async function world(inHostDatabase = false) {
  const database = new BetterSqlite3(':memory:')
  const db = new Kysely<HostTables>({ dialect: new SqliteDialect({ database }) })
  const clock = stepClock('2026-03-10T09:00:00Z', 1)
  const storage = inHostDatabase ? sqlite({ kysely: db }) : sqlite({ file: ':memory:' })
  const crm = createCrm({
    storage,
    clock,
    files: databaseFiles(storage),
    secrets: ['an example, known to all who read it'],
    settings: { currency: 'EUR', timeZone: 'Europe/Berlin', country: 'DE' },
  })
  if (inHostDatabase)
    await db.schema
      .createTable('invoice')
      .addColumn('id', 'integer', (id) => id.primaryKey())
      .addColumn('deal', 'text')
      .addColumn('total', 'integer')
      .execute()
  await crm.migrate()

  const system = crm.asSystem({ reason: 'example' })
  await system.users.syncTeams([
    { id: 'emea', name: 'EMEA' },
    { id: 'dach', name: 'DACH', parent: 'emea' },
    { id: 'apac', name: 'APAC' },
  ])
  await system.users.sync([
    { id: 'ada', name: 'Ada', email: 'ada@example.com', roles: ['sales'], teams: ['dach'], timeZone: 'Europe/Berlin' },
    { id: 'bob', name: 'Bob', email: 'bob@example.com', roles: ['sales'], teams: ['dach'], timeZone: 'Europe/Berlin' },
    { id: 'cyd', name: 'Cyd', roles: ['sales'], teams: ['apac'], timeZone: 'Asia/Tokyo' },
    { id: 'mia', name: 'Mia', roles: ['manager'], teams: ['emea'] },
    { id: 'sam', name: 'Sam', roles: ['support'] },
    { id: 'root', name: 'Root', roles: ['admin'] },
  ])
  const me = crm.as({ user: 'ada' })
  const company = await me.companies.create({ name: 'Analytical Engines', domain: 'engines.example' })
  const contact = await me.contacts.create({
    firstName: 'Charles',
    lastName: 'Babbage',
    email: 'charles@engines.example',
    company: company.id,
  })
  const lead = await me.leads.create({
    name: 'Grace Hopper',
    email: 'grace@navy.example',
    company: 'US Navy',
    source: 'website',
  })
  const deal = await me.deals.create({
    title: 'Difference Engine',
    amount: eur(12_000),
    company: company.id,
    expectedCloseDate: '2026-04-30',
  })
  const product = await system.products.create({ name: 'Engine', sku: 'E-1', price: eur(1_000) })
  return {
    crm,
    clock,
    /** The host's database; the CRM lives in it when a snippet uses it. */
    db,
    system,
    /** Ada, a sales rep in the team DACH. */
    me,
    bob: crm.as({ user: 'bob' }),
    /** A sales rep of another team. */
    cyd: crm.as({ user: 'cyd' }),
    manager: crm.as({ user: 'mia' }),
    support: crm.as({ user: 'sam' }),
    admin: crm.as({ user: 'root' }),
    lead,
    contact,
    company,
    deal,
    product,
  }
}

const shown = (value: unknown) =>
  typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 6, sorted: false })

/** Text as a pattern in which `…` stands for anything. */
const likeness = (text: string) =>
  new RegExp(
    `^${text
      .split('…')
      .map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\s\\S]*')}$`,
  )

/** Holds when the values print as the comment says. */
export function printed(expected: string, ...values: unknown[]) {
  const actual = values.map(shown).join(' ')
  if (!likeness(expected).test(actual))
    throw new Error(`the comment says   ${expected}\n  but it prints      ${actual}`)
}

/** Holds when the call fails as the comment says: `CODE`, `CODE field` or `CODE field rule`. */
export async function thrown(expected: string, call: () => unknown) {
  try {
    await call()
  } catch (error) {
    if (!isCrmError(error)) throw error
    const actual = [error.code, error.field, error.rule].slice(0, expected.split(' ').length).join(' ')
    if (actual !== expected)
      throw new Error(
        `the comment says   throws ${expected}\n  but it throws      ${error.code} ${error.field} ${error.rule}`,
      )
    return
  }
  throw new Error(`the comment says   throws ${expected}\n  but it throws nothing`)
}
