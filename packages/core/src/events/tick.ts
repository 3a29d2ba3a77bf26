import { invalid } from '../kernel/errors'
import type { Engine } from '../records/engine'
import { type Delivered, deliverDue } from './deliver'
import { dispatchPending } from './dispatch'
import { type EventReader, earlier, type Job, type Round } from './job'
import type { NamedSubscriber } from './subscribers'

export interface TickOptions {
  /** At most so many events are taken off the log, and so many deliveries run. 1 to 10,000; default 500. */
  limit?: number
}

/** What one tick did. All zero and empty: there was nothing to do. */
export interface TickResult extends Delivered {
  /** Events taken off the log. */
  dispatched: number
  /** What else was done, by kind of work: `{ reminders: 3 }`. Kinds without work are left out. */
  work: Readonly<Record<string, number>>
  /** When something falls due next; absent when nothing waits. What is written meanwhile may be due sooner. */
  next?: Date | undefined
}

export interface TickParts {
  engine: Engine
  subscribers: readonly NamedSubscriber[]
  readers: readonly EventReader[]
  jobs: readonly Job[]
  /** Announces what a host has committed by now. */
  releaseNotices(engine: Engine): Promise<void>
  /** Removes what is too old to keep. */
  sweep(engine: Engine): Promise<void>
  clientOf(tenant: string, reason: string): unknown
}

/** One round of background work. With nothing due it is one read for each kind; what is old is swept once an hour. */
export async function runTick(
  parts: TickParts,
  options: TickOptions = {},
  stopping: Round['stopping'] = () => false,
): Promise<TickResult> {
  const { limit = 500 } = options ?? {}
  const { engine, subscribers, clientOf } = parts
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw invalid('limit', 'out-of-range', 'Give a whole number from 1 to 10,000.')
  await engine.ready(engine.storage)
  await parts.releaseNotices(engine)
  const round: Round = { limit, stopping, clientOf }
  const dispatched = await dispatchPending(engine, parts, round)
  let { next, ...delivered } = await deliverDue(engine, subscribers, round)
  const work: Record<string, number> = {}
  for (const job of parts.jobs) {
    if (stopping()) break
    const { done, next: later } = await job.run(round)
    if (done > 0) work[job.name] = done
    next = earlier(next, later)
  }
  await parts.sweep(engine)
  return { dispatched, ...delivered, work, ...(next && { next }) }
}
