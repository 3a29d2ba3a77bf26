import type { Bucket } from '../kernel/periods'
import { raw, type Sql } from '../storage/sql'

/**
 * The number of the piece of time that an instant column lies in, found by halving: five comparisons for 24 months.
 * The borders are the instants at which the asker's days and months begin, so clock changes are taken care of.
 */
export function pieceOf(column: Sql, ends: readonly number[], piece: (index: number) => string = String): Sql {
  const choose = (low: number, high: number): string => {
    if (low === high) return piece(low)
    const middle = (low + high) >> 1
    return `case when ${column.text} < ${ends[middle]} then ${choose(low, middle)} else ${choose(middle + 1, high)} end`
  }
  return raw(choose(0, ends.length - 1))
}

export const endsOf = (buckets: readonly Bucket[]): number[] => buckets.map(({ to }) => to.getTime())
