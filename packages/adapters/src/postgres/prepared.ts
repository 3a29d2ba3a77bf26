import { createHash } from 'node:crypto'
import type { Row } from '@rapport/core/storage'
import { readerOf } from '../shared/postgres/values'
import type { PgField, PgWire } from './driver'

/** Statements a connection keeps prepared: each holds a plan in the server's memory. Beyond it the oldest goes. */
const KEPT = 200
/** Prepared under a name from this use on. What is asked once, such as a list with an odd filter, costs nothing to keep. */
const WORTH_KEEPING = 3

/** A statement as one connection knows it. */
export interface Prepared {
  readonly name: string
  /** Parsed and run before on this connection. */
  ready: boolean
  /** Parse is under way in the batch that is being written. */
  sent: boolean
  describe(fields: readonly PgField[]): void
  read(row: (string | null)[]): Row
}

interface KnownStatements {
  plan(text: string): Prepared
  /** Names of statements pushed out of memory, for the server to forget as well. */
  pushedOut(): string[]
}

const connections = new WeakMap<PgWire, KnownStatements>()

export function preparedOn(wire: PgWire): KnownStatements {
  const known = connections.get(wire)
  if (known) return known
  const plans = new Map<string, Prepared>()
  let uses = new Map<string, number>()
  let out: string[] = []

  function isWorthKeeping(text: string): boolean {
    const times = (uses.get(text) ?? 0) + 1
    if (uses.size >= 10 * KEPT) uses = new Map()
    uses.set(text, times)
    return times >= WORTH_KEEPING
  }

  const made: KnownStatements = {
    plan(text) {
      const plan = plans.get(text)
      if (plan) return plan
      if (!isWorthKeeping(text)) return unnamedPlan()
      const fresh = newPlan(nameOf(text))
      // Pushed out and wanted again before the server was told: it is about to be prepared anew under that name.
      out = out.filter((name) => name !== fresh.name)
      if (plans.size >= KEPT) {
        const [oldest, { name }] = plans.entries().next().value as [string, Prepared]
        plans.delete(oldest)
        out.push(name)
      }
      plans.set(text, fresh)
      return fresh
    },
    pushedOut() {
      const names = out
      out = []
      return names
    },
  }
  connections.set(wire, made)
  return made
}

/** After errors that say our memory of the connection is wrong. */
export const forgetPrepared = (wire: PgWire) => connections.delete(wire)

const hashes = new Map<string, string>()

/** From the text alone: connections that a proxy shares among processes then never mean two statements by one name. */
function nameOf(text: string): string {
  const known = hashes.get(text)
  if (known) return known
  const name = `rapport_${createHash('sha1').update(text).digest('base64url')}`
  if (hashes.size >= 10 * KEPT) hashes.clear()
  hashes.set(text, name)
  return name
}

export const unnamedPlan = (): Prepared => newPlan('')

function newPlan(name: string): Prepared {
  let readers: ((text: string) => unknown)[] = []
  let positions: number[] = []
  return {
    name,
    ready: false,
    sent: false,
    describe(fields) {
      readers = []
      positions = []
      fields.forEach(({ dataTypeID }, index) => {
        const reader = readerOf(dataTypeID)
        if (!reader) return
        readers.push(reader)
        positions.push(index)
      })
    },
    read(row) {
      const read: Row = row
      for (let i = 0; i < positions.length; i++) {
        const at = positions[i] as number
        const text = row[at]
        if (text != null) read[at] = (readers[i] as (text: string) => unknown)(text)
      }
      return read
    },
  }
}
