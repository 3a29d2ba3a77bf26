import { raw, type Sql, sql } from '../storage/sql'

/**
 * Two columns that together are the exact sum of an integer column. A sum beyond 2^53 would lose its last digits on
 * the way through a JavaScript number; its rest by 2^26, and what is left without that rest (a multiple of 2^26), do not.
 */
export const exactSum = (column: Sql): Sql => sql`sum(${column}) % ${UNIT}, sum(${column}) - sum(${column}) % ${UNIT}`

const UNIT = raw('67108864')

/** The sum whose two columns start at `at`; nothing added up is 0. */
export const readExactSum = (row: readonly unknown[], at: number): bigint => whole(row[at]) + whole(row[at + 1])

const whole = (value: unknown): bigint => (value == null ? 0n : BigInt(value as number | string | bigint))
