import { requireAny } from '../access/actor'
import { invalid } from '../kernel/errors'
import { isMoney, type Money } from '../kernel/money'
import { isCalendarDate } from '../kernel/zones'
import { appendEvent } from '../records/append-event'
import type { Caller } from '../records/caller'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import type { WriteSession } from '../records/write'
import { and, FALSE, inList, or, raw, type Sql, sql } from '../storage/sql'
import { checkKeys } from './pipeline-input'

/** For whom a quota is. A team's own: it is not the sum of its members'. */
export type QuotaOf = { user: string; team?: undefined } | { team: string; user?: undefined }

/** What a user or team is to win in a month. */
export type Quota = QuotaOf & {
  /** `YYYY-MM`. */
  month: string
  amount: Money
}

/** A quota as it is given; null removes it. */
export type QuotaInput = QuotaOf & { month: string; amount: Money | null }

export interface QuotaQuery {
  user?: string
  team?: string
  /** First and last month, both included: `YYYY-MM`. */
  since?: string
  until?: string
}

const MAX_QUOTAS = 1000
const COLUMNS = ['tenant_id', 'grantee_kind', 'grantee_id', 'month', 'amount', 'currency']

/**
 * Sets monthly quotas; one of the same user or team and month is replaced. Needs `update` on `settings`.
 *
 * @example
 * await admin.quotas.set([{ user: 'ada', month: '2026-03', amount: eur(50_000) }, { team: 'emea', month: '2026-03', amount: eur(400_000) }])
 */
export async function setQuotas(caller: Caller, quotas: readonly QuotaInput[], options?: VerbOptions): Promise<void> {
  if (!Array.isArray(quotas) || quotas.length > MAX_QUOTAS)
    throw invalid('quotas', 'wrong-type', `Give a list of at most ${MAX_QUOTAS} quotas.`)
  for (const [index, quota] of quotas.entries()) checkQuota(quota, `quotas.${index}`)
  return runVerb(caller, 'quotas.set', quotas, options, async (write) => {
    requireAny(write.actor, 'settings', 'update')
    await requireGrantees(write, quotas, 'user')
    await requireGrantees(write, quotas, 'team')
    for (const quota of quotas) await saveQuota(write, quota)
  })
}

function checkQuota(quota: QuotaInput, path: string) {
  checkKeys(quota, ['user', 'team', 'month', 'amount'], path)
  const { user, team, month, amount } = quota
  if ((typeof user === 'string') === (typeof team === 'string'))
    throw invalid(path, 'invalid-grantee', "Give either { user: 'id' } or { team: 'id' }.")
  requireMonth(month, `${path}.month`)
  if (amount === null) return
  if (!isMoney(amount) || amount.amount < 0)
    throw invalid(
      `${path}.amount`,
      'invalid-money',
      'Give { amount, currency } in whole minor units, not negative; null removes the quota.',
    )
}

/** Months are stored by their first day. */
const requireMonth = (month: unknown, path: string): string => {
  if (typeof month === 'string' && isCalendarDate(`${month}-01`)) return `${month}-01`
  throw invalid(path, 'invalid-month', 'Give a month as YYYY-MM.')
}

async function requireGrantees(write: WriteSession, quotas: readonly QuotaInput[], kind: 'user' | 'team') {
  const { storage, tenant } = write.caller
  const ids = [...new Set(quotas.flatMap((quota) => quota[kind] ?? []))]
  if (ids.length === 0) return
  const select = sql`select id from ${raw(storage.table(kind))} where tenant_id = ${tenant} and ${inList(raw('id'), ids)}`
  const found = new Set((await write.all(select.text, select.params)).map(([id]) => id))
  const missing = quotas.findIndex((quota) => quota[kind] !== undefined && !found.has(quota[kind]))
  if (missing >= 0)
    throw invalid(`quotas.${missing}.${kind}`, `unknown-${kind}`, `Give the id of a ${kind}; call users.sync first.`)
}

async function saveQuota(write: WriteSession, quota: QuotaInput) {
  const { storage, tenant } = write.caller
  const table = storage.table('quota')
  const kind = quota.user === undefined ? 'team' : 'user'
  const key = [tenant, kind, (quota.user ?? quota.team) as string, `${quota.month}-01`]
  const same = 'tenant_id = ? and grantee_kind = ? and grantee_id = ? and month = ?'
  const [row] = await write.all(`select amount, currency from ${table} where ${same}`, key)
  const before = row ? { amount: Number(row[0]), currency: String(row[1]) } : null
  const { amount } = quota
  if (before?.amount === amount?.amount && before?.currency === amount?.currency) return
  if (amount)
    await write.send(storage.dialect.upsert(table, COLUMNS, COLUMNS.slice(0, 4)), [
      ...key,
      amount.amount,
      amount.currency,
    ])
  else await write.send(`delete from ${table} where ${same}`, key)
  await appendEvent(write, {
    name: 'quota.set',
    recordType: 'quotas',
    recordId: `${kind}:${key[2]}`,
    changes: { [quota.month]: [before, amount] },
  })
}

/**
 * Quotas by month, at most 10,000: all of them with `read` on `settings`; else those of the users and teams whose
 * reports the caller may read.
 */
export async function listQuotas(caller: Caller, query: QuotaQuery = {}): Promise<Quota[]> {
  checkKeys(query, ['user', 'team', 'since', 'until'], 'query')
  const { actor } = await queryContext(caller)
  const { storage, tenant } = caller
  const of = (kind: 'user' | 'team', ids: readonly string[]) =>
    sql`grantee_kind = ${kind} and ${inList(raw('grantee_id'), ids)}`
  const inReach = (): Sql => {
    if (actor.scope('settings', 'read').kind !== 'none') return and()
    const scope = requireAny(actor, 'reports', 'read')
    if (scope.kind === 'owners')
      return or(of('user', [...scope.owners]), scope.shared ? of('team', actor.teams) : FALSE)
    return scope.kind === 'all' ? and() : FALSE
  }
  const where = and(
    sql`tenant_id = ${tenant}`,
    inReach(),
    query.user === undefined ? and() : of('user', [String(query.user)]),
    query.team === undefined ? and() : of('team', [String(query.team)]),
    query.since === undefined ? and() : sql`month >= ${requireMonth(query.since, 'since')}`,
    query.until === undefined ? and() : sql`month <= ${requireMonth(query.until, 'until')}`,
  )
  const select = sql`select grantee_kind, grantee_id, month, amount, currency from ${raw(storage.table('quota'))} where ${where} order by month, grantee_kind, grantee_id limit 10000`
  return (await storage.read(select.text, select.params)).map(([kind, id, month, amount, currency]) => ({
    ...(kind === 'user' ? { user: String(id) } : { team: String(id) }),
    month: String(month).slice(0, 7),
    amount: { amount: Number(amount), currency: String(currency) },
  }))
}
