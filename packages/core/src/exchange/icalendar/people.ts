import type { Caller } from '../../records/caller'
import { tableOf } from '../../records/engine'
import type { AnyRecord } from '../../records/types'
import type { Session } from '../../storage/port'
import type { CalendarAnswer, CalendarAttendee, CalendarEvent, CalendarPerson } from './types'

/** The events of a letter: the meeting, and occurrences that differ; or only those. */
export type Letters = readonly [CalendarEvent, ...CalendarEvent[]]

/** An address in the form in which addresses are compared; null where it is none. */
export const addressOf = ({ engine }: Caller, address: unknown): string | null =>
  typeof address === 'string' ? engine.normalise('email', address) : null

/** The live meeting of that uid, whoever's it is. */
export async function idOfUid(caller: Caller, { all }: Pick<Session, 'all'>, uid: string): Promise<string | undefined> {
  const select = `select r.id from ${caller.storage.table('meeting')} r where r.tenant_id = ? and r.uid = ? and r.deleted_at is null`
  const [row] = await all(select, [caller.tenant, uid])
  return row && String(row[0])
}

/** Somebody invited who has an address, in the form in which addresses are compared. */
export interface Guest extends CalendarAttendee {
  user: string | null
  contact?: string | null
}

const ANSWER: Record<string, CalendarAnswer> = { accepted: 'accepted', declined: 'declined', tentative: 'tentative' }

/** Everybody invited who has an address, each once, whoever may see them. */
export async function guestsOf(caller: Caller, meeting: string, reader?: Pick<Session, 'all'>): Promise<Guest[]> {
  const { engine, tenant, storage } = caller
  const [users, contacts] = [storage.table('user'), tableOf(engine, 'contacts').name]
  const select = `select a.user_id, a.contact_id, a.email, a.name, u.email as user_email, u.name as user_name, c.email as contact_email, c.name as contact_name, a.role, a.answer
    from ${storage.table('meeting_attendee')} a
    left join ${users} u on u.tenant_id = a.tenant_id and u.id = a.user_id and u.active = 1
    left join ${contacts} c on c.tenant_id = a.tenant_id and c.id = a.contact_id and c.deleted_at is null
    where a.tenant_id = ? and a.meeting_id = ? order by a.id`
  const rows = await (reader?.all ?? storage.read)(select, [tenant, meeting])
  const guests = new Map<string, Guest>()
  for (const [user, contact, email, name, userEmail, userName, contactEmail, contactName, role, answer] of rows) {
    const address = engine.normalise('email', String(email ?? userEmail ?? contactEmail ?? ''))
    if (address === null || guests.has(address)) continue
    const called = name ?? userName ?? contactName
    guests.set(address, {
      address,
      ...(called != null && { name: String(called) }),
      answer: ANSWER[String(answer)] ?? 'pending',
      optional: role === 'optional',
      user: user == null ? null : String(user),
      contact: contact == null ? null : String(contact),
    })
  }
  return [...guests.values()]
}

/** The owner, where they have an address for answers. */
export async function organizerOf(caller: Caller, { owner }: AnyRecord): Promise<CalendarPerson | undefined> {
  if (owner === null) return undefined
  const select = `select email, name from ${caller.storage.table('user')} where tenant_id = ? and id = ?`
  const [row] = await caller.storage.read(select, [caller.tenant, owner as string])
  const address = row && caller.engine.normalise('email', String(row[0] ?? ''))
  return address ? { address, name: String(row[1]) } : undefined
}

/** Who organises a meeting of others, and which state of it they told last; undefined of our own. */
export interface Origin extends CalendarPerson {
  sequence: number
  stamp: Date
}

export async function originOf(
  caller: Caller,
  meeting: string,
  reader?: Pick<Session, 'all'>,
): Promise<Origin | undefined> {
  const select = `select organizer, organizer_name, sequence, stamp from ${caller.storage.table('meeting_origin')} where tenant_id = ? and meeting_id = ?`
  const [row] = await (reader?.all ?? caller.storage.read)(select, [caller.tenant, meeting])
  if (!row) return undefined
  const [address, name, sequence, stamp] = row
  const person = { address: String(address), ...(name != null && { name: String(name) }) }
  return { ...person, sequence: Number(sequence), stamp: new Date(Number(stamp)) }
}
