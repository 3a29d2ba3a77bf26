import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { databaseFiles } from '@rapport/adapters/database-files'
import { localFiles } from '@rapport/adapters/local-files'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import type { Line } from './measure'

const MEGABYTES = 2000
const PROMISED = 150

/** Peak memory of taking a file of 2 GB in, in a process of its own for each store. */
export const benchFiles = (): Line[] =>
  ['folder', 'database'].map((store) => {
    const run = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--file-memory', store], {
      encoding: 'utf8',
    })
    const peak = Number(run.stdout.trim())
    return {
      work: `peak memory of a 2 GB upload into a ${store}`,
      raw: `${PROMISED} MB`,
      rapport: `${peak.toFixed(0)} MB`,
      ratio: peak / PROMISED,
      limit: 1,
    }
  })

export async function fileMemory(store: string) {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'))
  const storage = sqlite({ file: join(folder, 'crm.db') })
  const files = store === 'folder' ? localFiles({ folder: join(folder, 'files') }) : databaseFiles(storage)
  const crm = createCrm({ storage, files: { store: files, maxSize: 4e9 } })
  try {
    await crm.migrate()
    const me = crm.asSystem({ reason: 'bench' })
    const { size } = await me.files.upload({ name: 'large.txt', content: megabytes() })
    if (size !== MEGABYTES * 1_000_000) throw new Error(`stored ${size} bytes`)
    console.log(process.resourceUsage().maxRSS / 1024)
  } finally {
    await crm.close()
    rmSync(folder, { recursive: true })
  }
}

async function* megabytes() {
  const one = Buffer.alloc(1_000_000, 'text ')
  for (let at = 0; at < MEGABYTES; at++) yield one
}
