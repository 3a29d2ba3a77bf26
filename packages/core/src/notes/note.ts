import type { RecordRef } from '../records/event'
import type { RecordType } from '../records/field'

/** What somebody wrote down about a record. */
export interface Note {
  id: string
  /** The record it is about. */
  about: RecordRef
  /** Markdown, up to 100,000 characters. */
  body: string
  /** Ids of the users mentioned as `@[Name](user:ID)` or `@ID`. */
  mentions: string[]
  pinned: boolean
  createdAt: Date
  /** The author; null when the system wrote it. */
  createdBy: string | null
  updatedAt: Date
  version: number
}

/** Columns of a note, with the alias `n`, in the order {@link readNote} takes them. */
export const NOTE_COLUMNS =
  'n.id, n.record_type, n.record_id, n.body, n.mentions, n.pinned, n.created_at, n.created_by, n.updated_at, n.version'

export const readNote = (row: readonly unknown[]): Note => ({
  id: String(row[0]),
  about: { type: row[1] as RecordType, id: String(row[2]) },
  body: String(row[3]),
  mentions: row[4] == null ? [] : JSON.parse(String(row[4])),
  pinned: Boolean(row[5]),
  createdAt: new Date(Number(row[6])),
  createdBy: row[7] as string | null,
  updatedAt: new Date(Number(row[8])),
  version: Number(row[9]),
})
