import type { Engine } from '../records/engine'
import type { EventRecord } from '../records/event'
import { repeating } from '../records/write'
import { type Session, scopedTo } from '../storage/port'
import { inList, raw, type Sql, sql } from '../storage/sql'
import type { Done, Round } from './job'
import { EVENT_COLUMNS, readEvent } from './stored-event'
import type { NamedSubscriber } from './subscribers'
import { firstWaiting } from './waiting'

/** After so many attempts a delivery is given up, until an operator retries it. */
export const MAX_ATTEMPTS = 12
/** For how long a claimed delivery is a worker's own, in milliseconds. When the process dies, it is due again after that. */
export const LEASE = 60_000
const FIRST_DELAY = 10_000
const LONGEST_DELAY = 6 * 3_600_000
const MAX_ERROR_TEXT = 2000
/** Due deliveries looked at before the due ones are asked for again. */
const LOOKED_AT = 100

export interface Delivered {
  delivered: number
  /** Attempts that failed and will be repeated. */
  failed: number
  /** Deliveries given up after the last attempt. */
  dead: number
}

interface Claim {
  tenant: string
  event: EventRecord
  subscriber: NamedSubscriber
  /** Counts from 1, and marks this claim: a result is written only while the claim is still ours. */
  attempt: number
}

/**
 * Runs deliveries that are due, oldest first, at most `limit`. Each is claimed under a lease just before it runs, so that
 * another worker leaves it alone and a crash costs no other delivery an attempt. The one that is done is removed, the
 * one that failed comes due again after `10 s × 2^(attempt - 1)`, at most 6 hours, shortened by up to half at random so
 * that failures spread.
 */
export async function deliverDue(
  engine: Engine,
  subscribers: readonly NamedSubscriber[],
  { limit, clientOf, stopping }: Round,
): Promise<Delivered & Pick<Done, 'next'>> {
  const counts: Delivered = { delivered: 0, failed: 0, dead: 0 }
  if (subscribers.length === 0) return counts
  for (let left = limit; ; ) {
    const rows = rowsFor(engine, raw('q.due_at is not null'), subscribers)
    const waiting = await firstWaiting(engine, { rows, id: 'event_id', due: 'due_at' }, Math.min(left, LOOKED_AT))
    const now = engine.clock.now()
    const due = waiting.filter(({ at }) => at <= now)
    let found = false
    for (const { tenant } of due) {
      if (stopping()) break
      const claimed = await inTenant(engine, tenant, (session) => claim(engine, session, tenant, subscribers))
      if (claimed === undefined) continue
      found = true
      left--
      counts[claimed === 'dead' ? 'dead' : await attempt(engine, claimed, clientOf)]++
    }
    if (!found || left === 0 || stopping()) return { ...counts, next: waiting[found ? 0 : due.length]?.at }
  }
}

const inTenant = <T>({ storage }: Engine, tenant: string, work: (session: Session) => Promise<T>): Promise<T> =>
  repeating(scopedTo(storage, tenant), work)

/** Deliveries with the alias `q`. A running one falls due when its lease ends. */
function rowsFor({ storage }: Engine, of: Sql, subscribers: readonly NamedSubscriber[]): Sql {
  const names = inList(
    raw('q.subscriber'),
    subscribers.map(({ name }) => name),
  )
  return sql`${raw(storage.table('delivery'))} q where ${of} and ${names}`
}

async function claim(
  engine: Engine,
  session: Session,
  tenant: string,
  subscribers: readonly NamedSubscriber[],
): Promise<Claim | 'dead' | undefined> {
  const { storage, clock } = engine
  const mine = sql`q.tenant_id = ${tenant} and q.due_at <= ${clock.now().getTime()}`
  const select = sql`select q.event_id, q.subscriber, q.attempts from ${rowsFor(engine, mine, subscribers)} order by q.due_at, q.event_id limit 1`
  const [row] = await session.all(select.text + (storage.dialect.lockRows ?? ''), select.params)
  if (!row) return undefined
  const [eventId, name] = [String(row[0]), String(row[1])]
  const attempt = Number(row[2]) + 1
  const key = [tenant, eventId, name]
  const update = `update ${storage.table('delivery')} set state = ?, attempts = ?, due_at = ?, last_error = ? where tenant_id = ? and event_id = ? and subscriber = ?`
  if (attempt > MAX_ATTEMPTS) {
    await session.send(update, ['dead', attempt - 1, null, LOST, ...key])
    return 'dead'
  }
  await session.send(update, ['running', attempt, clock.now().getTime() + LEASE, LOST, ...key])
  const readOne = `select ${EVENT_COLUMNS} from ${storage.table('event')} e where e.tenant_id = ? and e.id = ?`
  const [event] = await session.all(readOne, [tenant, eventId])
  const subscriber = subscribers.find((one) => one.name === name) as NamedSubscriber
  return { tenant, event: readEvent(engine, event as unknown[]), subscriber, attempt }
}

/** Stays as the error where nobody lived to write a better one. */
const LOST = 'The process ended while it handled the event.'

async function attempt(
  engine: Engine,
  claimed: Claim,
  clientOf: (tenant: string, reason: string) => unknown,
): Promise<keyof Delivered> {
  const { tenant, event, subscriber } = claimed
  const context = { crm: clientOf(tenant, `subscriber ${subscriber.name}`), tenant, attempt: claimed.attempt }
  const error = await failureOf(subscriber.timeout, async () => subscriber.handle(event, context))
  const { storage, clock } = engine
  const table = storage.table('delivery')
  const mine = `tenant_id = ? and event_id = ? and subscriber = ? and state = 'running' and attempts = ?`
  const key = [tenant, event.id, subscriber.name, claimed.attempt]
  if (error === undefined) {
    await inTenant(engine, tenant, async (session) => session.run(`delete from ${table} where ${mine}`, key))
    return 'delivered'
  }
  const isSpent = claimed.attempt >= MAX_ATTEMPTS
  const due = isSpent ? null : clock.now().getTime() + delayAfter(claimed.attempt)
  const update = `update ${table} set state = ?, due_at = ?, last_error = ? where ${mine}`
  await inTenant(engine, tenant, async (session) => session.run(update, [isSpent ? 'dead' : 'due', due, error, ...key]))
  return isSpent ? 'dead' : 'failed'
}

/** What went wrong within so many milliseconds, as text; undefined when nothing did. */
export async function failureOf(timeout: number, work: () => Promise<unknown>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Took longer than ${timeout} ms.`)), timeout)
  })
  try {
    await Promise.race([work(), late])
    return undefined
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return text.replaceAll('\0', '').slice(0, MAX_ERROR_TEXT)
  } finally {
    clearTimeout(timer)
  }
}

/** Milliseconds until a failed attempt is repeated. */
export const delayAfter = (attempts: number): number =>
  Math.round(Math.min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY) * (1 - Math.random() / 2))
