import type { Directory } from '../access/directory'
import type { Clock } from '../kernel/clock'
import type { WeeklyHours } from '../kernel/weekly-hours'
import type { PartsIndex } from '../storage/dialect'
import type { Awaitable, Storage } from '../storage/port'
import type { AssignmentRule } from './assignment'
import type { Caller } from './caller'
import type { Normaliser } from './codec'
import type { EventRecord, RecordRef, TimelineEntry, TimelineOptions } from './event'
import type { RecordType } from './field'
import type { Page } from './list'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import type { Validator } from './validator'

/** Tenant-wide facts that formulas and normal forms depend on. */
export interface Settings {
  /** Currency of reports, ISO 4217. Default `USD`. */
  currency: string
  /** Country of phone numbers without a prefix, ISO 3166. Default none. */
  country: string | undefined
  /** IANA zone of users without one, and of the system. Default `UTC`. */
  timeZone: string
  /** Month in which the fiscal year starts, 1 to 12. Default 1. */
  fiscalYearStart: number
  /** 0 Sunday, 1 Monday. Default 1. */
  weekStartsOn: 0 | 1
  /** `HH:MM` from which the reminders of a due day count, in the zone of whoever is reminded. Default `09:00`. */
  dueTime: string
  /** When users without hours of their own work, by their own clocks. Default Monday to Friday, nine to five. */
  workingHours: WeeklyHours
}

export interface HookContext<Client = unknown, R = AnyRecord> {
  /** A client inside the running transaction: what it writes commits or rolls back with it. */
  tx: Client
  /** Undefined on create. */
  before: R | undefined
  after: R
  event: EventRecord
}

/** Host code around the writes of one record type, named for when it runs. */
export interface RecordHooks<Client = unknown, R = AnyRecord> {
  /** Before any SQL, pure. Throw to refuse; `invalid(field, rule, remedy)` makes a good error. */
  validate?: (input: { values: Readonly<Record<string, unknown>>; action: 'create' | 'update' }) => Awaitable<void>
  /** After our statements, before the commit. A throw rolls everything back. */
  inTransaction?: (context: HookContext<Client, R>) => Awaitable<void>
  /** From the log, after the commit, with retries: may run more than once with the same `event.id`. */
  afterCommit?: (event: EventRecord) => Awaitable<void>
}

/** What all rooms share: one for each `createCrm`. */
export interface Engine {
  readonly storage: Storage
  readonly clock: Clock
  readonly settings: Settings
  readonly directory: Directory
  /** Names of the roles that exist. */
  readonly roles: readonly string[]
  readonly tables: ReadonlyMap<RecordType, RecordTable>
  readonly assignment: Readonly<Partial<Record<RecordType, AssignmentRule>>>
  readonly hooks: Readonly<Partial<Record<RecordType, RecordHooks>>>
  /** Loads what the first call needs, once: validators, number plans, the schema check. */
  ready(on: Storage): Awaitable<void>
  validator(type: RecordType): Validator
  /** What finds parts of texts, where this database has it. Known once `ready`. */
  partsIndex(): PartsIndex | undefined
  /** The normal form of an email, phone or domain; null when it is none. */
  readonly normalise: Normaliser
  /** Tells in-process subscribers, after a commit. */
  announce(events: readonly EventRecord[]): void
  /** The same for a joined transaction, whose commit only the host sees: at the next `tick` that finds them committed. */
  announceLater(events: readonly EventRecord[]): void
  /** What happened to a record. Of the events room, which the records know only by this. */
  timeline(caller: Caller, record: RecordRef, options?: TimelineOptions): Promise<Page<TimelineEntry>>
  /** A scoped client for hooks. */
  client(caller: Caller): unknown
  /** The same caller on another storage: inside a host's transaction. */
  callerOn(caller: Caller, on: Storage): Caller
}

export function tableOf(engine: Engine, type: RecordType): RecordTable {
  const table = engine.tables.get(type)
  if (!table) throw new Error(`No record type ${type}`)
  return table
}
