import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

/**
 * Runs snippets one after the other, each in an empty folder; what fails comes back as `file:line message`. Needs the
 * TypeScript loader.
 * @param {{ snippet: import('./snippets.mjs').Snippet, run: string }[]} modules
 */
export async function runErrors(root, modules) {
  const work = mkdtempSync(join(tmpdir(), 'rapport-docs-'))
  const home = process.cwd()
  const say = console.log
  const errors = []
  console.log = () => {}
  try {
    for (const [index, { snippet, run }] of modules.entries()) {
      const folder = join(work, String(index))
      mkdirSync(folder)
      const path = join(folder, 'snippet.ts')
      writeFileSync(path, run.replaceAll("'__docs'", `'${pathToFileURL(join(root, 'docs/snippets-setup.ts')).href}'`))
      process.chdir(folder)
      try {
        await withTimeout(import(pathToFileURL(path).href))
      } catch (error) {
        errors.push(`${snippet.file}:${lineOf(error, path, snippet)} ${messageOf(error)}`)
      }
    }
  } finally {
    console.log = say
    process.chdir(home)
    rmSync(work, { recursive: true, force: true })
  }
  return errors
}

const LONGEST = 10_000

async function withTimeout(work) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`runs for more than ${LONGEST / 1000} s`)), LONGEST)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function lineOf(error, path, { line }) {
  const [, found] = new RegExp(`${path.replace(/[.\\]/g, '\\$&')}:(\\d+)`).exec(error?.stack ?? '') ?? []
  return found ? line + Math.max(0, Number(found) - 2) : line
}

const messageOf = (error) => {
  const said = error instanceof Error ? error.message : inspect(error)
  return error?.code && error?.problems ? `${error.code} ${said} ${JSON.stringify(error.problems)}` : said
}
