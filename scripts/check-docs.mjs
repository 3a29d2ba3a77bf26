#!/usr/bin/env node
/**
 * The guides say what is so: every ```ts block of README.md and docs/ compiles against the sources and runs, their
 * comments tell what is printed and thrown, links lead somewhere, tables made from the code are up to date.
 * `node scripts/check-docs.mjs [--write] [file.md …]`; `--write` makes the tables anew.
 */
import { readdirSync } from 'node:fs'
import { register } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { typeErrors } from './docs/check-types.mjs'
import { wrongFacts } from './docs/facts.mjs'
import { brokenLinks } from './docs/links.mjs'
import { runErrors } from './docs/run.mjs'
import { moduleOf, snippetsOf } from './docs/snippets.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const started = Date.now()
const given = process.argv.slice(2).filter((argument) => argument !== '--write')
const guides =
  given.length > 0
    ? given
    : [
        'README.md',
        'CONTRIBUTING.md',
        'packages/core/README.md',
        'packages/adapters/README.md',
        'packages/cli/README.md',
        ...markdownIn('docs'),
      ]

function markdownIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'reference' ? [] : markdownIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

process.setSourceMapsEnabled(true)
register('./typescript-loader.mjs', import.meta.url)
const core = await import(pathToFileURL(join(root, 'packages/core/src/index.ts')).href)
const { world } = await import(pathToFileURL(join(root, 'docs/snippets-setup.ts')).href)
const names = Object.keys(await world())

const problems = [...wrongFacts(root, guides, core, process.argv.includes('--write')), ...brokenLinks(root, guides)]
const modules = guides
  .flatMap((file) => snippetsOf(root, file))
  .map((snippet) => ({ snippet, ...moduleOf(snippet, names) }))
problems.push(...typeErrors(root, modules))
const running = modules.filter(({ snippet }) => snippet.runs)
problems.push(...(await runErrors(root, running)))

for (const problem of problems) console.error(problem)
const seconds = Math.round((Date.now() - started) / 1000)
console.log(
  `${modules.length} snippets in ${guides.length} files, ${running.length} of them run, ${problems.length} problems, ${seconds} s`,
)
// Not an exit code alone: a snippet may have left a timer.
process.exit(problems.length > 0 ? 1 : 0)
