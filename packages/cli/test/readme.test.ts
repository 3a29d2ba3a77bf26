import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { argumentsOf } from '../src/arguments'
import { rapport } from './support/rapport'

const folder = mkdtempSync(join(tmpdir(), 'rapport-readme-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The `npx rapport` lines of a guide, up to what the shell does with the output, in a folder of their own. */
function linesOf(path: string): string[][] {
  const text = readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
  const lines = [...text.matchAll(/^npx rapport (.*)$/gm)].map(
    ([, line]) => (line as string).split(/ [|>] /)[0] as string,
  )
  return lines.map((line) => line.split(' ').map((word) => (word === 'crm.db' ? join(folder, word) : word)))
}

test.each(['../README.md', '../../../docs/migrations.md'])('the lines of %s run', async (path) => {
  const lines = linesOf(path)
  expect(lines.length).toBeGreaterThan(3)
  for (const line of lines) {
    const given = argumentsOf(line, {})
    const needsServer = typeof given === 'object' && given.command !== 'sql' && /^\w+:\/\//.test(given.url)
    if (needsServer) continue
    const { code, err } = await rapport(...line)
    expect({ line, err, fine: code < 2 }).toEqual({ line, err: [], fine: true })
  }
})
