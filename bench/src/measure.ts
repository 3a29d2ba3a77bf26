/** One way of doing a piece of work. */
export interface Contender {
  name: string
  /** Runs the work once. */
  run(): unknown
}

export interface Measured {
  name: string
  /** Median microseconds of one run. */
  micros: number
}

/**
 * Medians of interleaved rounds: every contender runs in each round, in turn, so that a noisy moment hits all of them.
 * `inner` runs make one sample.
 */
export async function race(contenders: readonly Contender[], rounds: number, inner: number): Promise<Measured[]> {
  const samples = contenders.map(() => [] as number[])
  for (const { run } of contenders) for (let i = 0; i < Math.min(inner, 50); i++) await run()
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (round + turn) % contenders.length
      const { run } = contenders[index] as Contender
      const start = performance.now()
      for (let i = 0; i < inner; i++) await run()
      ;(samples[index] as number[]).push(((performance.now() - start) * 1000) / inner)
    }
  }
  return contenders.map(({ name }, index) => ({ name, micros: median(samples[index] as number[]) }))
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

export interface Line {
  work: string
  raw: string
  rapport: string
  ratio: number
  /** The ratio promised. */
  limit: number
  /** Higher is better (throughput), so the ratio must reach the limit instead of staying under it. */
  atLeast?: boolean
}

export const compare = (work: string, [raw, rapport]: Measured[], limit: number): Line => ({
  work,
  raw: microseconds((raw as Measured).micros),
  rapport: microseconds((rapport as Measured).micros),
  ratio: (rapport as Measured).micros / (raw as Measured).micros,
  limit,
})

export const microseconds = (value: number): string =>
  value < 1000
    ? `${value.toFixed(1)} µs`
    : value < 1_000_000
      ? `${(value / 1000).toFixed(2)} ms`
      : `${(value / 1e6).toFixed(2)} s`

export const holds = ({ ratio, limit, atLeast }: Line): boolean => (atLeast ? ratio >= limit : ratio <= limit)

export function table(lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const bound = `${line.atLeast ? '≥' : '≤'} ${line.limit}`
    return `| ${line.work} | ${line.raw} | ${line.rapport} | ${line.ratio.toFixed(2)} | ${bound} | ${holds(line) ? 'yes' : '**no**'} |`
  })
  return ['| work | raw SQL | Rapport | ratio | promised | holds |', '|---|---|---|---|---|---|', ...rows].join('\n')
}
