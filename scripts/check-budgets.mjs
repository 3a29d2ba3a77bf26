#!/usr/bin/env node
/**
 * What `import '@rapport/core'` costs: milliseconds over a Node that imports nothing (medians of interleaved cold
 * processes), kilobytes that it loads at once, and what an editor pays for the types in the ten lines of the README.
 * Exit code 1 when over budget.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const MILLISECONDS = 60
/** A machine on which bare Node takes this much longer than usual is busy, and everything takes that much longer. */
const BARE_MILLISECONDS = 60
const KILOBYTES = 400
const INSTANTIATIONS = 10_000
const ROUNDS = 21

const dist = join(dirname(fileURLToPath(import.meta.url)), '../packages/core/dist')
const folder = mkdtempSync(join(tmpdir(), 'rapport-budget-'))
const scripts = { bare: '', core: `import ${JSON.stringify(pathToFileURL(join(dist, 'index.js')).href)}` }
for (const [name, text] of Object.entries(scripts)) writeFileSync(join(folder, `${name}.mjs`), text)

const times = { bare: [], core: [] }
for (let round = -1; round < ROUNDS; round++) {
  for (const name of Object.keys(scripts)) {
    const start = performance.now()
    const { status, stderr } = spawnSync(process.execPath, [join(folder, `${name}.mjs`)])
    if (status !== 0) throw new Error(`the ${name} process failed: ${stderr}`)
    if (round >= 0) times[name].push(performance.now() - start) // the first round only warms the file cache
  }
}
rmSync(folder, { recursive: true })

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]
const [bare, core] = [median(times.bare), median(times.core)]
const kilobytes =
  [...loadedAtOnce(join(dist, 'index.js'))].reduce((sum, file) => sum + readFileSync(file).length, 0) / 1024

/** A file and what it imports statically; chunks behind `import()` do not count. */
function loadedAtOnce(file, found = new Set()) {
  if (found.has(file)) return found
  found.add(file)
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s[^;]*?["'](\.\/[^"']+)["']/gm))
    loadedAtOnce(join(dist, name), found)
  return found
}

/** Type instantiations of a host's first file, checked against the built declarations. */
function typeCost() {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..')
  const config = join(root, 'examples/quickstart/tsconfig.cost.json')
  const compilerOptions = { paths: {}, declaration: false }
  writeFileSync(config, JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['src/main.ts'] }))
  const tsc = join(root, 'node_modules/typescript/lib/tsc.js')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config, '--extendedDiagnostics'], {
    encoding: 'utf8',
  })
  rmSync(config)
  if (status !== 0) throw new Error(`the quickstart does not compile: ${stdout}`)
  return Number(/Instantiations:\s+(\d+)/.exec(stdout)[1])
}

const line = (what, value, budget, unit) => {
  const over = value > budget
  console.log(`${over ? 'OVER' : 'ok  '} ${what}: ${value.toFixed(0)} ${unit}, budget ${budget.toFixed(0)} ${unit}`)
  if (over) process.exitCode = 1
}
console.log(
  `node alone ${bare.toFixed(0)} ms, with import '@rapport/core' ${core.toFixed(0)} ms (${ROUNDS} cold starts each)`,
)
line('import time over node alone', core - bare, MILLISECONDS * Math.max(1, bare / BARE_MILLISECONDS), 'ms')
line('code loaded at once, not minified', kilobytes, KILOBYTES, 'kB')
line('types of the ten lines in the README', typeCost(), INSTANTIATIONS, 'instantiations')
