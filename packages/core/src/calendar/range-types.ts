/** Which part of whose calendar. */
export interface RangeQuery {
  /** From this moment on; at most 366 days. Dates as `Date`, or ISO 8601 text with a zone. */
  from: Date | string
  /** Up to this moment, without it. */
  to: Date | string
  /** Ids of up to 100 users. Default: the caller. */
  users?: readonly string[]
  /** Instead of `users`: everybody in that team and those below it. */
  team?: string
  kinds?: readonly ('task' | 'meeting')[]
}

/** A task or a meeting, at one time. Tasks that a series will have are there under the id of the one they come after. */
export interface CalendarEntry {
  kind: 'task' | 'meeting'
  /** Id of the task or meeting. */
  id: string
  /** Which time of a recurring one; null of what takes place once, and of a task that is there already. */
  occurrence: string | null
  /** Absent where the caller's role hides it. */
  title?: string
  status: string
  owner: string | null
  /** Those of the users asked for in whose calendar it is: owner, or invited and not declined. */
  users: string[]
  /** When it begins; a whole day begins when it does in the caller's zone. */
  from: Date
  /** When it is over; the same as `from` for a task due at an instant. */
  to: Date
  /** Of whole days, the same wherever one is: from this to before that. */
  startDate: string | null
  endDate: string | null
  location?: string | null
  url?: string | null
  lead?: string | null
  contact?: string | null
  company?: string | null
  deal?: string | null
}
