import { type Line, median, microseconds, race } from './measure'

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

export type Finder = (needle: string) => unknown

/** Microseconds of each text for each of the finders, measured in turns. */
export async function each(finders: readonly Finder[], rounds: number): Promise<number[][]> {
  const medians: number[][] = finders.map(() => [])
  for (const needle of NEEDLES) {
    const contenders = finders.map((find, index) => ({ name: String(index), run: () => find(needle) }))
    const measured = await race(contenders, rounds, 3)
    measured.forEach(({ micros }, index) => {
      ;(medians[index] as number[]).push(micros)
    })
    if (process.env.RAPPORT_BENCH_NEEDLES)
      console.log(`  ${needle}: ${measured.map(({ micros }) => microseconds(micros)).join(', ')}`)
  }
  return medians
}

/** The text in the middle, by hand and by Rapport. */
export function middle(work: string, [raw = [], own = []]: readonly number[][]): Line {
  return {
    work: `${work}, p50 of ${NEEDLES.length} texts`,
    raw: microseconds(median(raw)),
    rapport: microseconds(median(own)),
    ratio: median(own) / median(raw),
    limit: 2,
  }
}

/** The slowest text against the one in the middle. */
export function spread(work: string, all: readonly number[]): Line {
  const worst = Math.max(...all)
  return {
    work: `${work}: the slowest text (second) against p50 (first)`,
    raw: microseconds(median(all)),
    rapport: microseconds(worst),
    ratio: worst / median(all),
    limit: 15,
  }
}
