import type { Caller } from '../records/caller'
import { type ActivityCounts, activityCounts, noActivity } from './activity-counts'
import { seriesOf } from './chart'
import type { ReportContext } from './context'
import type { TimeGroup } from './groups'
import { inOrder, labelsFor, type RowKeys } from './labels'
import { type Figures, type Report, runReport } from './report'
import type { ReportRequest } from './request'
import { readGroups, TIME_GROUPS } from './request'
import type { SharedWhere } from './shared-where'

export type ActivityGroup = 'owner' | 'team' | TimeGroup

/** Null where the asker may not read records of that kind, or what the figure rests on. */
export interface ActivityFigures {
  calls: number | null
  meetings: number | null
  emails: number | null
  sms: number | null
  /** Activities of kind note, and notes written on records. */
  notes: number | null
  tasksDone: number | null
  /** Not done, and due in the period before now. */
  tasksOverdue: number | null
  leadsCreated: number | null
  leadsConverted: number | null
  dealsCreated: number | null
  dealsWon: number | null
}

export interface ActivityRow extends RowKeys, ActivityFigures {}
export type AgentActivityReport = Report<ActivityRow, ActivityFigures>
export interface AgentActivityRequest
  extends Omit<ReportRequest<SharedWhere, ActivityGroup>, 'pipeline' | 'currency'> {}

/**
 * What agents did: calls, meetings, emails, text messages and notes by when they happened, tasks done by when, tasks
 * overdue by when they were due, and leads and deals created, converted and won. Everything counts for the owner of
 * the record, notes on records for their author. By owner unless told otherwise; `['owner', 'day']` gives the daily
 * summary. Filters apply to all kinds of record alike (not to notes on records), so they are on what all have.
 *
 * @throws FORBIDDEN without `reports`; VALIDATION for a bad period, filter, group or zone
 * @example
 * const { rows } = await me.reports.agentActivity({ period: { this: 'week' }, groupBy: ['owner', 'day'] })
 */
export const agentActivity = (caller: Caller, request: AgentActivityRequest): Promise<AgentActivityReport> =>
  runReport(caller, request, { keys: ['groupBy'] }, (ctx) =>
    activityBy(ctx, readGroups<ActivityGroup>(ctx.request.groupBy ?? 'owner', ['owner', 'team', ...TIME_GROUPS])),
  )

export async function activityBy(
  ctx: ReportContext,
  groups: readonly string[],
): Promise<Figures<ActivityRow, ActivityFigures>> {
  const counts = await activityCounts(ctx, groups)
  const labels = await labelsFor(ctx, groups)
  const shown = inOrder(ctx, groups, counts.groups, noActivity).map((of) => ({
    of,
    shown: Object.assign(labels.of(of.keys), figuresOf(of, counts.known)),
  }))
  return {
    rows: shown.map((row) => row.shown),
    totals: figuresOf(counts.total, counts.known),
    series: seriesOf(ctx, groups, labels, shown, [
      ['calls', 'Calls'],
      ['meetings', 'Meetings'],
      ['emails', 'Emails'],
      ['notes', 'Notes'],
      ['tasksDone', 'Tasks done'],
    ]),
  }
}

const NAMES = [
  'calls',
  'meetings',
  'emails',
  'sms',
  'notes',
  'tasksDone',
  'tasksOverdue',
  'leadsCreated',
  'leadsConverted',
  'dealsCreated',
  'dealsWon',
] as const

const figuresOf = ({ counts }: ActivityCounts, known: ReadonlySet<string>): ActivityFigures =>
  Object.fromEntries(
    NAMES.map((name) => [name, known.has(name) ? (counts[name] ?? 0) : null]),
  ) as unknown as ActivityFigures
