import type { Row } from '@rapport/core/storage'
import type { Statement } from './batch'
import { executeRead, type Manner } from './connection'
import type { Pool } from './pool'

/** What this process last wrote for each tenant, as a position in the server's log. */
export interface Replica {
  /** Goes after a commit, in the same round trip: where the log is now. */
  readonly position: Statement
  /** Takes that position for the tenant. */
  wrote(tenant: string, position: string): void
  /** Something was written in a transaction of the host's, whose commit only the host sees. */
  wroteJoined(tenant: string): void
  /** Rows from the replica; undefined when it has not got what the tenant wrote, or does not answer. */
  read(tenant: string, statements: readonly Statement[]): Promise<Row[] | undefined>
}

const TENANTS_KEPT = 10_000
/** For how long a tenant reads from the primary after a write in a transaction of the host's, in milliseconds. */
const JOINED_FOR = 60_000
/** For how long a replica that failed is left alone, in milliseconds. */
const REST = 5000

/**
 * A read replica that answers once it has replayed what this process last wrote for the tenant. `statements` of a read
 * end with the query itself; they and the check are one round trip.
 */
export function replicaOf(pool: Pool, manner: Manner): Replica {
  const positions = new Map<string, string>()
  const joined = new Map<string, number>()
  /** Of tenants no longer remembered. */
  let floor: string | undefined
  let restUntil = 0

  return {
    position: { text: 'select pg_current_wal_insert_lsn()::text as lsn', params: [] },
    wrote(tenant, position) {
      positions.delete(tenant)
      positions.set(tenant, position)
      if (positions.size <= TENANTS_KEPT) return
      const [oldest, passed] = positions.entries().next().value as [string, string]
      positions.delete(oldest)
      floor = later(floor, passed)
    },
    wroteJoined(tenant) {
      joined.delete(tenant)
      joined.set(tenant, Date.now() + JOINED_FOR)
      for (const [one, until] of joined) {
        if (until > Date.now()) break
        joined.delete(one)
      }
    },
    async read(tenant, statements) {
      if (Date.now() < restUntil || (joined.get(tenant) ?? 0) > Date.now()) return undefined
      const position = positions.get(tenant) ?? floor
      const check: Statement[] = position === undefined ? [] : [{ text: REACHED, params: [position] }]
      try {
        const outcomes = await pool.use((client, discard) =>
          executeRead(client, [...check, ...statements], manner, discard),
        )
        if (check.length > 0 && outcomes[0]?.rows[0]?.[0] !== 1) return undefined
        return outcomes[check.length + statements.findIndex(({ query }) => query)]?.rows
      } catch {
        restUntil = Date.now() + REST
        return undefined
      }
    },
  }
}

/** A server that replays nothing is the primary itself. */
const REACHED = 'select not pg_is_in_recovery() or pg_last_wal_replay_lsn() >= $1::pg_lsn as reached'

/** The later of two positions, each written as two hexadecimal halves. */
function later(one: string | undefined, other: string): string {
  if (one === undefined) return other
  const [a, b] = [one, other].map((position) =>
    BigInt(`0x${position.replace(/\/(.*)/, (_, low) => low.padStart(8, '0'))}`),
  )
  return (a as bigint) > (b as bigint) ? one : other
}
