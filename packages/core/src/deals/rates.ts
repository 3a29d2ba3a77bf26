import { requireAny } from '../access/actor'
import { invalid } from '../kernel/errors'
import { isCurrency } from '../kernel/money'
import { isCalendarDate } from '../kernel/zones'
import { appendEvent } from '../records/append-event'
import type { Caller } from '../records/caller'
import type { Changes } from '../records/event'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import type { WriteSession } from '../records/write'
import { and, inList, raw, sql } from '../storage/sql'
import { cleanDecimal } from './decimal-text'
import { checkKeys } from './pipeline-input'

/** An exchange rate as it is given. */
export interface RateInput {
  /** ISO 4217. */
  from: string
  to: string
  /** From this calendar date on, `YYYY-MM-DD`, until the next rate of the pair. */
  day: string
  /** Units of `to` for one unit of `from`, major units both. Text where a number would not be exact. */
  rate: number | string
}

/** A stored exchange rate. */
export interface Rate extends RateInput {
  /** Exact decimal text. */
  rate: string
}

export interface RateQuery {
  from?: string
  to?: string
  /** First and last day, both included. */
  since?: string
  until?: string
}

const MAX_RATES = 1000
const COLUMNS = ['tenant_id', 'from_currency', 'to_currency', 'day', 'rate']
const LIMITS = { places: 18, max: 1_000_000_000_000, zero: false }

/**
 * Sets dated exchange rates; one of the same pair and day is replaced. Deals already closed keep the rate stored with
 * them. One direction is enough: the other is worked out. Needs `update` on `settings`.
 *
 * @example
 * await admin.rates.set([{ from: 'EUR', to: 'USD', day: '2026-01-01', rate: '1.0825' }])
 */
export async function setRates(
  caller: Caller,
  rates: readonly RateInput[],
  options?: VerbOptions,
): Promise<{ created: number; updated: number; unchanged: number }> {
  if (!Array.isArray(rates) || rates.length > MAX_RATES)
    throw invalid('rates', 'wrong-type', `Give a list of at most ${MAX_RATES} rates.`)
  const wanted = rates.map((rate, index) => cleanRate(rate, `rates.${index}`))
  return runVerb(caller, 'rates.set', rates, options, async (write) => {
    requireAny(write.actor, 'settings', 'update')
    const counts = { created: 0, updated: 0, unchanged: 0 }
    for (const [pair, ofPair] of groupByPair(wanted)) {
      const changes = await saveRates(write, ofPair, counts)
      if (Object.keys(changes).length > 0)
        await appendEvent(write, { name: 'rates.set', recordType: 'rates', recordId: pair, changes })
    }
    return counts
  })
}

function cleanRate(input: RateInput, path: string): Rate {
  checkKeys(input, ['from', 'to', 'day', 'rate'], path)
  for (const name of ['from', 'to'] as const) {
    if (!isCurrency(input[name]))
      throw invalid(`${path}.${name}`, 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  }
  if (input.from === input.to) throw invalid(`${path}.to`, 'same-currency', 'Give two different currencies.')
  if (!isCalendarDate(input.day)) throw invalid(`${path}.day`, 'invalid-date', 'Give a calendar date as YYYY-MM-DD.')
  return { ...input, rate: cleanDecimal(input.rate, LIMITS, `${path}.rate`) }
}

function groupByPair(rates: readonly Rate[]): Map<string, Rate[]> {
  const pairs = new Map<string, Rate[]>()
  for (const rate of rates) {
    const pair = `${rate.from}/${rate.to}`
    pairs.set(pair, [...(pairs.get(pair) ?? []).filter(({ day }) => day !== rate.day), rate])
  }
  return pairs
}

async function saveRates(
  write: WriteSession,
  rates: readonly Rate[],
  counts: { created: number; updated: number; unchanged: number },
): Promise<Changes> {
  const { storage, tenant } = write.caller
  const table = storage.table('exchange_rate')
  const [{ from, to }] = rates as [Rate]
  const days = inList(
    raw('day'),
    rates.map(({ day }) => day),
  )
  const select = sql`select day, rate from ${raw(table)} where tenant_id = ${tenant} and from_currency = ${from} and to_currency = ${to} and ${days}`
  const stored = new Map(
    (await write.all(select.text, select.params)).map(([day, rate]) => [String(day), String(rate)]),
  )
  const changes: Record<string, [string | null, string]> = {}
  for (const { day, rate } of rates) {
    const before = stored.get(day)
    counts[before === undefined ? 'created' : before === rate ? 'unchanged' : 'updated']++
    if (before === rate) continue
    await write.send(storage.dialect.upsert(table, COLUMNS, COLUMNS.slice(0, 4)), [tenant, from, to, day, rate])
    changes[day] = [before ?? null, rate]
  }
  return changes
}

/** Stored rates, newest day first; at most 10,000. Needs `read` on `deals`. */
export async function listRates(caller: Caller, query: RateQuery = {}): Promise<Rate[]> {
  checkKeys(query, ['from', 'to', 'since', 'until'], 'query')
  const { actor } = await queryContext(caller)
  requireAny(actor, 'deals', 'read')
  const { storage, tenant } = caller
  const given = (column: string, operator: string, value: string | undefined) =>
    value === undefined ? and() : sql`${raw(`${column} ${operator}`)} ${String(value)}`
  const where = and(
    sql`tenant_id = ${tenant}`,
    given('from_currency', '=', query.from),
    given('to_currency', '=', query.to),
    given('day', '>=', query.since),
    given('day', '<=', query.until),
  )
  const select = sql`select from_currency, to_currency, day, rate from ${raw(storage.table('exchange_rate'))} where ${where} order by day desc, from_currency, to_currency limit 10000`
  return (await storage.read(select.text, select.params)).map(([from, to, day, rate]) => ({
    from: String(from),
    to: String(to),
    day: String(day),
    rate: String(rate),
  }))
}
