import type { Client } from './crm'

type Report = (request: Record<string, unknown>) => Promise<unknown>

const YEAR = { from: '2026-01-01', to: '2027-01-01' }
const MARCH = { from: '2026-03-01', to: '2026-03-10' }
const GROUPS = ['owner', 'team', 'source', 'campaign', 'medium', 'pipeline', 'lostReason', 'month', 'day', 'stage']

/** A valid request of a report that knows no more of it than its name. */
export const reportRequest = (name: string): Record<string, unknown> =>
  name === 'pipelineAsOf' ? { at: '2026-03-09' } : { period: YEAR }

/** Every report of the client, with every grouping, comparison and a filter; those it does not take are refused. */
export function everyReport(client: Client): { name: string; request: Record<string, unknown> }[] {
  return Object.keys((client as unknown as { reports: Record<string, Report> }).reports).flatMap((name) => {
    const usual = reportRequest(name)
    const more =
      name === 'pipelineAsOf'
        ? []
        : [{ period: MARCH, compare: 'previous' }, ...GROUPS.map((groupBy) => ({ ...usual, groupBy }))]
    return [
      usual,
      { ...usual, where: { owner: { team: 'north' } } },
      { ...usual, where: { not: { tags: 'VIP' } } },
      ...more,
    ].map((request) => ({ name, request }))
  })
}

export const runReport = (client: Client, name: string, request: Record<string, unknown>): Promise<unknown> =>
  ((client as unknown as { reports: Record<string, Report> }).reports[name] as Report)(request)
