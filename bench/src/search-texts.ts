import { type Contender, type Line, median, microseconds } from './measure'

/** Rare ones, common ones that are in every record, some in between, and some that are nowhere. */
export const NEEDLES: readonly string[] = [
  'person k2',
  'company 77',
  'p4711@',
  'contact 1z',
  'com',
  'person',
  'example',
  'contact',
  'example123.com',
  'company 1',
  'xyzzy',
  'person zzz',
  'nobody@example',
]

/** The median of each text. */
export async function each(needles: readonly string[], contender: (needle: string) => Contender, rounds: number) {
  const medians: { needle: string; micros: number }[] = []
  for (const needle of needles) {
    const { run } = contender(needle)
    await run()
    const samples: number[] = []
    for (let round = 0; round < rounds; round++) {
      const start = performance.now()
      await run()
      samples.push((performance.now() - start) * 1000)
    }
    medians.push({ needle, micros: median(samples) })
  }
  if (process.env.RAPPORT_BENCH_NEEDLES)
    for (const { needle, micros } of medians) console.log(`  ${needle}: ${microseconds(micros)}`)
  return medians
}

/** The slowest text against the one in the middle. */
export function spread(work: string, all: readonly { needle: string; micros: number }[]): Line {
  const p50 = median(all.map(({ micros }) => micros))
  const worst = Math.max(...all.map(({ micros }) => micros))
  return {
    work: `${work}: the slowest text (second) against p50 (first)`,
    raw: microseconds(p50),
    rapport: microseconds(worst),
    ratio: worst / p50,
    limit: 15,
  }
}
