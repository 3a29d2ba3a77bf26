import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
const home = process.cwd()

afterEach(() => {
  vi.restoreAllMocks()
  process.chdir(home)
})

test('the first code of the README is the quickstart', () => {
  const [, code] = /```ts\n(.*?)```/s.exec(read('../../README.md')) ?? []
  expect(code).toBe(read('./src/main.ts'))
})

test('it runs in an empty folder and prints what it says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quickstart-'))
  process.chdir(folder)
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  const { crm } = await import('./src/main')
  try {
    expect(printed).toHaveBeenCalledOnce()
    expect(printed.mock.calls[0]?.[0]).toMatchObject({
      won: 1,
      lost: 0,
      winRate: 1,
      wonValue: { amount: 1_200_000, currency: 'USD' },
    })
    const { items } = await crm.as({ user: 'ada' }).deals.list({ include: ['company'] })
    expect(items).toMatchObject([{ title: 'Compiler', status: 'won', related: { company: { name: 'US Navy' } } }])
  } finally {
    await crm.close()
    rmSync(folder, { recursive: true })
  }
})
