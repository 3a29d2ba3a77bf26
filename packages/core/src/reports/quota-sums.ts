import { startOfUnit, unitKey } from '../kernel/period-units'
import { isPeriodUnit } from '../kernel/periods'
import { compileWhere } from '../records/filter'
import { FROM_REPLICA } from '../storage/port'
import { and, inList, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { type Keys, merged } from './groups'
import { atToday } from './open-deals'
import { addParts, type Parts } from './parts'
import { reportScope } from './scope'

export interface QuotaSum {
  readonly keys: Keys
  readonly quota: Parts
}

/**
 * Quotas of the months that begin in the period, by group: those of the users in reach (and in the filter on `owner`),
 * or of the teams themselves when grouped by team. Each at the rate of the first of its month, or of today for months
 * to come. Nothing for groups that quotas do not know.
 */
export async function quotaSums(ctx: ReportContext, groups: readonly string[]): Promise<QuotaSum[]> {
  if (groups.some((group) => group === 'pipeline' || group === 'source') || !ctx.sees('deals', 'amount')) return []
  const kind = groups.includes('team') ? 'team' : 'user'
  const { caller, query, period, today } = ctx
  const quotas = sql`select tenant_id, grantee_id as owner, month, amount, currency from ${raw(caller.storage.table('quota'))} where tenant_id = ${caller.tenant} and grantee_kind = ${kind}`
  const where = and(
    sql`r.month >= ${period.fromDate} and r.month < ${period.toDate}`,
    kind === 'user' ? usersInReach(ctx) : teamsInReach(ctx),
  )
  const statement = sql`select r.owner, r.month, r.amount, r.currency from (${quotas}) r where ${where}`
  const rows = await caller.storage.read(statement.text, statement.params, FROM_REPLICA)
  const found = rows.map(([owner, month, amount, currency]): QuotaSum => {
    const day = String(month).slice(0, 10)
    const hasBegun = day <= today
    const keys = groups.map((group) => {
      if (isPeriodUnit(group))
        return [group, unitKey(startOfUnit(day, group, query.engine.settings), group, query.engine.settings)]
      return [group, String(owner)]
    })
    return {
      keys: Object.fromEntries(keys),
      quota: atToday(ctx, String(currency), BigInt(amount as number), hasBegun ? day : today),
    }
  })
  return merged(found, (one, other) => ({ keys: one.keys, quota: addParts(one.quota, other.quota) }))
}

function usersInReach({ query, request, table }: ReportContext): Sql {
  const scope = reportScope(query, 'deals')
  const owners = scope.kind === 'owners' ? inList(raw('r.owner'), [...scope.owners]) : and()
  const filter = (request.where as { owner?: unknown } | undefined)?.owner
  return filter === undefined ? owners : and(owners, compileWhere(query, table('deals'), { owner: filter }, 'r'))
}

function teamsInReach({ query }: ReportContext): Sql {
  const scope = reportScope(query, 'deals')
  if (scope.kind === 'all') return and()
  return inList(raw('r.owner'), scope.kind === 'owners' && scope.shared ? query.actor.teams : [])
}
