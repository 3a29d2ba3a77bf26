import type { RecordRef } from '../records/event'

/** What people are notified of. */
export const KINDS = [
  'reminder',
  'task-assigned',
  'assigned',
  'invited',
  'mention',
  'shared',
  'deal-won',
  'deal-lost',
] as const
export type NotificationKind = (typeof KINDS)[number]

/** One entry of somebody's inbox. */
export interface Notification {
  id: string
  kind: NotificationKind
  /** How many records it speaks of: what comes within two minutes is told as one, "3 leads were assigned to you". */
  count: number
  /** What it is about; the newest one of several. */
  record: RecordRef
  /** What names that record; null where the reader may not see it. */
  title: string | null
  /** The note that mentions the reader. */
  note: string | null
  /** Who did it; null for the system, and for reminders. */
  actor: string | null
  at: Date
  readAt: Date | null
  /** One line, in the words of `notificationText` or in English. */
  text: string
}

/** Kinds that are told one by one and at once. */
const AT_ONCE: ReadonlySet<NotificationKind> = new Set(['reminder', 'mention'])
export const isCoalesced = (kind: NotificationKind): boolean => !AT_ONCE.has(kind)

/** For how long what comes is added to what is there, in milliseconds. */
export const WINDOW = 120_000
const DAY = 86_400_000
/** For how long a notification is kept, and one that was archived. */
export const KEPT = 180 * DAY
export const ARCHIVED_KEPT = 30 * DAY
