import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runDemo } from './src/demo'
import { createClock } from './src/demo-clock'
import { openDemoCrm } from './src/demo-crm'
import { MAVEN, type MavenCrm } from './src/maven-crm'
import { lengthOf } from './src/terminal/screen'

const corpus = process.env.RAPPORT_CORPUS
const reason = corpus ? '' : ' (skipped: no corpus)'
const folder = mkdtempSync(join(tmpdir(), 'demo-'))
const file = (name: string) => join(folder, name)
const TODAY = ['--today', '2026-11-20']

afterAll(() => rmSync(folder, { recursive: true }))

interface RunOptions {
  isTTY?: boolean
  env?: Record<string, string>
  /** Called with all that is written; aborts the run when it gives true. */
  stopWhen?: (text: string) => boolean
}

async function run(args: readonly string[], { isTTY = false, env = {}, stopWhen }: RunOptions = {}) {
  const stop = new AbortController()
  let text = ''
  const output = {
    isTTY,
    columns: 80,
    write(piece: string) {
      text += piece
      if (stopWhen?.(text)) stop.abort()
    },
  }
  const code = await runDemo(args, { output, env, signal: stop.signal })
  return { code, text, lines: text.split('\n') }
}

const withoutSpeed = (lines: readonly string[]) => lines.filter((line) => !line.includes('rows in'))

describe('the invented company', () => {
  const args = ['--leads', '200', ...TODAY]
  let first: Awaited<ReturnType<typeof run>>

  beforeAll(async () => {
    first = await run([...args, '--file', file('first.db')])
  }, 60_000)

  test('runs from the first line to the last', () => {
    expect(first.code).toBe(0)
    for (const part of [
      'captured',
      'converted',
      'Negotiation',
      'won',
      'timeline',
      'Sales funnel',
      'Forecast',
      'Leaderboard',
      'Lead sources',
      'a second',
      'Next',
    ]) {
      expect(first.text).toContain(part)
    }
    expect(first.text).toContain('200 leads')
  })

  test('refuses what others may not see or do', () => {
    const of = (what: string) => first.lines.find((line) => line.includes(what))
    expect(of('opens the deal  ')).toContain('without its amount')
    expect(of('reads the line items')).toContain('FORBIDDEN')
    expect(of('searches for it')).toContain('nothing is there')
    expect(of('wins it all the same')).toContain('NOT_FOUND')
    expect(of('exports leads')).toContain('FORBIDDEN')
  })

  test('is the same for the same seed and day, and another one for another seed', async () => {
    const again = await run([...args, '--quiet', '--file', file('again.db')])
    const other = await run([...args, '--quiet', '--file', file('other.db'), '--seed', '7'])
    const from = first.lines.findIndex((line) => line.includes('The dashboard of'))
    const dashboard = withoutSpeed(first.lines.slice(from, from + 40))
    expect(withoutSpeed(again.lines).slice(1, 1 + dashboard.length)).toEqual(dashboard)
    expect(withoutSpeed(other.lines)).not.toEqual(withoutSpeed(again.lines))
  }, 60_000)

  test('shows the same dashboard again with --keep', async () => {
    const kept = await run(['--keep', '--quiet', ...TODAY, '--file', file('again.db')])
    const built = await run([...args, '--quiet', '--file', file('again.db')])
    expect(kept.code).toBe(0)
    expect(withoutSpeed(kept.lines).filter(Boolean)).toEqual(withoutSpeed(built.lines).filter(Boolean))
  }, 60_000)

  test('fits into 80 columns', () => {
    const wide = first.lines.filter(
      (line) => lengthOf(line) > 80 && !line.includes(folder) && !line.includes('a second'),
    )
    expect(wide).toEqual([])
  })

  test('has no address or number of anybody', async () => {
    const { crm } = openDemoCrm(file('first.db'), createClock(new Date()))
    const system = crm.asSystem({ reason: 'test' })
    const reserved = /^\+(44(207946|161496|7700900)|49(3023125|6990009|4066969)|33(199|4657|639))/
    for (const room of [system.leads, system.contacts]) {
      for await (const { email, phone } of room.each({})) {
        expect(email).toMatch(/\.example$/)
        if (phone) expect(phone.replace(/[^+\d]/g, '')).toMatch(reserved)
      }
    }
    for (const { email } of await system.users.list()) expect(email).toMatch(/\.example$/)
    await crm.close()
  })

  test('has 25 users in three teams below one', async () => {
    const { crm } = openDemoCrm(file('first.db'), createClock(new Date()))
    const system = crm.asSystem({ reason: 'test' })
    const teams = await system.users.listTeams()
    expect(await system.users.list()).toHaveLength(25)
    expect(teams.filter(({ parent }) => parent !== null)).toHaveLength(3)
    await crm.close()
  })
})

describe('Ctrl-C', () => {
  test('leaves a file that opens, with whatever was done by then', async () => {
    const stopped = await run(['--leads', '600', ...TODAY, '--file', file('stopped.db')], {
      stopWhen: (text) => text.includes('25 %'),
    })
    expect(stopped.code).toBe(130)
    const [, at, leads] = /as it was on (.+), with (\d+) leads/.exec(stopped.text) ?? []
    expect(new Date(`${at} UTC`).getTime()).toBeLessThan(Date.parse('2026-11-20'))

    const { crm } = openDemoCrm(file('stopped.db'), createClock(new Date()))
    const { count } = await crm.asSystem({ reason: 'test' }).leads.list({ limit: 1, count: 'exact' })
    await crm.close()
    expect(Number(count)).toBe(Number(leads))
    expect(Number(leads)).toBeLessThan(600)
    expect((await run(['--keep', '--file', file('stopped.db')])).code).toBe(0)
  }, 60_000)
})

describe('files and arguments', () => {
  test('a file that the demo did not make stays as it is', async () => {
    writeFileSync(file('mine.db'), 'my own data')
    const { code, text } = await run(['--file', file('mine.db')])
    expect(code).toBe(1)
    expect(text).toContain('was not made by this demo')
    expect(readFileSync(file('mine.db'), 'utf8')).toBe('my own data')
  })

  test.each([
    [['--leads', 'many'], '--leads wants'],
    [['--today', '2026-02-30'], '--today wants'],
    [['--colour'], '--colour'],
    [['--data', 'x', '--leads', '5'], 'leave out --leads'],
    [['--data', '/nowhere'], 'lacks accounts.csv'],
    [['--keep', '--file', '/nowhere/demo.db'], 'is not there yet'],
  ])('%j says what is wrong', async (args, words) => {
    const { code, text } = await run(args)
    expect(code).toBe(1)
    expect(text).toContain(words)
  })

  test('--help tells the options', async () => {
    const { code, text } = await run(['--help'])
    expect(code).toBe(0)
    for (const option of ['--file', '--leads', '--seed', '--today', '--quiet', '--keep', '--data'])
      expect(text).toContain(option)
  })

  test('colours only on a terminal, and not with NO_COLOR', async () => {
    const args = ['--keep', '--file', '/nowhere/demo.db']
    expect((await run(args)).text).not.toContain('\u001b[31m')
    expect((await run(args, { isTTY: true })).text).toContain('\u001b[31m')
    expect((await run(args, { isTTY: true, env: { NO_COLOR: '1' } })).text).not.toContain('\u001b[31m')
  })
})

describe.skipIf(!corpus)(`the Maven pipeline${reason}`, () => {
  test('has the same figures in the reports as in its files', async () => {
    const { code, text } = await run(['--quiet', '--data', join(corpus ?? '', 'maven-crm'), '--file', file('maven.db')])
    expect(code).toBe(0)
    expect(text).toContain('22 of 22 figures are equal')
    for (const figure of ['10,005,534', '63.15 %', '51.78 d', '57 d', '349 of 553', '3,568,647'])
      expect(text).toContain(figure)

    const crm: MavenCrm = createCrm({ storage: sqlite({ file: file('maven.db') }), ...MAVEN })
    const { deals, companies } = crm.asSystem({ reason: 'test' })
    const number = async (where: Parameters<typeof deals.list>[0]) =>
      Number((await deals.list({ ...where, limit: 1, count: 'exact' })).count)
    expect(await number({ where: { custom: { product: 'GTX Pro' } } })).toBe(1480)
    expect(await number({ where: { custom: { product: 'GTXPro' } } })).toBe(0)
    expect(await number({ where: { company: null } })).toBe(1425)
    expect(await number({ where: { stage: { class: 'open' }, amount: null } })).toBe(2089)
    const { items } = await companies.list({ where: { name: 'Bluth Company' }, include: ['parent'] })
    expect(items).toMatchObject([
      {
        industry: 'technology',
        size: 3027,
        revenue: { amount: 124_232_000_000, currency: 'USD' },
        custom: { founded: 1993 },
        related: { parent: { name: 'Acme Corporation' } },
      },
    ])
    await crm.close()
  }, 120_000)
})
