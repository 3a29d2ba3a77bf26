import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { judgeOpen } from './open-verdict'

const corpus = process.env.RAPPORT_CORPUS ?? ''
const reason = corpus ? '' : ' (skipped: no corpus)'

const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15'

describe('the verdict', () => {
  test.each([
    [{ userAgent: SAFARI, secondsSinceDelivery: 600 }, 'human', 'browser'],
    [{ userAgent: 'Outlook-iOS/709.2189947.prod.iphone (3.24.0)' }, 'human', 'mail-program'],
    [{ userAgent: SAFARI, honeypot: true }, 'machine', 'honeypot'],
    [{ userAgent: SAFARI, providerFlag: 'machine' }, 'machine', 'provider'],
    [{ userAgent: SAFARI, allLinksAtOnce: true, providerFlag: 'human' }, 'machine', 'all-links'],
    [{ userAgent: SAFARI, secondsSinceDelivery: 2 }, 'machine', 'too-fast'],
    [{ userAgent: SAFARI, secondsSinceDelivery: 3 }, 'human', 'browser'],
    [{ userAgent: '' }, 'machine', 'no-agent'],
    [{ userAgent: 'Mozilla/5.0' }, 'machine', 'privacy-proxy'],
    [{ userAgent: 'Mozilla/5.0 (via ggpht.com GoogleImageProxy)' }, 'machine', 'image-proxy'],
    [{ userAgent: 'Mimecast Email Security', providerFlag: 'human' }, 'machine', 'scanner'],
    [{ userAgent: 'curl/8.6.0' }, 'machine', 'bot'],
    [{ providerFlag: 'human' }, 'human', 'provider'],
    [{ secondsSinceDelivery: 600 }, 'unknown', 'nothing-known'],
    [{ userAgent: 'Telephone (Symbian) Series60' }, 'unknown', 'nothing-known'],
    [{}, 'unknown', 'nothing-known'],
  ] as const)('of %j is %s: %s', (fetch, verdict, because) => {
    expect(judgeOpen(fetch)).toEqual({ verdict, reason: because })
  })
})

describe.skipIf(!corpus)(`user-agents${reason}`, () => {
  const read = (file: string) => readFileSync(join(corpus, 'user-agents', file), 'utf8')
  /** The items of the lists in a YAML file: each on one line, some quoted. */
  const items = (file: string) =>
    read(file)
      .split('\n')
      .filter((line) => line.startsWith('  - '))
      .map((line) => line.slice(4).replace(/^(["'])(.*)\1$/, '$2'))
  const machines = (agents: readonly string[]) =>
    agents.filter((userAgent) => judgeOpen({ userAgent }).verdict === 'machine')

  test('of proxies, scanners and other bots, 99 in 100 are machines', () => {
    const entries: { ua: string; what: string }[] = corpus
      ? JSON.parse(read('email-proxies-and-scanners.json')).entries
      : []
    const proxies = entries.filter(({ what }) => !/: human$/.test(what)).map(({ ua }) => ua)
    expect(proxies).toHaveLength(10)
    expect(machines(proxies)).toEqual(proxies)
    const bots = items('isbot-crawlers.yml')
    expect(bots).toHaveLength(626)
    expect(machines(bots).length / bots.length).toBeGreaterThanOrEqual(0.99)
  })

  test('of browsers, at most 5 in 1,000 are machines, and no mail program is one', () => {
    const browsers = items('isbot-browsers.yml')
    expect(browsers).toHaveLength(555)
    expect(machines(browsers).length / browsers.length).toBeLessThanOrEqual(0.005)
    const entries: { ua: string; what: string }[] = JSON.parse(read('email-proxies-and-scanners.json')).entries
    const people = entries.filter(({ what }) => /: human$/.test(what)).map(({ ua }) => ua)
    expect(people.map((userAgent) => judgeOpen({ userAgent }).verdict)).toEqual(['human', 'human', 'human'])
  })
})
