import assert from 'node:assert/strict'
import { addShelf, insertShelf, makeScratch, refuses, shelves } from './scratch'
import type { StorageCase } from './storage-case'

const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

export const transactionCases: readonly StorageCase[] = [
  [
    'a transaction that throws leaves nothing, and throws just that',
    async (storage) => {
      await makeScratch(storage)
      const reason = new Error('the host says no')
      const failing = storage.transaction(async (session) => {
        await session.run(insertShelf(storage), ['t', 'a', 'a'])
        throw reason
      })
      await assert.rejects(failing, (error) => error === reason)
      assert.deepEqual(await shelves(storage), [])
      await addShelf(storage, 'b')
      assert.deepEqual(await shelves(storage), ['b'])
    },
  ],
  [
    'a write sent ahead is there for the next read, in order, and with the commit',
    async (storage) => {
      await makeScratch(storage)
      await storage.transaction(async (session) => {
        await session.send(insertShelf(storage), ['t', 'a', 'a'])
        assert.deepEqual(await session.all(`select id from ${storage.table('shelf')}`, []), [['a']])
        await session.send(insertShelf(storage), ['t', 'b', 'b'])
      })
      assert.deepEqual(await shelves(storage), ['a', 'b'])
    },
  ],
  [
    'a write sent ahead that is refused, by the database or by its check, takes everything with it',
    async (storage) => {
      await makeScratch(storage)
      await addShelf(storage, 'a')
      const twice = storage.transaction(async (session) => {
        await session.send(insertShelf(storage), ['t', 'b', 'b'])
        await session.send(insertShelf(storage), ['t', 'c', 'a'])
      })
      await refuses(() => twice, 'STORAGE', 'unique')
      const reason = new Error('nobody is there')
      const unmet = storage.transaction(async (session) => {
        await session.send(insertShelf(storage), ['t', 'b', 'b'])
        const update = `update ${storage.table('shelf')} set name = ? where tenant_id = ? and id = ?`
        await session.send(update, ['z', 't', 'nobody'], (changed) => {
          if (changed === 0) throw reason
        })
      })
      await assert.rejects(unmet, (error) => error === reason)
      assert.deepEqual(await shelves(storage), ['a'])
    },
  ],
  [
    'a transaction reads its own writes',
    async (storage) => {
      await makeScratch(storage)
      const seen = await storage.transaction(async (session) => {
        await session.run(insertShelf(storage), ['t', 'a', 'a'])
        return session.all(`select id from ${storage.table('shelf')}`, [])
      })
      assert.deepEqual(seen, [['a']])
    },
  ],
  [
    'a read outside never sees what is not committed',
    async (storage) => {
      await makeScratch(storage)
      let seen: Promise<unknown[]> | undefined
      const failing = storage.transaction(async (session) => {
        await session.run(insertShelf(storage), ['t', 'a', 'a'])
        seen = shelves(storage)
        await pause()
        throw new Error('undo')
      })
      await assert.rejects(failing)
      assert.deepEqual(await seen, [])
    },
  ],
  [
    'parallel transactions do not mix: one fails, the others are whole',
    async (storage) => {
      await makeScratch(storage)
      const work = Array.from({ length: 20 }, (_, index) =>
        storage.transaction(async (session) => {
          await session.run(insertShelf(storage), ['t', `a${index}`, `a${index}`])
          await pause()
          if (index % 2) throw new Error('undo')
          await session.run(insertShelf(storage), ['t', `b${index}`, `b${index}`])
        }),
      )
      const results = await Promise.allSettled(work)
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 10)
      const even = Array.from({ length: 10 }, (_, index) => index * 2)
      assert.deepEqual(
        await shelves(storage),
        [...even.map((one) => `a${one}`), ...even.map((one) => `b${one}`)].sort(),
      )
    },
  ],
  [
    'what is no transaction cannot be joined',
    async (storage) => {
      await makeScratch(storage)
      for (const stranger of [{}, { isTransaction: false }]) {
        const error = await Promise.resolve()
          .then(() => storage.join(stranger))
          .catch((thrown) => thrown)
        await refuses(() => Promise.reject(error), 'VALIDATION', error.rule)
      }
    },
  ],
]
