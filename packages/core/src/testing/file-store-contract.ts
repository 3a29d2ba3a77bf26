import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { ByteRange, FileKey, FileStore } from '../files/port'
import { isCrmError } from '../kernel/errors'
import { newId } from '../kernel/ids'
import type { Awaitable } from '../storage/port'
import type { ContractCase } from './storage-contract'

/** What the contract needs of a store under test. */
export interface FileStoreHost {
  /** A store with nothing in it. */
  open(): Awaitable<FileStore>
  /** Everything that is in the store, finished or not: names, rows, parts. */
  contents(): Awaitable<readonly unknown[]>
  /** Runs after each case. */
  clean?(): Awaitable<void>
}

type Case = readonly [name: string, check: (store: FileStore, host: FileStoreHost) => Promise<void>]

/** Around the sizes in which stores cut: 64 kB, 256 kB, 8 MB. */
const SIZES = [1, 1000, 65_535, 65_536, 65_537, 262_144, 262_145, 786_432, 8_388_607, 8_388_608, 8_388_609, 20_000_000]

const newKey = (tenant = 'acme'): FileKey => ({ tenant, id: newId() })

/** Bytes that differ at every place, by their number. */
function sample(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8) * 17 + seed) & 255
  return bytes
}

async function* pieces(bytes: Uint8Array, size = 50_000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function readAll(store: FileStore, key: FileKey, range?: ByteRange): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of await store.read(key, range)) all.push(Buffer.from(piece))
  return Buffer.concat(all)
}

/** A hash, for a failed comparison of megabytes prints them. */
const digest = (bytes: Uint8Array) => `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`

const isMissing = (error: unknown) => isCrmError(error, 'STORAGE') && error.rule === 'missing-bytes'

const cases: readonly Case[] = [
  [
    'what is written is what is read, whatever its size and its pieces',
    async (store) => {
      for (const size of SIZES) {
        const key = newKey()
        const bytes = sample(size, size)
        await store.write(key, pieces(bytes, size % 2 ? 50_000 : 1_000_000))
        assert.equal(digest(await readAll(store, key)), digest(bytes), `${size} bytes`)
      }
    },
  ],
  [
    'a range is read alone',
    async (store) => {
      const key = newKey()
      const bytes = sample(9_000_000)
      await store.write(key, pieces(bytes))
      for (const [start, end] of [
        [0, 2],
        [0, 262_144],
        [262_143, 262_145],
        [262_144, 524_288],
        [8_388_600, 8_388_700],
        [8_999_999, 9_000_000],
      ] as const)
        assert.equal(digest(await readAll(store, key, { start, end })), digest(bytes.subarray(start, end)))
    },
  ],
  [
    'a source that fails leaves nothing, and its error comes out',
    async (store, { contents }) => {
      for (const size of [0, 10, 300_000, 9_000_000, 17_000_000]) {
        const reason = new Error(`broken off after ${size}`)
        async function* breaking() {
          yield* pieces(sample(size))
          throw reason
        }
        const key = newKey()
        await assert.rejects(store.write(key, breaking()), (error) => error === reason)
        assert.deepEqual(await contents(), [], `${size} bytes`)
        await assert.rejects(store.read(key), isMissing)
      }
    },
  ],
  [
    'what is half there goes with remove',
    async (store, { contents }) => {
      const key = newKey()
      let wake = () => {}
      const asleep = new Promise<void>((resolve) => {
        wake = resolve
      })
      let fallAsleep = () => {}
      const reached = new Promise<void>((resolve) => {
        fallAsleep = resolve
      })
      async function* sleeping() {
        yield* pieces(sample(9_000_000))
        fallAsleep()
        await asleep
        throw new Error('woken')
      }
      const writing = store.write(key, sleeping()).catch(() => {})
      await reached
      await store.remove(key)
      assert.deepEqual(await contents(), [])
      wake()
      await writing
    },
  ],
  [
    'removing removes just that, and removing nothing is fine',
    async (store, { contents }) => {
      const [one, other] = [newKey(), newKey()]
      await store.write(one, pieces(sample(20_000_000)))
      await store.write(other, pieces(sample(1000)))
      await store.remove(one)
      await store.remove(one)
      await store.remove(newKey())
      await assert.rejects(store.read(one), isMissing)
      assert.equal((await readAll(store, other)).length, 1000)
      await store.remove(other)
      assert.deepEqual(await contents(), [])
    },
  ],
  [
    'tenants are kept apart, whatever they are called',
    async (store) => {
      const { id } = newKey()
      const tenants = ['a', 'A', 'a/b', '..', '../a', 'a b', 'ä', '☃'.repeat(255), 'con', 'a\nb', 'a%2Fb', '~a']
      for (const [seed, tenant] of tenants.entries()) await store.write({ tenant, id }, pieces(sample(1000, seed)))
      for (const [seed, tenant] of tenants.entries())
        assert.equal(digest(await readAll(store, { tenant, id })), digest(sample(1000, seed)), tenant)
    },
  ],
  [
    'reading can end early, and be done by many at once',
    async (store) => {
      const keys = Array.from({ length: 8 }, () => newKey())
      await Promise.all(keys.map((key, seed) => store.write(key, pieces(sample(3_000_000, seed)))))
      const read = await Promise.all(keys.map((key) => readAll(store, key)))
      assert.deepEqual(
        read.map(digest),
        keys.map((_, seed) => digest(sample(3_000_000, seed))),
      )
      for (const key of keys) {
        for await (const piece of await store.read(key)) {
          assert.ok(piece.length > 0)
          break
        }
        await store.remove(key)
      }
    },
  ],
]

/**
 * What every file store must keep, as cases for any test runner.
 *
 * @example
 * for (const { name, run } of fileStoreContract({ open: () => localFiles({ folder }), contents: () => readdir(folder) })) test(name, run)
 */
export function fileStoreContract(host: FileStoreHost): ContractCase[] {
  return cases.map(([name, check]) => ({
    name,
    async run() {
      try {
        await check(await host.open(), host)
      } finally {
        await host.clean?.()
      }
    },
  }))
}
