import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseFiles } from '@rapport/adapters/database-files'
import { localFiles } from '@rapport/adapters/local-files'
import { s3Files } from '@rapport/adapters/s3-files'
import { sqlite } from '@rapport/adapters/sqlite'
import { type CrmOptions, createCrm, type FileOptions, type FileStore, invalid, isCrmError } from '@rapport/core'
import { dumpTables, stepClock } from '@rapport/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newBucket } from './bucket'

interface Place {
  store: FileStore
  /** What is in the store. */
  contents(): readonly unknown[] | Promise<readonly unknown[]>
}

const places: Record<string, (storage: ReturnType<typeof sqlite>) => Place | Promise<Place>> = {
  'a folder': () => {
    const folder = mkdtempSync(join(tmpdir(), 'rapport-files-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const contents = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    return { store: localFiles({ folder }), contents }
  },
  'a bucket': async () => {
    const bucket = await newBucket()
    onTestFinished(() => bucket.close())
    return { store: s3Files(bucket), contents: () => [...bucket.objects(), ...bucket.unfinished()] }
  },
  'the database': (storage) => ({
    store: databaseFiles(storage),
    contents: async () => storage.read(`select seq from ${storage.table('file_chunk')}`, []),
  }),
}

async function world(name: string, files: Partial<FileOptions> = {}, options: Partial<CrmOptions> = {}) {
  const storage = sqlite({ file: ':memory:' })
  const { store, contents } = await (places[name] as (typeof places)[string])(storage)
  const clock = stepClock('2026-03-10T12:00:00Z')
  const crm = createCrm({ storage, clock, ...options, files: { store, ...files } })
  onTestFinished(() => crm.close())
  await crm.migrate()
  const system = crm.asSystem({ reason: 'test' })
  await system.users.sync([
    { id: 'ada', name: 'Ada', roles: ['sales'] },
    { id: 'cyd', name: 'Cyd', roles: ['sales'] },
  ])
  return { crm, storage, clock, contents, system, me: crm.as({ user: 'ada' }) }
}

/** Megabytes of text. */
async function* megabytes(count: number, then?: () => void) {
  for (let at = 0; at < count; at++) yield Buffer.alloc(1_000_000, 'text ')
  then?.()
}

const broken = new Error('The connection was closed.')
const breakOff = () => {
  throw broken
}

describe.each(Object.keys(places))('in %s', (place) => {
  test.each([1, 20])('%i MB go in and come out', async (size) => {
    const { me, contents } = await world(place)
    const { id } = await me.files.upload({ name: 'x.txt', content: megabytes(size) })
    const { content } = await me.files.download(id)
    const bytes = Buffer.from(await new Response(content).arrayBuffer())
    expect(bytes.equals(Buffer.alloc(size * 1_000_000, 'text '))).toBe(true)
    expect((await contents()).length).toBeGreaterThan(0)
  })

  test('what is refused, or breaks off, leaves neither row nor bytes', async () => {
    const scanned: number[] = []
    const { storage, system, me, contents } = await world(
      place,
      {
        maxSize: 15_000_000,
        async scan({ name, content }) {
          for await (const piece of content) scanned.push(piece.length)
          if (name === 'broken.txt') throw broken
          return name !== 'virus.txt'
        },
      },
      {
        hooks: {
          files: {
            inTransaction: ({ after }) => {
              if (after.name === 'hooked.txt') throw invalid('name', 'no', 'The host says no.')
            },
          },
        },
      },
    )
    const hidden = await system.deals.create({ title: 'Of another', owner: 'cyd' })
    const mine = await me.files.upload({ name: 'mine.txt', content: 'mine' })
    const [before, kept] = [await dumpTables(storage), await contents()]

    const pdf = Buffer.from('%PDF-1.7\n')
    const large = Buffer.concat([pdf, Buffer.alloc(14_000_000, 'x')])
    const uploads: [string, object][] = [
      ['breaks off at once', { content: megabytes(0, breakOff) }],
      ['breaks off after some', { content: megabytes(1, breakOff) }],
      ['breaks off after more', { content: megabytes(12, breakOff) }],
      ['is empty', { content: '' }],
      ['is too large', { content: megabytes(16) }],
      ['is too large for sure', { content: megabytes(Number.POSITIVE_INFINITY) }],
      ['is no text', { name: 'x.txt', content: pdf }],
      ['is no PDF', { name: 'x.pdf', content: 'x' }],
      ['is said to be a picture', { name: 'x', content: large, type: 'image/png' }],
      ['is a program', { name: 'x', content: Buffer.from(`MZ${'\0'.repeat(200)}`, 'latin1') }],
      ['is a page', { name: 'x', content: '<!doctype html><script>alert(1)</script>' }],
      ['has a virus', { name: 'virus.txt', content: megabytes(9) }],
      ['cannot be scanned', { name: 'broken.txt', content: megabytes(9) }],
      ['is refused by a hook', { name: 'hooked.txt', content: megabytes(9) }],
      ['is about what one may not see', { content: megabytes(9), deal: hidden.id }],
      ['has an unknown field', { content: megabytes(9), nope: 1 }],
    ]
    for (const [what, input] of uploads) {
      const error = await me.files.upload({ name: 'x.txt', ...input } as never).catch((thrown) => thrown)
      expect(error === broken || isCrmError(error, 'VALIDATION'), what).toBe(true)
      expect(await dumpTables(storage), what).toEqual(before)
      expect(await contents(), what).toEqual(kept)
      const again = await me.files
        .addVersion(mine.id, { name: 'x.txt', ...input, deal: undefined, nope: undefined } as never)
        .catch((thrown) => thrown)
      expect(again === broken || isCrmError(again, 'VALIDATION'), `${what}, as a version`).toBe(true)
      expect(await dumpTables(storage), `${what}, as a version`).toEqual(before)
      expect(await contents(), `${what}, as a version`).toEqual(kept)
    }
    expect(scanned.length).toBeGreaterThan(0)
  })

  test('an upload that nobody finishes is swept after a day, and cannot be finished then', async () => {
    const { crm, me, clock, contents } = await world(place)
    let wake = () => {}
    const asleep = new Promise<void>((resolve) => {
      wake = resolve
    })
    let fallAsleep = () => {}
    const reached = new Promise<void>((resolve) => {
      fallAsleep = resolve
    })
    async function* sleeping() {
      yield* megabytes(9)
      fallAsleep()
      await asleep
    }
    const upload = me.files.upload({ name: 'x.txt', content: sleeping() }).catch((error) => error)
    await reached
    expect((await crm.tick()).work).toEqual({})
    expect((await contents()).length).toBeGreaterThan(0)
    clock.advance(24 * 3_600_000)
    expect((await crm.tick()).work).toEqual({})
    clock.advance(3_600_000)
    expect((await crm.tick()).work).toEqual({ files: 1 })
    expect(await contents()).toEqual([])
    wake()
    const error = await upload
    expect([error.code, error.rule]).toEqual(['CONFLICT', 'too-slow'])
    expect((await me.files.list()).items).toEqual([])
    expect(await contents()).toEqual([])
  })

  test('bytes of a purged file go with the next tick, all versions of it, and no others', async () => {
    const { crm, system, contents } = await world(place)
    const other = await system.files.upload({ name: 'other.txt', content: 'other' })
    const kept = await contents()
    const { id } = await system.files.upload({ name: 'x.txt', content: megabytes(10) })
    await system.files.addVersion(id, { content: 'second' })
    await system.files.delete(id)
    expect((await crm.tick()).work).toEqual({})
    await system.files.purge(id)
    expect((await crm.tick()).work).toEqual({ files: 2 })
    expect(await contents()).toEqual(kept)
    expect(await new Response((await system.files.download(other.id)).content).text()).toBe('other')
  })
})
