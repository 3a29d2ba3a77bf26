import type { Row, Session, SqlValue } from '@rapport/core/storage'
import { numbered } from '../shared/postgres/values'
import type { Outcome, Statement } from './batch'
import { execute, isWholeTrip, type Manner } from './connection'
import type { PgClient } from './driver'

/** A session whose writes wait for the next statement that gives something back, and go with it in one round trip. */
export interface PgSession extends Session {
  /** Runs what waits, with these after it; gives the rows of the last. */
  flush(...last: Statement[]): Promise<Row[]>
  forget(): void
  /** Whether the server may be left within a transaction. */
  readonly begun: boolean
}

/** `first` are statements that go before everything else. */
export function sessionOn(client: PgClient, manner: Manner, guard: () => void, first: readonly Statement[] = []) {
  let waiting: Statement[] = [...first]
  let begun = false

  async function flush(...last: Statement[]): Promise<Outcome[]> {
    // What is still to be checked must not be committed, or released, in the same trip.
    if (last.length > 0 && waiting.some(({ check }) => check)) await flush()
    const statements = [...waiting, ...last]
    waiting = []
    if (statements.length === 0) return []
    begun = !isWholeTrip(client, statements)
    return execute(client, statements, manner)
  }

  const session: PgSession = {
    async all(text, params) {
      guard()
      return (await flush({ text: numbered(text), params })).at(-1)?.rows as Row[]
    },
    async run(text, params) {
      guard()
      return (await flush({ text: numbered(text), params })).at(-1)?.changed as number
    },
    send(text: string, params: readonly SqlValue[], check?: (changed: number) => void) {
      guard()
      waiting.push({ text: numbered(text), params, check })
      // Bounded memory, and the server works while we prepare the rest.
      if (waiting.length >= MOST_WAITING) return flush().then(() => {})
    },
    flush: async (...last) => (await flush(...last)).at(-1)?.rows ?? [],
    forget() {
      waiting = []
    },
    get begun() {
      return begun
    },
  }
  return session
}

const MOST_WAITING = 500
