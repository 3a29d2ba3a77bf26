export const DAY = 86_400_000

/** Milliseconds added up over so many deals, as mean days. Null for none. */
export const meanDays = (time: bigint, count: number): number | null =>
  count === 0 ? null : Number(time) / count / DAY
