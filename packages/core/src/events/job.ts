import type { EventRecord } from '../records/event'
import type { Session } from '../storage/port'

/** Work that a room does in the background, in every tick: reminders that fall due, digests, what is to be swept. */
export interface Job {
  /** Said in what `tick` gives: `reminders`. */
  readonly name: string
  /** Does what is due, of all tenants, oldest first. With nothing due it is one read. */
  run(round: Round): Promise<Done>
}

export interface Round {
  /** Do at most so many pieces. */
  readonly limit: number
  /** True once the worker was told to stop: what is in hand is finished, and nothing new begun. */
  stopping(): boolean
  /** A system client of that tenant; the reason is kept in the event log. */
  clientOf(tenant: string, reason: string): unknown
}

export interface Done {
  done: number
  /** When the earliest of what is left falls due; undefined when nothing waits. */
  next?: Date | undefined
}

/** A room that hears of each event once: what follows from it is written in the transaction that takes it off the log. */
export interface EventReader {
  hears(event: Pick<EventRecord, 'name' | 'recordType'>): boolean
  /** Gives what is to be done once that is committed. */
  take(session: Session, tenant: string, events: readonly EventRecord[]): Promise<Follow | undefined>
}

export type Follow = () => void

/** The earlier of two moments, of which either may be none. */
export const earlier = (one: Date | undefined, other: Date | undefined): Date | undefined =>
  one && other ? (one < other ? one : other) : (one ?? other)
