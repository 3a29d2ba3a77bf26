import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, beforeAll } from 'vitest'

const packages = fileURLToPath(new URL('../../', import.meta.url))

/** A program of the tests of a file, built with these adapters in it: what they kill has to be a process of its own. Drivers and libraries are found where core finds them. */
export function builtProgram(source: URL, adapters: readonly string[], external: readonly string[]): string {
  const name = basename(source.pathname, '.ts')
  const folder = join(packages, `core/node_modules/.${name}-${process.pid}`)
  beforeAll(async () => {
    await build({
      entry: { [name]: fileURLToPath(source) },
      outDir: folder,
      format: ['esm'],
      config: false,
      silent: true,
      dts: false,
      noExternal: [/^@rapport/],
      external: ['zod', 'libphonenumber-js', 'rrule', 'ical.js', 'file-type', ...external],
      esbuildOptions(options) {
        options.alias = {
          '@rapport/core': join(packages, 'core/src/index.ts'),
          '@rapport/core/storage': join(packages, 'core/src/storage/index.ts'),
          ...Object.fromEntries(
            adapters.map((one) => [`@rapport/adapters/${one}`, join(packages, `adapters/src/${one}/index.ts`)]),
          ),
        }
      },
    })
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, `${name}.js`)
}
