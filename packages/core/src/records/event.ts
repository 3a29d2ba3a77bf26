import type { RecordType } from './field'

/** From what to what, by field; the first is null on create. */
export type Changes = Record<string, readonly [from: unknown, to: unknown]>

/** One row of the event log. */
export interface EventRecord {
  id: string
  at: Date
  /** `lead.created`, `deal.stage_changed`, … */
  name: string
  recordType: RecordType | 'notes' | 'users' | 'teams' | 'pipelines' | 'shares' | 'tags' | 'imports' | 'rates' | 'quotas' | 'prices'
  recordId: string
  /** Version of the record after the change; 0 where there is none. */
  recordVersion: number
  /** User who did it; null for the system. */
  actor: string | null
  /** Why the system did it. */
  reason: string | null
  changes: Changes
  /** Other records it concerns: their timelines show it too. */
  about: readonly { type: RecordType; id: string }[]
  /** Imported history: logged, never announced. */
  silent: boolean
}
