import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { databaseFiles } from '@rapport/adapters/database-files'
import { localFiles } from '@rapport/adapters/local-files'
import { s3Files } from '@rapport/adapters/s3-files'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { builtProgram } from '../built-program'
import { newBucket } from './bucket'

const uploader = builtProgram(
  new URL('./uploader-process.ts', import.meta.url),
  ['database-files', 'local-files', 's3-files', 'sqlite'],
  ['better-sqlite3', '@aws-sdk/client-s3'],
)

/** The most memory the process may take, whatever the size of the file, in megabytes; Node alone with all that is loaded takes 90. */
const MEMORY = 150
/** What is read lies about until Node collects it, which it does every 60 MB. */
const WITH_WHAT_WAS_READ = MEMORY + 60
const MEGABYTES = 200
const DAY = 25 * 3_600_000

/** The one library that only the adapters have. */
beforeAll(() => {
  const libraries = join(dirname(uploader), 'node_modules')
  mkdirSync(libraries)
  symlinkSync(fileURLToPath(new URL('../../node_modules/@aws-sdk', import.meta.url)), join(libraries, '@aws-sdk'))
})

/** Runs the uploader; kills it without warning when it has taken that many megabytes. Gives the last line it printed. */
function runUploader(folder: string, place: string, killAfter = Number.POSITIVE_INFINITY): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [uploader, folder, String(MEGABYTES), place], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [last, errors] = ['', '']
    child.stdout.on('data', (data) => {
      last = String(data).trim().split('\n').at(-1) as string
      if (Number.parseInt(last, 10) >= killAfter) child.kill('SIGKILL')
    })
    child.stderr.on('data', (data) => (errors += data))
    child.on('close', (code, signal) =>
      code === 0 || signal === 'SIGKILL' ? resolve(last) : reject(new Error(errors)),
    )
  })
}

async function newPlace(kind: string) {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-upload-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const storage = sqlite({ file: join(folder, 'crm.db') })
  if (kind === 'bucket') {
    const bucket = await newBucket()
    onTestFinished(() => bucket.close())
    const contents = () => [...bucket.objects(), ...bucket.unfinished()]
    return { folder, storage, place: bucket.endpoint, store: s3Files(bucket), contents }
  }
  if (kind === 'database') {
    const contents = () => storage.read(`select seq from ${storage.table('file_chunk')} limit 5`, [])
    return { folder, storage, place: kind, store: databaseFiles(storage), contents }
  }
  const files = join(folder, 'files')
  const contents = () =>
    existsSync(files) ? readdirSync(files, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()) : []
  return { folder, storage, place: kind, store: localFiles({ folder: files }), contents }
}

test.each(['folder', 'database', 'bucket'])(
  `a ${MEGABYTES} MB file streams into a %s in ${MEMORY} MB of memory, and out of it in little more`,
  async (kind) => {
    const { folder, place } = await newPlace(kind)
    const [done, read, uploaded, peak] = (await runUploader(folder, place)).split(' ')
    expect([done, read]).toEqual(['done', String(MEGABYTES)])
    expect(Number(uploaded)).toBeLessThan(MEMORY)
    expect(Number(peak)).toBeLessThan(WITH_WHAT_WAS_READ)
  },
  120_000,
)

test.each(['folder', 'database', 'bucket'])(
  'an upload into a %s whose process is killed never shows, and is swept',
  async (kind) => {
    const { folder, place, storage, store, contents } = await newPlace(kind)
    for (const killAfter of [1, 40]) expect(await runUploader(folder, place, killAfter)).not.toMatch(/^done/)
    let now = new Date()
    const crm = createCrm({ storage, files: store, clock: { now: () => now } })
    onTestFinished(() => crm.close())
    const me = crm.asSystem({ reason: 'test' })
    expect((await contents()).length).toBeGreaterThan(0)
    expect((await me.files.list()).items).toEqual([])
    expect((await crm.tick()).work).toEqual({})
    now = new Date(now.getTime() + DAY)
    expect((await crm.tick()).work).toEqual({ files: 2 })
    expect(await contents()).toEqual([])
  },
  120_000,
)
