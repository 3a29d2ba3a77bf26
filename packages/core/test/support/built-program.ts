import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, beforeAll } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const packages = join(here, '../../../')

/** A program over a SQLite file, `<name>-process.ts` beside this one, built for the tests of a file: what they kill has to be a process of its own. */
export function builtProgram(name: string): string {
  const folder = join(here, `../../node_modules/.${name}-${process.pid}`)
  beforeAll(async () => {
    await build({
      entry: { [name]: join(here, `${name}-process.ts`) },
      outDir: folder,
      format: ['esm'],
      config: false,
      silent: true,
      dts: false,
      noExternal: [/^@rapport/, 'mitt', '@date-fns/tz'],
      external: ['better-sqlite3', 'zod', 'libphonenumber-js', 'csv-parse'],
      esbuildOptions(options) {
        options.alias = {
          '@rapport/core': join(packages, 'core/src/index.ts'),
          '@rapport/core/storage': join(packages, 'core/src/storage/index.ts'),
          '@rapport/adapters/sqlite': join(packages, 'adapters/src/sqlite/index.ts'),
        }
      },
    })
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, `${name}.js`)
}
