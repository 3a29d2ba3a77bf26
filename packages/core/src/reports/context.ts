import { requireAny } from '../access/actor'
import { scopeSql } from '../access/scope'
import type { PipelineBook } from '../deals/pipeline-book'
import { CrmError } from '../kernel/errors'
import { type ResolvedPeriod, resolvePeriod } from '../kernel/periods'
import { zonedDate } from '../kernel/zones'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import type { RecordType } from '../records/field'
import { compileWhere } from '../records/filter'
import { liveRows, type QueryContext, queryContext, scopedTable } from '../records/query'
import type { RecordTable } from '../records/record-table'
import { isVisible } from '../records/visibility'
import { and, inList, raw, type Sql } from '../storage/sql'
import { loadPipelines, pickPipelines } from './pipelines'
import { loadRates, type RateBook } from './rates'
import { type AnyRequest, checkRequest, type RequestRules } from './request'
import { reportScope } from './scope'

/** One report being made: who asks, for when, in which zone and currency. */
export interface ReportContext {
  readonly caller: Caller
  readonly query: QueryContext
  readonly request: AnyRequest
  readonly period: ResolvedPeriod
  readonly zone: string
  /** Reporting currency. */
  readonly currency: string
  readonly rates: RateBook
  /** The day whose rates hold for open deals: today in the CRM's own zone. */
  readonly today: string
  /** All pipelines of the tenant. */
  readonly book: PipelineBook
  /** Ids of the pipelines that were asked for; undefined for all. */
  readonly pipelines: readonly string[] | undefined
  /** Rates that would have been needed, by currency: the earliest day. */
  readonly missing: Map<string, string>
  table(type: RecordType): RecordTable
  /** Rows of the type, under the alias `r`, that the asker may count and that meet the filter. */
  rows(type: RecordType): Sql
  /** The same deals in whatever pipeline they are now. */
  rowsAnywhere(type: RecordType): Sql
  sees(type: RecordType, field: string): boolean
  /** Something that is read at most once for a report. */
  once<T>(name: string, read: () => Promise<T>): Promise<T>
}

/** Checks the request and reads what every report needs: who may see what, pipelines, exchange rates. */
export async function openReport(caller: Caller, given: unknown, rules: RequestRules): Promise<ReportContext> {
  const request = checkRequest(given, rules)
  const query = await queryContext(caller)
  requireAny(query.actor, 'reports', 'read')
  const { engine, tenant, actor, now } = query
  const { settings } = engine
  const zone = request.zone ?? actor.zone
  const currency = request.currency ?? settings.currency
  const place = { now, zone, weekStartsOn: settings.weekStartsOn, fiscalYearStart: settings.fiscalYearStart }
  const book = await loadPipelines(caller)
  const known = new Map<string, Promise<unknown>>()
  const pipelines = request.pipeline === undefined ? undefined : pickPipelines(book, request.pipeline)
  // Stages say as much as the pipeline, and are in the indexes that reports read.
  const stages =
    pipelines && [...book.stages.values()].filter((stage) => pipelines.includes(stage.pipeline)).map(({ id }) => id)
  return {
    caller,
    query,
    request,
    period: resolvePeriod(request.period ?? 'today', place),
    zone,
    currency,
    rates: await loadRates(caller.storage, tenant, currency),
    today: zonedDate(now, settings.timeZone),
    book,
    pipelines,
    missing: new Map(),
    table: (type) => tableOf(engine, type),
    rows: (type) => countedRows(query, type, request.where, type === 'deals' ? stages : undefined),
    rowsAnywhere: (type) => countedRows(query, type, request.where, undefined),
    sees: (type, field) => isVisible(actor, tableOf(engine, type), field),
    once<T>(name: string, read: () => Promise<T>) {
      const promise = (known.get(name) as Promise<T> | undefined) ?? read()
      known.set(name, promise)
      return promise
    },
  }
}

function countedRows(
  query: QueryContext,
  type: RecordType,
  where: unknown,
  stages: readonly string[] | undefined,
): Sql {
  const table = tableOf(query.engine, type)
  const scope = scopeSql(reportScope(query, type), scopedTable(query, table, 'r'))
  const inStages = stages ? inList(raw('r.stage'), stages) : and()
  return and(liveRows(query, 'r'), scope, inStages, compileWhere(query, table, where, 'r'))
}

/** The same report for another time. */
export const during = (ctx: ReportContext, period: ResolvedPeriod): ReportContext => ({ ...ctx, period })

/** Refuses a report all of whose figures rest on a field the role hides. Depends on the role alone, never on data. */
export function requireFields(ctx: ReportContext, type: RecordType, ...fields: string[]) {
  if (fields.every((field) => ctx.sees(type, field))) return
  throw new CrmError('FORBIDDEN', `You may not see this report on ${type}.`, {
    field: 'reports',
    rule: 'rests-on-hidden-fields',
    remedy: 'Ask an administrator for a role that may read the fields this report is made of.',
  })
}
