import type { Caller } from '../records/caller'
import type { RecordRef } from '../records/event'
import type { VerbOptions } from '../records/idempotency'
import type { Page } from '../records/list'
import { listNotes, type NotesQuery } from './list'
import type { Note } from './note'
import { addNote, deleteNote, type NotePatch, updateNote } from './write'

/**
 * Notes on records. Who may read a record may read its notes, given a role that reads notes at all; who may create
 * notes may write one on any record they can read. Changing takes the author, within their role's level, or a role
 * whose level on `notes` reaches the author. A record out of reach is NOT_FOUND, and so are its notes.
 */
export interface NotesApi {
  /**
   * @example
   * await me.notes.add({ type: 'deals', id: deal.id }, 'Called @[Ada](user:u1): **green light**', { pinned: true })
   */
  add(record: RecordRef, body: string, options?: { pinned?: boolean } & VerbOptions): Promise<Note>
  /** Pinned ones first, then newest first. */
  list(record: RecordRef, query?: NotesQuery): Promise<Page<Note>>
  update(id: string, patch: NotePatch, options?: VerbOptions): Promise<Note>
  /** Keeps it at the top; `false` lets it go. */
  pin(id: string, pinned?: boolean, options?: VerbOptions): Promise<Note>
  /** Its text leaves the timeline with it. */
  delete(id: string, options?: VerbOptions): Promise<void>
}

export const notesApi = (caller: Caller): NotesApi => ({
  add: (record, body, options) => addNote(caller, record, body, options),
  list: (record, query) => listNotes(caller, record, query),
  update: (id, patch, options) => updateNote(caller, id, patch, options),
  pin: (id, pinned = true, options) => updateNote(caller, id, { pinned }, options),
  delete: (id, options) => deleteNote(caller, id, options),
})
