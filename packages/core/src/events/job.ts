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
  /** A system client of that tenant; the reason is kept in the event log. */
  clientOf(tenant: string, reason: string): unknown
}

export interface Done {
  done: number
  /** When the earliest of what is left falls due; undefined when nothing waits. */
  next?: Date | undefined
}
