import { forbidden, requireAny } from '../access/actor'
import { checkRef } from '../events/timeline'
import { CrmError, invalid } from '../kernel/errors'
import { isId, newId } from '../kernel/ids'
import { hasForbiddenCharacters } from '../kernel/text'
import { appendEvent } from '../records/append-event'
import { authorOf, type Caller, nowOf } from '../records/caller'
import { writeQuery } from '../records/checks'
import type { Changes, RecordRef } from '../records/event'
import { findInScope, notFound } from '../records/find'
import { runVerb, type VerbOptions } from '../records/idempotency'
import type { WriteSession } from '../records/write'
import { inList, raw, sql } from '../storage/sql'
import { mentionCandidates } from './mentions'
import { NOTE_COLUMNS, type Note, readNote } from './note'

const MAX_BODY = 100_000

export interface NotePatch {
  body?: string
  pinned?: boolean
}

/** Writes a note on a record the caller may read. */
export const addNote = (
  caller: Caller,
  record: RecordRef,
  body: string,
  options: { pinned?: boolean } & VerbOptions = {},
): Promise<Note> => {
  const { pinned = false, ...verb } = options ?? {}
  return runVerb(caller, 'notes.add', [record, body, pinned], verb, async (write) => {
    const about = checkRef(writeQuery(write), record)
    await requireReadable(write, about)
    requireAny(write.actor, 'notes', 'create')
    checkPatch({ body: body ?? '', pinned })
    const now = nowOf(caller)
    // Text from a public form is written by the system, and may not call on anybody.
    const mentions = write.actor.user === null ? [] : await usersMentioned(write, body)
    const createdBy = authorOf(caller, write.actor)
    const note: Note = {
      id: newId(),
      about,
      body,
      mentions,
      pinned,
      createdAt: now,
      createdBy,
      updatedAt: now,
      version: 1,
    }
    const columns =
      'tenant_id, id, record_type, record_id, body, mentions, pinned, created_at, created_by, updated_at, version'
    await write.send(
      `insert into ${caller.storage.table('note')} (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
      [
        caller.tenant,
        note.id,
        about.type,
        about.id,
        body,
        JSON.stringify(mentions),
        pinned ? 1 : 0,
        now.getTime(),
        note.createdBy,
        now.getTime(),
      ],
    )
    await logNote(write, note, 'created', {
      body: [null, body],
      ...(pinned && { pinned: [null, true] }),
      ...(mentions.length > 0 && { mentions: [null, mentions] }),
    })
    return note
  })
}

/** Changes what is given. Nothing differs: nothing is written. */
export const updateNote = (caller: Caller, id: string, patch: NotePatch, options?: VerbOptions): Promise<Note> =>
  runVerb(caller, 'notes.update', [id, patch], options, async (write) => {
    checkPatch(patch)
    const before = await requireNote(write, id, 'update')
    const after: Note = { ...before, body: patch.body ?? before.body, pinned: patch.pinned ?? before.pinned }
    if (after.body !== before.body) after.mentions = await usersMentioned(write, after.body)
    const names = (['body', 'pinned', 'mentions'] as const).filter(
      (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    )
    if (names.length === 0) return before
    Object.assign(after, { updatedAt: nowOf(caller), version: before.version + 1 })
    const update = `update ${caller.storage.table('note')} set body = ?, mentions = ?, pinned = ?, updated_at = ?, version = ? where tenant_id = ? and id = ? and version = ?`
    const values = [
      after.body,
      JSON.stringify(after.mentions),
      after.pinned ? 1 : 0,
      after.updatedAt.getTime(),
      after.version,
    ]
    if ((await write.run(update, [...values, caller.tenant, id, before.version])) === 0) throw changedMeanwhile()
    await logNote(write, after, 'updated', Object.fromEntries(names.map((name) => [name, [before[name], after[name]]])))
    return after
  })

export const deleteNote = (caller: Caller, id: string, options?: VerbOptions): Promise<void> =>
  runVerb(caller, 'notes.delete', id, options, async (write) => {
    const note = await requireNote(write, id, 'delete')
    const now = nowOf(caller).getTime()
    const update = `update ${caller.storage.table('note')} set deleted_at = ?, updated_at = ?, version = ? where tenant_id = ? and id = ? and version = ?`
    const done = await write.run(update, [now, now, note.version + 1, caller.tenant, id, note.version])
    if (done === 0) throw changedMeanwhile()
    await logNote(write, { ...note, version: note.version + 1 }, 'deleted', {})
  })

const changedMeanwhile = () =>
  new CrmError('CONFLICT', 'The note was changed at the same moment.', {
    field: 'version',
    rule: 'changed-meanwhile',
    remedy: 'Read the note again and repeat the change.',
  })

function checkPatch(patch: NotePatch) {
  const unknown = Object.keys(patch ?? {}).find((key) => key !== 'body' && key !== 'pinned')
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', 'Use only: body, pinned.')
  const { body, pinned } = patch ?? {}
  if (body !== undefined) {
    if (typeof body !== 'string' || body.trim() === '') throw invalid('body', 'required', 'Give some text.')
    if (body.length > MAX_BODY) throw invalid('body', 'too-long', `Keep it to ${MAX_BODY} characters.`)
    if (hasForbiddenCharacters(body))
      throw invalid('body', 'forbidden-character', 'Remove NUL characters and broken surrogate pairs.')
  }
  if (pinned !== undefined && typeof pinned !== 'boolean') throw invalid('pinned', 'wrong-type', 'Give true or false.')
}

async function requireReadable(write: WriteSession, { type, id }: RecordRef) {
  if (!(await findInScope(writeQuery(write), write, type, id, 'read'))) throw notFound(type)
}

/** The note, when its record is readable and it is the caller's to change: their own, or by the level of the role. */
async function requireNote(write: WriteSession, id: string, action: 'update' | 'delete'): Promise<Note> {
  const { storage, tenant } = write.caller
  const select = `select ${NOTE_COLUMNS} from ${storage.table('note')} n where n.tenant_id = ? and n.id = ? and n.deleted_at is null`
  const [row] = isId(id) ? await write.all(select, [tenant, id]) : []
  const note = row && readNote(row)
  if (!note || write.actor.scope('notes', 'read').kind === 'none') throw notFound('notes')
  const { about } = note
  if (!(await findInScope(writeQuery(write), write, about.type, about.id, 'read'))) throw notFound('notes')
  const scope = write.actor.scope('notes', action)
  const mine = scope.kind === 'owners' && note.createdBy !== null && scope.owners.has(note.createdBy)
  if (scope.kind !== 'all' && !mine) throw forbidden('notes', action)
  return note
}

/** Mentioned users that exist. One statement when there may be any, else none. */
async function usersMentioned(write: WriteSession, body: string): Promise<string[]> {
  const places = mentionCandidates(body)
  if (places.length === 0) return []
  const { storage, tenant } = write.caller
  const ids = [...new Set(places.flat())]
  const select = sql`select id from ${raw(storage.table('user'))} where tenant_id = ${tenant} and ${inList(raw('id'), ids)}`
  const known = new Set((await write.all(select.text, select.params)).map(([id]) => String(id)))
  return [...new Set(places.flatMap((forms) => forms.find((form) => known.has(form)) ?? []))]
}

const logNote = (write: WriteSession, note: Note, verb: string, changes: Changes) =>
  appendEvent(write, {
    name: `note.${verb}`,
    recordType: 'notes',
    recordId: note.id,
    recordVersion: note.version,
    changes,
    about: [note.about],
  })
