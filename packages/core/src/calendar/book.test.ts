import { type Crm, createCrm } from '@rapport/core'
import { stepClock } from '@rapport/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { addPeople, type Client, withPeople } from '../../test/support/crm'
import { newPlace } from '../../test/support/databases'
import { refusalOf } from '../../test/support/outcome'

const at = (time: string) => new Date(`2026-03-${time}:00Z`)
const demo = { users: ['ada'], duration: 30, from: at('16T09:00'), meeting: { title: 'Demo' } }

test('makes a meeting of the first user, to which the others are invited', async () => {
  const { ada } = await withPeople()
  const contact = await ada.contacts.create({ lastName: 'Hopper' })
  const meeting = await ada.calendar.book({
    ...demo,
    users: ['ada', 'cyd'],
    meeting: { title: 'Demo', contact: contact.id },
    invitees: [{ contact: contact.id }],
  })
  expect(meeting).toMatchObject({ owner: 'ada', startAt: at('16T09:00'), endAt: at('16T09:30'), contact: contact.id })
  const attendees = await ada.meetings.attendees(meeting.id)
  expect(attendees.map(({ user, contact }) => user ?? contact)).toEqual(['cyd', contact.id])
  expect(await ada.meetings.get(meeting.id)).toEqual(meeting)
})

test('a time that is taken, outside of working hours or too soon is a conflict', async () => {
  const { ada } = await withPeople()
  await ada.calendar.book(demo)
  const refused = (more: object) => refusalOf(() => ada.calendar.book({ ...demo, ...more }))
  expect(await refused({})).toBe('CONFLICT from slot-taken')
  expect(await refused({ from: at('16T08:45') })).toBe('CONFLICT from slot-taken')
  expect(await refused({ from: at('16T09:30'), bufferBefore: 1 })).toBe('CONFLICT from slot-taken')
  expect(await refused({ from: at('16T20:00') })).toBe('CONFLICT from slot-taken')
  expect(await refused({ from: at('16T11:00'), notice: 10_000 })).toBe('CONFLICT from slot-taken')
  await ada.calendar.book({ ...demo, from: at('16T09:30') })
  expect((await ada.meetings.list({ count: 'exact' })).count).toBe(2)
})

test('needs what creating the meeting needs, and says nothing of the time to those who lack it', async () => {
  const { ada, bob, system, as } = await withPeople({
    roles: { watcher: { meetings: { read: 'all' }, users: { read: 'all' } } },
  })
  await system.users.sync([{ id: 'eve', name: 'Eve', roles: ['watcher'] }])
  await ada.calendar.book(demo)
  for (const from of [demo.from, at('16T10:00')])
    expect(await refusalOf(() => as('eve').calendar.book({ ...demo, from }))).toBe(
      'FORBIDDEN meetings create-not-granted',
    )
  // A sales person makes meetings of their own.
  expect(await refusalOf(() => bob.calendar.book({ ...demo, from: at('16T10:00') }))).toMatch(/^FORBIDDEN/)
  expect(await refusalOf(() => ada.calendar.book({ ...demo, meeting: { title: 'X', owner: 'bob' } as never }))).toBe(
    'VALIDATION meeting.owner unknown-key',
  )
})

test('the same key books once', async () => {
  const { ada } = await withPeople()
  const first = await ada.calendar.book(demo, { idempotencyKey: 'k' })
  expect(await ada.calendar.book(demo, { idempotencyKey: 'k' })).toEqual(first)
})

/** Several processes on one database, each with its own connections. */
async function processes(count: number): Promise<Crm[]> {
  const place = await newPlace('bare')
  const crms = Array.from({ length: count }, () => {
    const crm = createCrm({ storage: place.open(), clock: stepClock('2026-03-10T12:00:00Z') }) as Crm
    onTestFinished(() => crm.close())
    return crm
  })
  await crms[0]?.migrate()
  await addPeople(crms[0]?.asSystem({ reason: 'test' }) as Client)
  return crms
}

test('of twenty who book one time at once, in four processes, one gets it', async () => {
  const crms = await processes(4)
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => (crms[index % 4] as Crm).asSystem({ reason: 'page' }).calendar.book(demo)),
  )
  const refused = results.flatMap((one) => (one.status === 'rejected' ? [one.reason.rule] : []))
  expect(refused).toEqual(Array(19).fill('slot-taken'))
  expect((await (crms[0] as Crm).asSystem({ reason: 'test' }).meetings.list()).items).toHaveLength(1)
})

test('whoever books what at the same time, no user ever has two bookings that overlap', async () => {
  const crms = await processes(4)
  const people = [['ada'], ['bob'], ['ada', 'bob'], ['bob', 'ada'], ['cyd', 'ada', 'bob'], ['cyd']]
  const asked = Array.from({ length: 60 }, (_, index) => ({
    users: people[(index * 7) % people.length] as string[],
    duration: [20, 45, 90][index % 3] as number,
    from: new Date(at('16T09:00').getTime() + ((index * 37) % 30) * 15 * 60_000),
    meeting: { title: `Nr ${index}` },
  }))
  const results = await Promise.allSettled(
    asked.map((one, index) => (crms[index % 4] as Crm).asSystem({ reason: 'page' }).calendar.book(one)),
  )
  const booked = asked.filter((_, index) => results[index]?.status === 'fulfilled')
  const reasons = results.flatMap((one) => (one.status === 'rejected' ? [one.reason.rule ?? one.reason] : []))
  expect(new Set(reasons)).toEqual(new Set(['slot-taken']))
  expect(booked.length).toBeGreaterThan(4)
  const overlapping = booked.flatMap((one, index) =>
    booked.slice(index + 1).filter((other) => {
      const [first, second] = [one.from.getTime(), other.from.getTime()]
      const together = first < second + other.duration * 60_000 && second < first + one.duration * 60_000
      return together && one.users.some((user) => other.users.includes(user))
    }),
  )
  expect(overlapping).toEqual([])
  expect((await (crms[0] as Crm).asSystem({ reason: 'test' }).meetings.list({ limit: 200 })).items).toHaveLength(
    booked.length,
  )
})
