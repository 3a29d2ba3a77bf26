import assert from 'node:assert/strict'
import { addBook, addShelf, insertShelf, makeScratch, refuses, shelves } from './scratch'
import type { StorageCase } from './storage-case'

const TEXTS = [
  '',
  ' ',
  "it's",
  '"quoted"',
  '🚀 rocket',
  'שלום',
  'a\tb\nc',
  '%_\\',
  '?',
  '$1',
  ':name',
  '--',
  "'; drop table x; --",
]

export const statementCases: readonly StorageCase[] = [
  [
    'values come back as they were given, in the order of the select list',
    async (storage) => {
      await makeScratch(storage)
      const largest = Number.MAX_SAFE_INTEGER
      await addBook(storage, {
        id: 'a',
        title: 'x',
        copies: largest,
        weight: 0.1,
        bought_at: -1,
        lent: 1,
        extra: '{"a":[1,null]}',
      })
      await addBook(storage, {
        id: 'b',
        title: null,
        copies: null,
        weight: null,
        bought_at: null,
        lent: null,
        extra: null,
      })
      const rows = await storage.read(
        `select extra, id, copies, weight, bought_at, lent, title from ${storage.table('book')} order by id`,
        [],
      )
      const plain = rows.map(([extra, id, copies, weight, at, lent, title]) => [
        extra == null ? null : JSON.parse(String(extra)),
        id,
        copies == null ? null : Number(copies),
        weight,
        at == null ? null : Number(at),
        lent == null ? null : Number(lent),
        title,
      ])
      assert.deepEqual(plain, [
        [{ a: [1, null] }, 'a', largest, 0.1, -1, 1, 'x'],
        [null, 'b', null, null, null, null, null],
      ])
    },
  ],
  [
    'any text survives, and is found by equality',
    async (storage) => {
      await makeScratch(storage)
      for (const [index, text] of TEXTS.entries()) await addBook(storage, { id: `b${index}`, title: text })
      for (const [index, text] of TEXTS.entries()) {
        const rows = await storage.read(`select id, title from ${storage.table('book')} where title = ? and id = ?`, [
          text,
          `b${index}`,
        ])
        assert.deepEqual(rows, [[`b${index}`, text]])
      }
    },
  ],
  [
    'a statement tells how many rows it changed',
    async (storage) => {
      await makeScratch(storage)
      for (const id of ['a', 'b', 'c']) await addShelf(storage, id)
      const changed = await storage.transaction(async (session) => [
        await session.run(`update ${storage.table('shelf')} set name = id where id in (?, ?)`, ['a', 'b']),
        await session.run(`delete from ${storage.table('shelf')} where id = ?`, ['nobody']),
      ])
      assert.deepEqual(changed, [2, 0])
    },
  ],
  [
    'refused statements say which rule, never in the words of the driver',
    async (storage) => {
      await makeScratch(storage)
      await addShelf(storage, 'a')
      await refuses(() => addShelf(storage, 'a'), 'STORAGE', 'unique')
      await refuses(() => addBook(storage, { id: 'b', shelf: 'missing' }), 'STORAGE', 'foreign-key')
      await refuses(() => storage.read(`select 1 from ${storage.table('nowhere')}`, []), 'STORAGE', 'missing-table')
      await refuses(
        () => storage.transaction(async (session) => session.run('no such statement', [])),
        'STORAGE',
        'failed',
      )
      assert.deepEqual(await shelves(storage), ['a'])
    },
  ],
  [
    'a closed storage says so, and closes twice without harm',
    async (storage) => {
      await makeScratch(storage)
      await storage.close()
      await storage.close()
      await refuses(() => storage.read('select 1', []), 'CLOSED', 'closed')
      await refuses(
        () => storage.transaction(async (session) => session.run(insertShelf(storage), ['t', 'a', 'a'])),
        'CLOSED',
        'closed',
      )
    },
  ],
]
