import { invalid } from '../kernel/errors'
import { isCurrency } from '../kernel/money'
import type { Period, PeriodUnit } from '../kernel/periods'
import { isTimeZone } from '../kernel/zones'

/** Common to all reports. JSON all through. */
export interface ReportRequest<Where = unknown, Group extends string = string> {
  /** Which time: `{ this: 'quarter' }`, `{ last: '90d' }`, `{ from: '2026-01-01', to: '2026-07-01' }` (the end excluded). */
  period: Period
  /** A filter as for lists, on the records the report counts. */
  where?: Where
  /** Also gives the period of equal length before, and the change against it. */
  compare?: 'previous'
  /** What to break it down by; at most two. */
  groupBy?: Group | readonly Group[]
  /** Only deals of this pipeline: its id or name. */
  pipeline?: string
  /** ISO 4217 code of the currency to report in. Default: the CRM's own. */
  currency?: string
  /** IANA zone in which days and months are meant. Default: the asker's. */
  zone?: string
}

export type AnyRequest = Partial<ReportRequest> & Record<string, unknown>

const COMMON = ['period', 'where', 'compare', 'currency', 'zone']

/** What one report takes beside period, filter, comparison, currency and zone. */
export interface RequestRules {
  readonly keys?: readonly string[]
  /** False for a report that has no period. */
  readonly period?: boolean
}

/** Refuses what no report, or not this one, understands. */
export function checkRequest(given: unknown, { keys = [], period = true }: RequestRules): AnyRequest {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid('request', 'wrong-type', "Give an object such as { period: { this: 'quarter' } }.")
  }
  const request = given as AnyRequest
  const known = [...COMMON.filter((key) => period || (key !== 'period' && key !== 'compare')), ...keys]
  const unknown = Object.keys(request).find((key) => !known.includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', `Use only: ${known.join(', ')}.`)
  if (period && request.period === undefined)
    throw invalid('period', 'required', "Say which time, e.g. { this: 'quarter' }.")
  if (request.compare !== undefined && request.compare !== 'previous') {
    throw invalid('compare', 'invalid-option', "Use 'previous', or leave it out.")
  }
  if (request.currency !== undefined && !isCurrency(request.currency)) {
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  }
  if (request.zone !== undefined && !isTimeZone(request.zone)) {
    throw invalid('zone', 'invalid-zone', 'Use an IANA zone such as Europe/Berlin.')
  }
  return request
}

/** The groups that were asked for. `allowed` has only what the asker may know of. */
export function readGroups<Group extends string>(groupBy: unknown, allowed: readonly Group[]): Group[] {
  const groups = groupBy === undefined ? [] : Array.isArray(groupBy) ? groupBy : [groupBy]
  if (groups.length > 2 || new Set(groups).size < groups.length) {
    throw invalid('groupBy', 'too-many-groups', 'Give one or two different groups.')
  }
  for (const group of groups) {
    if (!allowed.includes(group)) throw invalid('groupBy', 'unknown-group', `Use one or two of: ${allowed.join(', ')}.`)
  }
  return groups
}

export const TIME_GROUPS = [
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'fiscal-quarter',
  'fiscal-year',
] as const satisfies readonly PeriodUnit[]

/** A true-or-false option. */
export function readFlag(request: AnyRequest, name: string, byDefault: boolean): boolean {
  const value = request[name] ?? byDefault
  if (typeof value !== 'boolean') throw invalid(name, 'wrong-type', 'Give true or false.')
  return value
}
