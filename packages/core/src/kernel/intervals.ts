/** A stretch of time in milliseconds, half-open. */
export type Interval = readonly [from: number, to: number]

/** Sorted, with those that overlap or touch made one. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: [number, number][] = []
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else if (from < to) merged.push([from, to])
  }
  return merged
}

/** What is in both. Each list is merged. */
export function commonIntervals(one: readonly Interval[], other: readonly Interval[]): Interval[] {
  const common: Interval[] = []
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    const [a, b] = [one[i] as Interval, other[j] as Interval]
    const [from, to] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])]
    if (from < to) common.push([from, to])
    if (a[1] < b[1]) i++
    else j++
  }
  return common
}

/** What is in the first but not in the second. Each list is merged. */
export function withoutIntervals(one: readonly Interval[], taken: readonly Interval[]): Interval[] {
  const gaps: Interval[] = []
  let from = Number.NEGATIVE_INFINITY
  for (const [start, end] of taken) {
    gaps.push([from, start])
    from = end
  }
  gaps.push([from, Number.POSITIVE_INFINITY])
  return commonIntervals(one, gaps)
}
