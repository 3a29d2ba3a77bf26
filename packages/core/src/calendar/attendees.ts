import { CrmError, invalid } from '../kernel/errors'
import { type Caller, nowOf } from '../records/caller'
import { checkFieldAccess, requireActiveUser, writeQuery } from '../records/checks'
import { tableOf } from '../records/engine'
import { findInScope, notFound, requireForWrite } from '../records/find'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import { saveChange } from '../records/update'
import { isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import { cleanPeople, isText, MAX_ATTENDEES, matches, type NamedPerson, type Ref } from './attendee-input'
import type { Answer, AnswerOptions, Attendee, AttendeeRef, Invitee } from './attendee-types'
import { deleteAttendees, insertAttendee, readAttendees, updateAttendee } from './attendees-stored'

const ANSWERS = ['needs-action', 'accepted', 'declined', 'tentative']

/** Who is invited, as far as the caller may see the contacts among them. NOT_FOUND as for `get`. */
export async function listAttendees(caller: Caller, id: string): Promise<Attendee[]> {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  if (!isVisible(query.actor, tableOf(query.engine, 'meetings'), 'attendees')) throw hiddenAttendees()
  if (!(await findInScope(query, reader, 'meetings', id, 'read'))) throw notFound('meetings')
  return readAttendees(query, reader, id)
}

/** Invites people, or changes the role of those invited already; answers stay. */
export function inviteTo(
  caller: Caller,
  id: string,
  invitees: readonly Invitee[],
  options?: VerbOptions,
): Promise<Attendee[]> {
  const wanted = cleanPeople(caller, invitees, ['role', 'name'])
  return runVerb(caller, 'meetings.invite', [id, invitees], options, (write) =>
    changeAttendees(write, id, 'update', 'meeting.invited', (before, meeting) =>
      addPeople(write, meeting, before, wanted),
    ),
  )
}

/** The same for a meeting that was just made, in its transaction. */
export const inviteIn = async (write: WriteSession, meeting: AnyRecord, wanted: readonly NamedPerson[]) =>
  (await saveAttendees(write, meeting, 'meeting.invited', () => addPeople(write, meeting, [], wanted))).meeting

async function addPeople(
  write: WriteSession,
  meeting: AnyRecord,
  before: readonly Attendee[],
  wanted: readonly NamedPerson[],
) {
  for (const [index, { ref, role, name }] of wanted.entries()) {
    const known = before.find((one) => matches(one, ref))
    if (known) {
      if (role !== undefined && known.role !== role) await updateAttendee(write, known.id, 'role = ?', [role])
      continue
    }
    await requireTarget(write, `invitees.${index}`, ref)
    await insertAttendee(write, meeting, ref, role ?? 'required', name ?? null)
  }
}

/** Takes people off the list. Those who are not on it are passed over. */
export function uninviteFrom(
  caller: Caller,
  id: string,
  attendees: readonly AttendeeRef[],
  options?: VerbOptions,
): Promise<Attendee[]> {
  const gone = cleanPeople(caller, attendees, [])
  return runVerb(caller, 'meetings.uninvite', [id, attendees], options, (write) =>
    changeAttendees(write, id, 'update', 'meeting.uninvited', async (before) => {
      const ids = before.filter((one) => gone.some(({ ref }) => matches(one, ref))).map((one) => one.id)
      if (ids.length > 0) await deleteAttendees(write, ids)
    }),
  )
}

/** One's own answer, or with `attendee` that of somebody else, for those who may change the meeting. */
export function answerInvitation(
  caller: Caller,
  id: string,
  answer: Answer,
  options: AnswerOptions = {},
): Promise<Attendee[]> {
  const { attendee, comment = null, ...verb } = options ?? {}
  if (!ANSWERS.includes(answer)) throw invalid('answer', 'invalid-option', `Use one of: ${ANSWERS.join(', ')}.`)
  if (comment !== null && !isText(comment, 2000))
    throw invalid('comment', 'invalid-text', 'Give at most 2,000 characters of text.')
  const named = attendee === undefined ? undefined : cleanPeople(caller, [attendee], [])[0]?.ref
  return runVerb(caller, 'meetings.answer', [id, answer, attendee, comment], verb, (write) => {
    const own: Ref = { user: write.actor.user, contact: null, email: null }
    const mine = named === undefined || (named.user !== null && named.user === own.user)
    return changeAttendees(write, id, mine ? 'read' : 'update', 'meeting.answered', async (before) => {
      const found = before.find((one) => matches(one, named ?? own))
      if (!found) throw notInvited(mine)
      if (found.answer === answer && found.comment === comment) return
      const at = nowOf(caller).getTime()
      await updateAttendee(write, found.id, 'answer = ?, answered_at = ?, comment = ?', [answer, at, comment])
    })
  })
}

/** Runs a change of the list; a version and an event of the meeting when the list differs afterwards. */
async function changeAttendees(
  write: WriteSession,
  id: string,
  action: 'read' | 'update',
  event: string,
  work: (before: readonly Attendee[], meeting: AnyRecord) => Promise<void>,
): Promise<Attendee[]> {
  const meeting = await requireForWrite(write, 'meetings', id, action)
  const table = tableOf(write.caller.engine, 'meetings')
  if (action === 'update') checkFieldAccess(write, table, { attendees: true })
  const { after } = await saveAttendees(write, meeting, event, (before) => work(before, meeting))
  return isVisible(write.actor, table, 'attendees') ? after : after.filter(({ user }) => user === write.actor.user)
}

async function saveAttendees(
  write: WriteSession,
  meeting: AnyRecord,
  event: string,
  work: (before: readonly Attendee[]) => Promise<void>,
) {
  const table = tableOf(write.caller.engine, 'meetings')
  const query = writeQuery(write)
  const before = await readAttendees(query, write, meeting.id)
  await work(before)
  const after = await readAttendees(query, write, meeting.id)
  if (after.length > MAX_ATTENDEES) throw invalid('invitees', 'too-many', `Invite at most ${MAX_ATTENDEES}.`)
  if (JSON.stringify(before) === JSON.stringify(after)) return { meeting, after }
  const involved = [...new Set([...before, ...after].flatMap(({ contact }) => contact ?? []))]
  const saved = await saveChange(write, table, meeting, { ...meeting }, new Set(), event, {
    changes: { attendees: [before.map(toldOf), after.map(toldOf)] },
    about: involved.filter((contact) => contact !== meeting.contact).map((one) => ({ type: 'contacts', id: one })),
  })
  return { meeting: saved, after }
}

/** Without names and addresses of people, which the log need not keep. */
const toldOf = ({ user, contact, role, answer }: Attendee) => ({ user, contact, role, answer })

async function requireTarget(write: WriteSession, path: string, { user, contact }: Ref) {
  if (user !== null) await requireActiveUser(write, `${path}.user`, user)
  if (contact === null || (await findInScope(writeQuery(write), write, 'contacts', contact, 'read'))) return
  const remedy = 'Give the id of one of your contacts; this one does not exist, is deleted, or is out of your reach.'
  throw invalid(`${path}.contact`, 'missing-target', remedy)
}

const notInvited = (mine: boolean) =>
  mine
    ? new CrmError('FORBIDDEN', 'You are not invited to this meeting.', {
        field: 'attendee',
        rule: 'not-invited',
        remedy: 'Ask the organiser for an invitation, or answer for an attendee with a right to change the meeting.',
      })
    : invalid('attendee', 'not-invited', 'Name one of the attendees.')

const hiddenAttendees = () =>
  new CrmError('FORBIDDEN', 'You may not see attendees.', {
    field: 'attendees',
    rule: 'field-not-readable',
    remedy: 'Ask an administrator for a role that may read attendees.',
  })
