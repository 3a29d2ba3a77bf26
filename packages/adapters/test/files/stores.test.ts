import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localFiles } from '@rapport/adapters/local-files'
import { s3Files } from '@rapport/adapters/s3-files'
import { fileStoreContract } from '@rapport/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newBucket } from './bucket'

describe('a folder', () => {
  let folder = ''
  const contract = fileStoreContract({
    open() {
      folder = mkdtempSync(join(tmpdir(), 'rapport-files-'))
      return localFiles({ folder: join(folder, 'made', 'when', 'missing') })
    },
    contents: () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
    clean: () => rmSync(folder, { recursive: true }),
  })
  for (const { name, run } of contract) test(name, run)

  test('no key leads out of it', async () => {
    const within = mkdtempSync(join(tmpdir(), 'rapport-files-'))
    onTestFinished(() => rmSync(within, { recursive: true }))
    const store = localFiles({ folder: join(within, 'files') })
    for (const id of ['../../x', '..', 'a/b', '', 'a\0'])
      await expect(store.read({ tenant: 'a', id })).rejects.toThrow()
    await store.write({ tenant: '../../out', id: 'x' }, once('x'))
    expect(readdirSync(within)).toEqual(['files'])
  })
})

describe('a bucket', () => {
  let made: Awaited<ReturnType<typeof newBucket>>
  const contract = fileStoreContract({
    async open() {
      made = await newBucket()
      return s3Files({ ...made, prefix: 'some/prefix/' })
    },
    contents: () => [...made.objects(), ...made.unfinished()],
    clean: () => made.close(),
  })
  for (const { name, run } of contract) test(name, run, 60_000)

  test('an upload that fails while its parts go up, or are put together, leaves no parts', async () => {
    const bucket = await newBucket()
    onTestFinished(() => bucket.close())
    for (const failing of ['UploadPartCommand', 'CompleteMultipartUploadCommand', 'CreateMultipartUploadCommand']) {
      const store = s3Files({ ...bucket, client: failingAt(bucket.client, failing) })
      await expect(store.write({ tenant: 'a', id: 'x' }, many(9_000_000))).rejects.toThrow(failing)
      expect([...bucket.objects(), ...bucket.unfinished()]).toEqual([])
    }
  })
})

async function* once(text: string) {
  yield Buffer.from(text)
}

async function* many(size: number) {
  for (let left = size; left > 0; left -= 1_000_000) yield Buffer.alloc(Math.min(left, 1_000_000))
}

/** The client, for which that command fails. */
const failingAt = <C extends { send: (command: never) => unknown }>(client: C, name: string): C =>
  ({
    send: async (command: object) => {
      if (command.constructor.name === name) throw new Error(name)
      return client.send(command as never)
    },
  }) as never
