import type { RecordType } from './field'

/** From what to what, by field; the first is null on create. */
export type Changes = Record<string, readonly [from: unknown, to: unknown]>

/** One row of the event log. */
export interface EventRecord {
  id: string
  tenant: string
  at: Date
  /** `lead.created`, `deal.stage_changed`, … */
  name: string
  recordType:
    | RecordType
    | 'notes'
    | 'users'
    | 'teams'
    | 'pipelines'
    | 'shares'
    | 'tags'
    | 'imports'
    | 'rates'
    | 'quotas'
    | 'prices'
    | 'calendar'
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

/** A record, named by its type and id: records themselves carry no type. */
export interface RecordRef {
  type: RecordType
  id: string
}

export interface TimelineOptions {
  /** 1 to 200; default 50. */
  limit?: number | undefined
  /** `nextCursor` of the page before. */
  after?: string | null | undefined
  /** The timeline of a deleted record, for those who may delete it. */
  deleted?: boolean | undefined
}

/** One thing that happened, as the asker may see it. */
export interface TimelineEntry {
  /** Id of the event. */
  id: string
  at: Date
  name: string
  /** What it happened to: the record itself, or one that concerns it, such as an activity or a note. */
  recordType: EventRecord['recordType']
  recordId: string
  /** User who did it; null for the system. */
  actor: string | null
  /** Why the system did it. */
  reason: string | null
  /** From what to what, by field, without the fields the asker may not know of. */
  changes: Changes
  /** Imported history. */
  silent: boolean
}
