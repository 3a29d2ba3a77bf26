#!/usr/bin/env node
/**
 * Builds the packages, and on request an application of the workspace. Skips what has not changed.
 * `node scripts/build.mjs` makes everything that is published, declarations included.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamps = join(root, 'node_modules/.rapport-build')
const PACKAGES = ['packages/core', 'packages/adapters', 'packages/cli'] // in the order in which they build on each other

/** Builds the packages and the given applications; `declarations: false` leaves out the slow part, the `.d.ts` files. */
export function build({ declarations = true, applications = [] } = {}) {
  mkdirSync(stamps, { recursive: true })
  for (const folder of [...PACKAGES, ...applications]) {
    const stamp = join(stamps, folder.replace('/', '-'))
    const sources = fingerprint(folder)
    const built = existsSync(stamp) && existsSync(join(root, folder, 'dist')) ? readFileSync(stamp, 'utf8') : ''
    if (built === `${sources} full` || (!declarations && built === `${sources} js`)) continue
    writeFileSync(stamp, '')
    tsup(folder, declarations)
    writeFileSync(stamp, `${sources} ${declarations ? 'full' : 'js'}`)
  }
}

function tsup(folder, declarations) {
  const start = Date.now()
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/tsup/dist/cli-default.js'), '--config', join(root, 'tsup.config.ts')],
    {
      cwd: join(root, folder),
      env: { ...process.env, RAPPORT_BUILD: declarations ? 'full' : 'js' },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  if (status !== 0) {
    console.error(`build: ${folder} failed`)
    process.exit(1)
  }
  console.log(`build: ${folder} in ${((Date.now() - start) / 1000).toFixed(1)} s`)
}

function fingerprint(folder) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'tsup.config.ts')))
  hash.update(readFileSync(join(root, folder, 'package.json')))
  const source = join(root, folder, 'src')
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /\.test(-d)?\.ts$/.test(entry.name)) continue
    const file = join(entry.parentPath ?? entry.path, entry.name)
    hash.update(file.slice(root.length)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build()
