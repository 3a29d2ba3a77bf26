import assert from 'node:assert/strict'
import type { Storage } from '../../storage/port'
import { raw, type Sql, sql } from '../../storage/sql'
import { addBook, makeScratch } from './scratch'
import type { StorageCase } from './storage-case'

async function booksWhere(storage: Storage, condition: Sql): Promise<unknown[]> {
  const select = sql`select id from ${raw(storage.table('book'))} where ${condition} order by id`
  return (await storage.read(select.text, select.params)).map(([id]) => id)
}

export const dialectCases: readonly StorageCase[] = [
  [
    'contains takes wildcards as plain characters',
    async (storage) => {
      await makeScratch(storage)
      const titles = { a: '100% sure', b: '100 sure', c: 'snake_case', d: 'snakeXcase', e: 'back\\slash' }
      for (const [id, title] of Object.entries(titles)) await addBook(storage, { id, title })
      const { contains } = storage.dialect
      assert.deepEqual(await booksWhere(storage, contains(raw('title'), '0%', 'anywhere')), ['a'])
      assert.deepEqual(await booksWhere(storage, contains(raw('title'), 'snake_', 'start')), ['c'])
      assert.deepEqual(await booksWhere(storage, contains(raw('title'), 'k\\slash', 'end')), ['e'])
      assert.deepEqual(await booksWhere(storage, contains(raw('title'), 'sure', 'start')), [])
    },
  ],
  [
    'values inside JSON compare as text, number and boolean',
    async (storage) => {
      await makeScratch(storage)
      await addBook(storage, {
        id: 'a',
        extra: JSON.stringify({ tier: 'gold', seats: 9, open: true, tags: ['x', "y'z"] }),
      })
      await addBook(storage, { id: 'b', extra: JSON.stringify({ tier: 'silver', seats: 10, open: false, tags: [] }) })
      await addBook(storage, { id: 'c', extra: null })
      const { json, jsonHas } = storage.dialect
      const extra = raw('extra')
      assert.deepEqual(await booksWhere(storage, sql`${json(extra, '$.tier', 'text')} = ${'gold'}`), ['a'])
      assert.deepEqual(await booksWhere(storage, sql`${json(extra, '$.seats', 'number')} > ${9}`), ['b'])
      assert.deepEqual(await booksWhere(storage, sql`${json(extra, '$.open', 'number')} = ${1}`), ['a'])
      assert.deepEqual(await booksWhere(storage, sql`${json(extra, '$.tier', 'text')} is null`), ['c'])
      assert.deepEqual(await booksWhere(storage, jsonHas(json(extra, '$.tags', 'text'), "y'z")), ['a'])
    },
  ],
  [
    'upsert replaces by key, insert-or-ignore keeps what is there',
    async (storage) => {
      await makeScratch(storage)
      const { dialect } = storage
      const table = storage.table('shelf')
      const columns = ['tenant_id', 'id', 'name']
      await storage.transaction(async (session) => {
        await session.run(dialect.upsert(table, columns, ['tenant_id', 'id']), ['t', 'a', 'first'])
        await session.run(dialect.upsert(table, columns, ['tenant_id', 'id']), ['t', 'a', 'second'])
        await session.run(dialect.insertOrIgnore(table, columns), ['t', 'a', 'third'])
        await session.run(dialect.insertOrIgnore(table, columns), ['t', 'b', 'fourth'])
      })
      assert.deepEqual(await storage.read(`select id, name from ${table} order by id`, []), [
        ['a', 'second'],
        ['b', 'fourth'],
      ])
    },
  ],
  [
    'knows whether a table exists',
    async (storage) => {
      const exists = storage.dialect.tableExists(storage.table('shelf'))
      assert.equal((await storage.read(exists.text, exists.params)).length, 0)
      await makeScratch(storage)
      assert.equal((await storage.read(exists.text, exists.params)).length, 1)
    },
  ],
]
