import { invalid } from '../kernel/errors'
import type { RecordHooks } from '../records/engine'
import type { EventRecord } from '../records/event'
import { type EventPattern, matches } from './names'

export interface SubscriberContext<Client = unknown> {
  /** The CRM as the system, in the event's tenant. What it writes carries the subscriber's name as the reason. */
  crm: Client
  tenant: string
  /** 1 the first time. */
  attempt: number
}

/** Code that must hear of events even when the process ends in between. */
export interface Subscriber<Client = unknown> {
  /** `'deal.won'`, `'leads.*'` or `'*'`. */
  events: readonly EventPattern[]
  /**
   * Called after the commit, from the log, at least once for each event: a throw, a rejection or a crash brings the
   * same `event.id` again, later each time. Make it repeatable, and keep it under `timeout`.
   */
  handle(event: EventRecord, context: SubscriberContext<Client>): void | Promise<void>
  /** Milliseconds after which an attempt counts as failed. Default 30,000; at most 50,000. */
  timeout?: number
}

/** A checked subscriber with its name. */
export interface NamedSubscriber {
  readonly name: string
  readonly timeout: number
  hears(event: Pick<EventRecord, 'name' | 'recordType'>): boolean
  handle(event: EventRecord, context: SubscriberContext): unknown
}

const DEFAULT_TIMEOUT = 30_000
/** Below the lease, so that an attempt has ended before another worker may take the event. */
export const MAX_TIMEOUT = 50_000
const NAME = /^[\w.:-]{1,100}$/

/** The host's subscribers, and the `afterCommit` hooks as subscribers named `hooks.<type>`. */
export function namedSubscribers(
  given: Readonly<Record<string, Subscriber>>,
  hooks: Readonly<Partial<Record<string, RecordHooks>>>,
): NamedSubscriber[] {
  const subscribers = Object.entries(given).map(([name, subscriber]) => checked(name, subscriber))
  for (const [type, hook] of Object.entries(hooks)) {
    const afterCommit = hook?.afterCommit
    if (!afterCommit) continue
    subscribers.push({
      name: `hooks.${type}`,
      timeout: DEFAULT_TIMEOUT,
      hears: ({ recordType }) => recordType === type,
      handle: (event) => afterCommit(event),
    })
  }
  return subscribers
}

function checked(name: string, { events, handle, timeout = DEFAULT_TIMEOUT }: Subscriber): NamedSubscriber {
  const path = `subscribers.${name}`
  if (!NAME.test(name) || /^(?:hooks|calendar)\./.test(name)) {
    throw invalid(
      path,
      'invalid-name',
      'Name it with 1 to 100 letters, digits, -, _, : or dots, and not hooks.… or calendar.…',
    )
  }
  if (
    !Array.isArray(events) ||
    events.length === 0 ||
    !events.every((event) => typeof event === 'string' && event !== '')
  ) {
    throw invalid(`${path}.events`, 'invalid-events', "Give a list such as ['deal.won', 'leads.*'].")
  }
  if (typeof handle !== 'function') throw invalid(`${path}.handle`, 'wrong-type', 'Give a function.')
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > MAX_TIMEOUT) {
    throw invalid(`${path}.timeout`, 'out-of-range', `Give 1 to ${MAX_TIMEOUT} milliseconds.`)
  }
  return { name, timeout, hears: (event) => events.some((pattern) => matches(pattern, event)), handle }
}
