import type { Row, SqlValue } from '@rapport/core/storage'
import { sayable } from '../shared/postgres/values'
import type { PgField, PgWire } from './driver'
import { type Prepared, preparedOn, unnamedPlan } from './prepared'

export interface Statement {
  /** With `$1` for parameters. */
  readonly text: string
  readonly params: readonly SqlValue[]
  readonly check?: ((changed: number) => void) | undefined
  /** The one of several whose rows are wanted. */
  readonly query?: boolean
}

export interface Outcome {
  rows: Row[]
  changed: number
}

/**
 * Several statements in one round trip: a query object for `client.query`, as pg-cursor is one. Parse (where the
 * connection does not know the statement yet), Bind and Execute of each, then one Sync. The first that fails ends it:
 * the server skips the rest.
 */
export class Batch {
  readonly done: Promise<Outcome[]>
  /** Set anew by the client where it watches the time. */
  callback: (error: unknown, outcomes?: Outcome[]) => void
  private readonly outcomes: Outcome[] = []
  private current: Outcome = { rows: [], changed: 0 }
  private at = 0
  private plans: Prepared[] = []

  constructor(
    private readonly statements: readonly Statement[],
    private readonly named: boolean,
  ) {
    this.callback = () => {}
    this.done = new Promise((resolve, reject) => {
      this.callback = (error, outcomes) => (error ? reject(error) : resolve(outcomes as Outcome[]))
    })
  }

  submit(wire: PgWire) {
    const known = preparedOn(wire)
    wire.stream.cork?.()
    try {
      for (const name of known.pushedOut()) wire.close({ type: 'S', name })
      for (const { text, params } of this.statements) {
        const plan = this.named ? known.plan(text) : unnamedPlan()
        this.plans.push(plan)
        if (!plan.ready && !plan.sent) {
          // The server may hold it from a batch that failed, or from another user of a shared connection.
          if (plan.name !== '') wire.close({ type: 'S', name: plan.name })
          wire.parse({ name: plan.name, text, types: [] })
          wire.describe({ type: 'S', name: plan.name })
          plan.sent = plan.name !== ''
        }
        wire.bind({ portal: '', statement: plan.name, values: params.map(toWire) })
        wire.execute({ portal: '', rows: 0 })
      }
      wire.sync()
    } finally {
      wire.stream.uncork?.()
    }
    return null
  }

  handleRowDescription({ fields }: { fields: readonly PgField[] }) {
    this.plans[this.at]?.describe(fields)
  }

  handleDataRow({ fields }: { fields: (string | null)[] }) {
    this.current.rows.push((this.plans[this.at] as Prepared).read(fields))
  }

  handleCommandComplete({ text }: { text: string }) {
    const plan = this.plans[this.at] as Prepared
    plan.ready = plan.name !== ''
    this.current.changed = Number(/\d+$/.exec(text)?.[0] ?? 0)
    this.next()
  }

  handleEmptyQuery() {
    this.next()
  }

  private next() {
    this.outcomes.push(this.current)
    this.current = { rows: [], changed: 0 }
    this.at++
  }

  handleError(error: unknown) {
    for (const plan of this.plans) plan.sent = false
    this.callback(error)
  }

  handleReadyForQuery() {
    for (const plan of this.plans) plan.sent = false
    this.callback(null, this.outcomes)
  }

  handlePortalSuspended() {}
  handleCopyInResponse() {}
  handleCopyData() {}
}

/** A parameter as the wire takes it. */
const toWire = (value: SqlValue): string | Buffer | null => {
  if (value === null) return null
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return String(sayable(value))
}
