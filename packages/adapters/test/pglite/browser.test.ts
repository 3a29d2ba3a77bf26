import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { expect, onTestFinished, test } from 'vitest'

const packages = fileURLToPath(new URL('../../../', import.meta.url))

test('what a browser loads of the adapter asks for nothing of Node', async () => {
  const outDir = mkdtempSync(join(tmpdir(), 'rapport-browser-'))
  onTestFinished(() => rmSync(outDir, { recursive: true }))
  await build({
    entry: { pglite: join(packages, 'adapters/src/pglite/index.ts') },
    outDir,
    format: ['esm'],
    platform: 'browser',
    splitting: false,
    config: false,
    silent: true,
    dts: false,
    noExternal: [/^@rapport/],
    external: ['@electric-sql/pglite', 'mitt', '@date-fns/tz', 'zod', 'libphonenumber-js', 'csv-parse'],
    esbuildOptions(options) {
      options.alias = { '@rapport/core/storage': join(packages, 'core/src/storage/index.ts') }
    },
  })
  const bundle = readFileSync(join(outDir, 'pglite.js'), 'utf8')
  // What it imports once everything of ours is in it, with or without `node:`.
  const imported = [...bundle.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, name]) => name)
  expect(new Set(imported)).toEqual(new Set(['@electric-sql/pglite']))
  expect(bundle.match(/\b(Buffer|createRequire|createHash|require|process\.\w+)\b/g)).toBeNull()
})
