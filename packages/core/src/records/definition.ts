import type { Sql } from '../storage/sql'
import type { Caller } from './caller'
import type { RecordRef } from './event'
import type { Fields, RecordType } from './field'
import type { QueryContext } from './query'
import type { AnyRecord } from './types'
import type { WriteSession } from './write'

/** A write in progress: what was, what will be, and where to run statements that belong to it. */
export interface Change {
  /** Stored record before; undefined on create. */
  readonly before: AnyRecord | undefined
  /** Record as it will be stored. Rules may set server-owned fields on it. */
  readonly after: AnyRecord
  /** Fields the caller gave. */
  readonly given: ReadonlySet<string>
  readonly caller: Caller
  readonly write: WriteSession
}

/**
 * When an open record is the next step with what it concerns. Fields by name; `status` are the values of the field
 * of that name with which it still calls for somebody.
 *
 * @example
 * nextStep: { status: ['planned'], instant: 'startsAt' } // a meeting
 */
export interface NextStep {
  readonly status: readonly string[]
  readonly instant: string
  /** Where it can fall due on a calendar day instead. */
  readonly day?: string
}

/** One record type. Everything the engine does with it follows from this. */
export interface RecordDefinition<Name extends string = string> {
  /** Resource name: in the API, in roles, in events' `recordType`. */
  readonly type: RecordType
  /** Table name, and the first half of event names: `lead.created`. */
  readonly table: string
  readonly fields: Fields
  /** Field that names a record to a person. */
  readonly title: Name
  /** Fields in which `search` looks, the one that says most first. */
  readonly searched: readonly Name[]
  /** Fields by which two live records, both visible to the caller, count as the same. Checked on create and update. */
  readonly duplicateBy?: readonly Name[]
  /** Multi-valued fields kept in the key table: field name → kind. Tags always are. */
  readonly keys?: Readonly<Record<string, 'email' | 'phone'>>
  /** What the record has in side tables, with field permissions like a field: `lines` of deals. */
  readonly parts?: readonly string[]
  /** Fields and parts that are made from others, and hidden with them. */
  readonly madeFrom?: Readonly<Record<string, readonly string[]>>
  /** Filters that are not fields, such as `rotten` of deals. */
  readonly filters?: Readonly<Record<string, (value: unknown, query: QueryContext, alias: string) => Sql>>
  /** Links whose record's timeline also shows this record's events. */
  readonly concerns?: readonly Name[]
  /** Links by which it is seen: whoever may read records of their team may read this one with the record it is about. */
  readonly seenWith?: readonly Name[]
  /** Others whose timelines show them, named in the record otherwise than by a link. */
  readonly alsoConcerns?: (record: AnyRecord) => readonly RecordRef[]
  /**
   * Rules of the room, run inside the transaction before the row is written:
   * fill server-owned fields of `after`, or refuse by throwing. Pure unless they read through `change.write`.
   */
  readonly rules?: (change: Change) => void | Promise<void>
  /** The rules of a tenant's first record may also write what all of them rest on. */
  readonly laysGround?: boolean
  /** With it, `nextActivityAt` of the records it `concerns` follows every write, delete and restore. */
  readonly nextStep?: NextStep
  /** Rows of the room's own side tables, written after the record's row. */
  readonly afterWrite?: (change: Change) => void | Promise<void>
  /** The same for a delete (`after.deletedAt` is set) and a restore. */
  readonly afterRemove?: (change: Change) => void | Promise<void>
  /** What an update brings about beside it, once its event is written. */
  readonly afterEvent?: (change: Change) => void | Promise<void>
  /** The room's own tables and the column that names the record: emptied of it by `purge`. */
  readonly sideTables?: readonly (readonly [table: string, column: string])[]
  /** Side tables of other rooms that mention the record: `purge` empties that column and leaves the row. */
  readonly mentionedIn?: readonly (readonly [table: string, column: string])[]
  /** SQL condition of records that still need work: what least-loaded assignment counts. */
  readonly open?: string
  /** The name of an update's event where `<table>.updated` says too little: `deal.won`. */
  readonly eventName?: (change: Change) => string | undefined
}

export const defineRecord = <const F extends Fields>(
  definition: RecordDefinition<keyof F & string> & { readonly fields: F },
): RecordDefinition => definition
