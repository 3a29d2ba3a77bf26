import { type Crm, isCrmError, type RecordType } from '@rapport/core'
import { memoryEmail, type StepClock, type WatchedStatement } from '@rapport/core/testing'
import { expect } from 'vitest'
import {
  administration,
  apiOf,
  type Call,
  callOf,
  elsewhere,
  furnished,
  gathers,
  inbox,
  invitation,
  methodsOf,
  reads,
  revives,
  type Subject,
  writes,
} from './calls'
import { type Client, minimal, room, types, withPeople } from './crm'

const fails = () => {
  throw new Error('no')
}

/** Every statement that every method of every room runs, on records of every type, and all of the background work. None is refused by the database. */
export async function everyStatement(): Promise<WatchedStatement[]> {
  const { crm, storage, clock, system, mia, root } = await withPeople({
    email: memoryEmail(),
    sms: { send: fails },
    onNotification: () => {},
    subscribers: { all: { events: ['*'], handle: () => {} }, broken: { events: ['lead.created'], handle: fails } },
  })
  await system.users.sync([{ id: 'mate', name: 'Mate', teams: ['north'] }])
  const statements: WatchedStatement[] = []
  const refused: unknown[] = []
  let seed = 1
  for (const client of [system, root, mia] as Client[]) {
    for (const [roomName, method] of methodsOf(client)) {
      const own = types.includes(roomName as RecordType)
      for (const type of own ? [roomName as RecordType] : types) {
        const call = [reads, gathers, writes, revives, inbox, elsewhere, administration]
          .map((table: Record<string, Call>) => callOf(table, roomName, method, own))
          .find((one) => one !== undefined)
        if (!call) continue
        const { id } = await room(system, type).create({ ...minimal(type, seed++), owner: 'ada', tags: ['VIP'] })
        const note = await system.notes.add({ type, id }, 'MARKER in a note')
        const notification =
          roomName === 'notifications' ? await notificationOf(crm, client === mia ? 'mia' : 'root') : ''
        const subject = {
          ...(await furnished(system, type, id)),
          type,
          id,
          note: note.id,
          notification,
          mine: { [type]: id } as Record<RecordType, string>,
        } as Subject
        statements.push(
          ...(await storage.record(async () =>
            Promise.resolve(call(apiOf(client, roomName), subject)).catch((error) => {
              if (isCrmError(error, 'STORAGE')) refused.push([roomName, method, type, error.cause])
            }),
          )),
        )
      }
    }
  }
  const { token } = await mia.calendar.feed.rotate()
  statements.push(...(await storage.record(() => crm.calendarFeed(token))))
  statements.push(...(await storage.record(() => mailAboutMeetings(crm, system))))
  statements.push(...(await storage.record(() => backgroundWork(crm, clock))))
  expect(refused).toEqual([])
  return statements
}

async function notificationOf(crm: Crm, user: string): Promise<string> {
  await crm.asSystem({ reason: 'test' }).tasks.create({ title: 'Call', owner: user })
  await crm.tick({ limit: 5000 })
  return (await crm.as({ user }).notifications.list({ limit: 1 })).items[0]?.id as string
}

/** Invitations, an answer, and a cancellation, of our own and of others. */
async function mailAboutMeetings(crm: Crm, system: Client) {
  const email = 'eve@example.com'
  await system.users.sync([{ id: 'mia', name: 'Mia', email: 'mia@example.com', roles: ['admin'] }])
  const mia = crm.as({ user: 'mia' })
  const { id, uid } = await mia.meetings.create({ title: 'Ours', startAt: '2026-03-27T09:00:00Z' })
  await mia.meetings.invite(id, [{ email }])
  await crm.tick({ limit: 5000 })
  const reply = `BEGIN:VEVENT\nUID:${uid}\nDTSTAMP:20260310T080000Z\nATTENDEE;PARTSTAT=ACCEPTED:mailto:${email}\nEND:VEVENT`
  for (const stamp of ['0', '1'])
    await mia.meetings.receive(
      `BEGIN:VCALENDAR\nMETHOD:REPLY\n${reply.replace('8000', `8${stamp}00`)}\nEND:VCALENDAR`,
      { from: email },
    )
  await mia.meetings.delete(id)
  const theirs = invitation()
  const { meeting } = await mia.meetings.receive(theirs, { from: 'olga@example.org' })
  await mia.meetings.answer(meeting, 'accepted')
  await crm.tick({ limit: 5000 })
  for (const method of ['REQUEST', 'CANCEL'])
    await mia.meetings.receive(
      theirs.replace('REQUEST', method).replace('SEQUENCE:0', method === 'CANCEL' ? 'SEQUENCE:2' : 'SEQUENCE:1'),
      { from: 'olga@example.org' },
    )
}

/** Until a delivery is given up, tried again, and results of idempotency keys are old. */
async function backgroundWork(crm: Crm, clock: StepClock) {
  await crm.asSystem({ reason: 'test' }).leads.create({ name: 'Kept' }, { idempotencyKey: 'k' })
  await peopleAreTold(crm)
  for (let round = 0; round < 14; round++) {
    await crm.tick({ limit: 5000 })
    clock.advance(86_400_000)
  }
  const [failed] = await crm.events.failed()
  if (failed) await crm.events.retry(failed.event.id, failed.subscriber)
}

/** By every channel, together and by digest, of what fell due and of what others did. */
async function peopleAreTold(crm: Crm) {
  const system = crm.asSystem({ reason: 'test' })
  const mia = crm.as({ user: 'mia' })
  await system.users.sync([{ id: 'mia', name: 'Mia', email: 'mia@example.com' }])
  await mia.notifications.preferences.set({
    channels: { assigned: ['in-app', 'email', 'digest'], reminder: ['in-app', 'email', 'sms', 'callback'] },
    phone: '+4930901820',
    quietHours: { from: '00:00', to: '01:00' },
  })
  const reminders = [{ before: 'P1D' }, { before: 'PT1H' }, { at: '2026-03-14T12:00:00Z' }]
  const { id } = await mia.tasks.create({ title: 'Call', dueDate: '2026-03-13', reminders })
  await mia.tasks.update(id, { dueDate: '2026-03-14' })
  await system.users.sync([{ id: 'mia', name: 'Mia', timeZone: 'Asia/Tokyo' }])
  const team = await system.companies.create({ name: 'Shared with a team' })
  await system.companies.share(team.id, { with: { team: 'all' }, level: 'read' })
  await system.deals.win((await system.deals.create({ title: 'Won', owner: 'mia' })).id)
  for (let lead = 0; lead < 2; lead++) {
    await system.leads.create({ name: 'Another', owner: 'mia' })
    await crm.tick({ limit: 5000 })
  }
}
