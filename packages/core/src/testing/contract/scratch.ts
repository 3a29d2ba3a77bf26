import assert from 'node:assert/strict'
import { isCrmError } from '../../kernel/errors'
import type { SqlValue, Storage } from '../../storage/port'
import { columns, tenantTable } from '../../storage/schema'

/** Two small tables, of which one links to the other. */
const TABLES = [
  tenantTable('shelf', { columns: columns('id id!', 'name text!'), unique: { name: ['name'] } }),
  tenantTable('book', {
    columns: columns(
      'id id!',
      'shelf id',
      'title text',
      'copies integer',
      'weight real',
      'bought_at instant',
      'lent boolean',
      'extra json',
    ),
    links: { shelf: 'shelf' },
    indexes: { title: ['title'] },
  }),
]

export async function makeScratch(storage: Storage) {
  await storage.transaction(async (session) => {
    for (const table of TABLES) {
      for (const statement of storage.dialect.createTable(table, storage.table)) await session.run(statement, [])
    }
  })
}

export const addShelf = (storage: Storage, id: string, name = id) =>
  storage.transaction(async (session) => session.run(insertShelf(storage), ['t', id, name]))

export const insertShelf = (storage: Storage) =>
  `insert into ${storage.table('shelf')} (tenant_id, id, name) values (?, ?, ?)`

export const addBook = (storage: Storage, values: Record<string, SqlValue>) =>
  storage.transaction(async (session) => {
    const names = ['tenant_id', ...Object.keys(values)]
    const marks = names.map(() => '?').join(', ')
    return session.run(`insert into ${storage.table('book')} (${names.join(', ')}) values (${marks})`, [
      't',
      ...Object.values(values),
    ])
  })

export const shelves = async (storage: Storage) =>
  (await storage.read(`select id from ${storage.table('shelf')} order by id`, [])).map(([id]) => id)

/** The work must fail with a CrmError of that code and rule. */
export async function refuses(work: () => unknown, code: string, rule: string) {
  const error = await Promise.resolve()
    .then(work)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  assert.ok(isCrmError(error), `expected a CrmError, got ${String(error)}`)
  assert.deepEqual([error.code, error.rule], [code, rule])
  assert.ok(error.remedy, 'a remedy')
}
