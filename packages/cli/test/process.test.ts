import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'

const packages = fileURLToPath(new URL('../../', import.meta.url))
/** A place in which no driver can be found. */
const folder = mkdtempSync(join(tmpdir(), 'rapport-cli-'))

beforeAll(async () => {
  await build({
    entry: { main: join(packages, 'cli/src/main.ts') },
    outDir: folder,
    format: ['esm'],
    outExtension: () => ({ js: '.mjs' }),
    config: false,
    silent: true,
    shims: true,
    noExternal: [/^@rapport\/(core|adapters\/(sqlite|postgres))/, 'mitt', '@date-fns/tz'],
    external: ['zod', 'libphonenumber-js', 'csv-parse'],
    esbuildOptions(options) {
      options.alias = {
        '@rapport/core': join(packages, 'core/src/index.ts'),
        '@rapport/core/storage': join(packages, 'core/src/storage/index.ts'),
        '@rapport/adapters/sqlite': join(packages, 'adapters/src/sqlite/index.ts'),
        '@rapport/adapters/postgres': join(packages, 'adapters/src/postgres/index.ts'),
      }
    },
  })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

const rapport = (...argv: string[]) =>
  spawnSync(process.execPath, [join(folder, 'main.mjs'), ...argv], { encoding: 'utf8', env: {} })

test.each([
  ['postgres://ada:secret@localhost/crm', 'pg'],
  ['crm.db', 'better-sqlite3'],
])('without the driver of %s it says which to install', (url, driver) => {
  const { status, stdout, stderr } = rapport('migrate', '--database-url', url)
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: `rapport: The driver ${driver} could not be loaded.\n         Install it: npm i ${driver}\n`,
  })
})

test('prints SQL to standard output without any driver', () => {
  const { status, stdout, stderr } = rapport('sql', '--database-url', 'postgres://localhost/crm')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^begin;\n[\s\S]*create table "crm"."lead"[\s\S]*\ncommit;\n$/)
})
