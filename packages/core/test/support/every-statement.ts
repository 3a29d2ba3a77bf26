import { type Crm, isCrmError, type RecordType } from '@rapport/core'
import type { StepClock, WatchedStatement } from '@rapport/core/testing'
import { expect } from 'vitest'
import {
  administration,
  apiOf,
  type Call,
  callOf,
  elsewhere,
  furnished,
  gathers,
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
    subscribers: { all: { events: ['*'], handle: () => {} }, broken: { events: ['lead.created'], handle: fails } },
    email: { send: () => ({ providerId: 'sent' }) },
  })
  await system.users.sync([{ id: 'mate', name: 'Mate', teams: ['north'] }])
  const statements: WatchedStatement[] = []
  const refused: unknown[] = []
  let seed = 1
  for (const client of [system, root, mia] as Client[]) {
    for (const [roomName, method] of methodsOf(client)) {
      const own = types.includes(roomName as RecordType)
      for (const type of own ? [roomName as RecordType] : types) {
        const call = [reads, gathers, writes, revives, elsewhere, administration]
          .map((table: Record<string, Call>) => callOf(table, roomName, method, own))
          .find((one) => one !== undefined)
        if (!call) continue
        const { id } = await room(system, type).create({ ...minimal(type, seed++), owner: 'ada', tags: ['VIP'] })
        const note = await system.notes.add({ type, id }, 'MARKER in a note')
        const step = await furnished(system, type, id)
        const subject = {
          ...step,
          type,
          id,
          note: note.id,
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
  for (let round = 0; round < 14; round++) {
    await crm.tick({ limit: 5000 })
    clock.advance(86_400_000)
  }
  const [failed] = await crm.events.failed()
  if (failed) await crm.events.retry(failed.event.id, failed.subscriber)
}
