import { sqlite } from '@rapport/adapters/sqlite'
import { type Crm, createCrm } from '@rapport/core'
import { countRows } from './counted-storage'
import type { DemoClock } from './demo-clock'

/** Says which form a lead came by. It stands in the page for anybody to read. */
export const FORM_TOKEN = 'demo-website-form-0001'

export const STAGES = ['Qualification', 'Proposal Sent', 'Negotiation'] as const

export interface OpenCrm {
  crm: Crm
  /** Rows written so far, in all tables. */
  rows(): number
}

/** The CRM of the invented company: euro, Berlin time, one pipeline whose deals go stale. */
export function openDemoCrm(file: string, clock: DemoClock): OpenCrm {
  const { storage, rows } = countRows(sqlite({ file }))
  const crm = createCrm({
    storage,
    clock,
    capture: { tokens: [{ token: FORM_TOKEN, name: 'demo request', defaults: { campaign: 'live-demo' } }] },
    settings: { currency: 'EUR', country: 'GB', timeZone: 'Europe/Berlin' },
    pipelines: [
      {
        name: 'Sales',
        stages: [
          { name: 'Qualification', probability: 10, rottenAfterDays: 30 },
          { name: 'Proposal Sent', probability: 40, rottenAfterDays: 30, forecastCategory: 'best-case' },
          { name: 'Negotiation', probability: 70, rottenAfterDays: 45, forecastCategory: 'commit' },
          { name: 'Closed Won', class: 'won' },
          { name: 'Closed Lost', class: 'lost' },
        ],
      },
    ],
  })
  return { crm, rows }
}
