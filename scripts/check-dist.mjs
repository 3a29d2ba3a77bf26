#!/usr/bin/env node
/**
 * The built packages are whole: every bare import in them is a dependency or peer that the package declares (also in
 * the declarations, where a missing one silently becomes `any`), and every entry loads as ESM and as CommonJS with
 * the same names.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const problems = []

for (const folder of ['packages/core', 'packages/adapters', 'packages/cli']) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies }
  for (const file of readdirSync(join(root, folder, 'dist'))) {
    for (const specifier of bareImports(join(root, folder, 'dist', file))) {
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
      if (!declared[name] && !isBuiltin(specifier))
        problems.push(`${folder}/dist/${file} imports undeclared ${specifier}`)
    }
  }
  for (const [subpath, conditions] of Object.entries(manifest.exports ?? {})) {
    if (typeof conditions === 'string') continue
    const file = (condition) => join(root, folder, conditions[condition].default)
    const esm = Object.keys(await import(pathToFileURL(file('import')).href))
      .sort()
      .join()
    const cjs = Object.keys(createRequire(import.meta.url)(file('require')))
      .sort()
      .join()
    if (esm !== cjs)
      problems.push(`${manifest.name} ${subpath} exports other names as ESM (${esm}) than as CommonJS (${cjs})`)
  }
}

// The command runs as it is published.
const { status } = spawnSync(process.execPath, [join(root, 'packages/cli/dist/main.js'), '--help'])
if (status !== 0) problems.push('packages/cli: rapport --help fails')

function bareImports(file) {
  if (!/\.([cm]?js|d\.[cm]?ts)$/.test(file)) return []
  const text = readFileSync(file, 'utf8')
  const names = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
  return names.filter((name) => !name.startsWith('.'))
}

for (const problem of problems) console.error(problem)
console.log(problems.length ? `${problems.length} problems in the built packages` : 'the built packages are whole')
process.exitCode = problems.length ? 1 : 0
