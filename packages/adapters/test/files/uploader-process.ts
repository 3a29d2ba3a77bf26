import { join } from 'node:path'
import { databaseFiles } from '@rapport/adapters/database-files'
import { localFiles } from '@rapport/adapters/local-files'
import { s3Files } from '@rapport/adapters/s3-files'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'

/**
 * A process of its own that takes a file of so many megabytes in and reads it again, to be measured or killed:
 * `node uploader.js <folder> <megabytes> folder|database|<url of a bucket>`. Prints the megabytes taken so far, then
 * `done`, the megabytes read, and the most memory it had after the upload and in the end.
 */
const [folder, size, place] = process.argv.slice(2) as [string, string, string]
const print = (line: unknown) => void process.stdout.write(`${line}\n`)

async function* megabytes(count: number) {
  const one = Buffer.alloc(1_000_000, 'text ')
  for (let at = 0; at < count; at++) {
    print(at)
    yield one
  }
}

const storage = sqlite({ file: join(folder, 'crm.db') })
const stores: Record<string, () => ReturnType<typeof localFiles>> = {
  folder: () => localFiles({ folder: join(folder, 'files') }),
  database: () => databaseFiles(storage),
}
const ofBucket = async () => s3Files({ bucket: 'crm', client: (await import('./bucket-client')).bucketClient(place) })
const store = stores[place]?.() ?? (await ofBucket())
const crm = createCrm({ storage, files: { store, maxSize: 10e9 } })
await crm.migrate()
const me = crm.asSystem({ reason: 'upload' })
const { id } = await me.files.upload({ name: 'large.txt', content: megabytes(Number(size)) })
const peak = () => Math.round(process.resourceUsage().maxRSS / 1024)
const uploaded = peak()
const { content } = await me.files.download(id)
let read = 0
for await (const piece of content) read += piece.length
print(`done ${read / 1_000_000} ${uploaded} ${peak()}`)
await crm.close()
