import { newId } from '../kernel/ids'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import { type QueryContext, readableRows } from '../records/query'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import type { Session } from '../storage/port'
import { inList, or, raw, sql } from '../storage/sql'
import type { Ref } from './attendee-input'
import type { Answer, Attendee } from './attendee-types'

/** Attendees of a meeting, without contacts that the actor may not see; the required ones first. */
export async function readAttendees(
  query: QueryContext,
  reader: Pick<Session, 'all'>,
  meeting: string,
): Promise<Attendee[]> {
  const { engine, actor, tenant } = query
  const contacts = tableOf(engine, 'contacts')
  const [named, mailed] = ['name', 'email'].map((name) => isVisible(actor, contacts, name))
  const seen = or(raw('a.contact_id is null'), readableRows(query, contacts, 'c'))
  const select = sql`select a.id, a.user_id, a.contact_id, a.email, a.name, u.name as of_user, u.email as at_user, c.name as of_contact, c.email as at_contact,
      a.role, a.answer, a.answered_at, a.comment from ${raw(engine.storage.table('meeting_attendee'))} a
    left join ${raw(engine.storage.table('user'))} u on u.tenant_id = a.tenant_id and u.id = a.user_id
    left join ${raw(contacts.name)} c on c.tenant_id = a.tenant_id and c.id = a.contact_id
    where a.tenant_id = ${tenant} and a.meeting_id = ${meeting} and ${seen} order by a.role desc, a.id`
  const text = (value: unknown) => (value == null ? null : String(value))
  return (await reader.all(select.text, select.params)).map((row) => ({
    id: String(row[0]),
    user: text(row[1]),
    contact: text(row[2]),
    name: text(row[4] ?? row[5] ?? (named ? row[7] : null)),
    email: text(row[3] ?? row[6] ?? (mailed ? row[8] : null)),
    role: String(row[9]) as Attendee['role'],
    answer: String(row[10]) as Answer,
    answeredAt: row[11] == null ? null : new Date(Number(row[11])),
    comment: text(row[12]),
  }))
}

const tableName = ({ storage }: Caller) => raw(storage.table('meeting_attendee'))
const COLUMNS = 'tenant_id, id, meeting_id, user_id, contact_id, email, name, role, answer, first_at, last_at'

export async function insertAttendee(
  write: WriteSession,
  meeting: AnyRecord,
  ref: Ref,
  role: string,
  name: string | null,
) {
  const { tenant } = write.caller
  const [first, last] = [meeting.firstAt as Date, meeting.lastAt as Date | null]
  const insert = sql`insert into ${tableName(write.caller)} (${raw(COLUMNS)}) values (${tenant}, ${newId()}, ${meeting.id}, ${ref.user}, ${ref.contact}, ${ref.email}, ${name}, ${role}, ${'needs-action'}, ${first.getTime()}, ${last?.getTime() ?? null})`
  await write.send(insert.text, insert.params)
}

export const updateAttendee = (write: WriteSession, id: string, set: string, values: (string | number | null)[]) =>
  write.send(`update ${write.caller.storage.table('meeting_attendee')} set ${set} where tenant_id = ? and id = ?`, [
    ...values,
    write.caller.tenant,
    id,
  ])

export async function deleteAttendees(write: WriteSession, ids: readonly string[]) {
  const remove = sql`delete from ${tableName(write.caller)} where tenant_id = ${write.caller.tenant} and ${inList(raw('id'), ids)}`
  await write.send(remove.text, remove.params)
}
