import { expect, test } from 'vitest'
import { type Client, withPeople } from '../../test/support/crm'
import { refusalOf } from '../../test/support/outcome'

const at = (time: string) => new Date(`2026-03-${time}:00Z`)
const monday = { title: 'Demo', startAt: at('16T09:00'), endAt: at('16T10:30'), zone: 'Europe/Berlin' }

async function withMeeting(input: object = {}) {
  const made = await withPeople()
  const contact = await made.ada.contacts.create({ lastName: 'Hopper', email: 'grace@navy.example' })
  const meeting = await made.ada.meetings.create({ ...monday, contact: contact.id, ...input })
  return { ...made, contact, meeting }
}

const weekly = { recurrence: 'FREQ=WEEKLY;BYDAY=MO' }

test('takes an hour, or a day, unless told', async () => {
  const { ada } = await withPeople()
  expect(await ada.meetings.create({ title: 'Call', startAt: at('16T09:00') })).toMatchObject({
    endAt: at('16T10:00'),
    startDate: null,
    zone: 'UTC',
    status: 'planned',
    busy: true,
    sequence: 0,
  })
  expect(await ada.meetings.create({ title: 'Fair', startDate: '2026-03-16' })).toMatchObject({
    startAt: null,
    endAt: null,
    endDate: '2026-03-17',
  })
})

test.each([
  [{}, 'startAt required'],
  [{ startAt: at('16T09:00'), startDate: '2026-03-16' }, 'startDate two-starts'],
  [{ startAt: at('16T09:00'), endDate: '2026-03-17' }, 'endDate two-ends'],
  [{ startAt: at('16T09:00'), endAt: at('16T09:00') }, 'endAt ends-before-start'],
  [{ startDate: '2026-03-16', endDate: '2026-03-16' }, 'endDate ends-before-start'],
  [{ startDate: '2026-03-16', endDate: '2027-03-18' }, 'endDate too-long'],
  [{ startAt: at('16T09:00'), zone: 'Berlin' }, 'zone invalid-zone'],
  [{ startAt: at('16T09:00'), recurrence: 'FREQ=SOMETIMES' }, 'recurrence unknown-frequency'],
  [{ startDate: '2026-03-16', recurrence: 'FREQ=HOURLY;INTERVAL=6' }, 'recurrence.rule needs-time'],
  [{ startAt: at('16T09:00'), exceptions: { '2026-03-16T09:00:00Z': {} } }, 'exceptions without-recurrence'],
  [{ startAt: at('16T09:00'), ...weekly, exceptions: { monday: {} } }, 'exceptions.monday invalid-instant'],
  [
    { startAt: at('16T09:00'), ...weekly, exceptions: { '2026-03-16T09:00:00Z': { status: 'late' } } },
    'exceptions.2026-03-16T09:00:00Z.status invalid-option',
  ],
])('refuses %j', async (input, refusal) => {
  const { ada } = await withPeople()
  expect(await refusalOf(() => ada.meetings.create({ title: 'X', ...input } as never))).toBe(`VALIDATION ${refusal}`)
})

test('a start that is moved takes the end along, also to whole days and back', async () => {
  const { ada, meeting } = await withMeeting()
  expect(await ada.meetings.update(meeting.id, { startAt: at('17T14:00') })).toMatchObject({ endAt: at('17T15:30') })
  expect(await ada.meetings.update(meeting.id, { startAt: null, startDate: '2026-03-20' })).toMatchObject({
    startAt: null,
    endAt: null,
    endDate: '2026-03-21',
  })
  expect(await ada.meetings.update(meeting.id, { startDate: null, startAt: at('18T08:00') })).toMatchObject({
    endAt: at('18T09:00'),
    endDate: null,
  })
})

test('the sequence goes up with what attendees must hear of, and with nothing else', async () => {
  const { ada, meeting } = await withMeeting(weekly)
  const sequenceAfter = async (patch: object) => (await ada.meetings.update(meeting.id, patch)).sequence
  expect(await sequenceAfter({ description: 'Bring the engine', tags: ['VIP'] })).toBe(0)
  expect(await sequenceAfter({ startAt: at('16T09:30') })).toBe(1)
  expect(await sequenceAfter({ location: 'Room 2' })).toBe(2)
  expect(await sequenceAfter({ exceptions: { '2026-03-23T09:30:00Z': { status: 'cancelled' } } })).toBe(3)
  await ada.meetings.hold(meeting.id, { occurrence: at('16T09:30') })
  expect((await ada.meetings.get(meeting.id)).sequence).toBe(3)
  expect((await ada.meetings.cancel(meeting.id)).sequence).toBe(4)
})

test('the uid is given once, and nobody changes it', async () => {
  const { ada, meeting } = await withMeeting()
  expect(meeting.uid).toBe(meeting.id)
  expect(await refusalOf(() => ada.meetings.update(meeting.id, { uid: 'x' } as never))).toBe(
    'VALIDATION uid server-owned',
  )
})

test('of exceptions only those stay whose occurrence there is', async () => {
  const { ada, meeting } = await withMeeting({
    ...weekly,
    exceptions: {
      '2026-03-23T10:00:00+01:00': { status: 'cancelled' },
      '2026-03-24T09:00:00Z': { status: 'cancelled' },
    },
  })
  expect(meeting.exceptions).toEqual({ '2026-03-23T09:00:00.000Z': { status: 'cancelled' } })
  const moved = await ada.meetings.update(meeting.id, { startAt: at('16T09:30') })
  expect(moved.exceptions).toBeNull()
})

test('is the next step of what it is about until it is held or called off', async () => {
  const { ada, contact, meeting } = await withMeeting()
  const next = async () => (await ada.contacts.get(contact.id)).nextActivityAt
  expect(await next()).toEqual(at('16T09:00'))
  const earlier = await ada.tasks.create({ title: 'Prepare', contact: contact.id, dueAt: at('15T09:00') })
  expect(await next()).toEqual(at('15T09:00'))
  await ada.tasks.complete(earlier.id)
  await ada.meetings.cancel(meeting.id)
  expect(await next()).toBeNull()
})

test('a recurring one is the next step with the time that comes next and is not dealt with', async () => {
  const { ada, contact, meeting } = await withMeeting({ ...weekly, startAt: at('02T09:00'), endAt: at('02T10:00') })
  const next = async () => (await ada.contacts.get(contact.id)).nextActivityAt
  // It is 10 March: 2 and 9 March are over.
  expect(await next()).toEqual(at('16T09:00'))
  await ada.meetings.cancel(meeting.id, { occurrence: at('16T09:00') })
  expect(await next()).toEqual(at('23T09:00'))
})

test('holding logs an activity, once', async () => {
  const { ada, contact, meeting } = await withMeeting()
  const held = await ada.meetings.hold(meeting.id, { outcome: 'Wants an offer' })
  expect(held.status).toBe('held')
  expect(await ada.meetings.hold(meeting.id)).toEqual(held)
  const { items } = await ada.activities.list()
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({
    id: held.activity,
    kind: 'meeting',
    subject: 'Demo',
    occurredAt: meeting.startAt,
    duration: 90,
    outcome: 'Wants an offer',
    contact: contact.id,
    owner: 'ada',
  })
  expect((await ada.contacts.get(contact.id)).lastActivityAt).toEqual(meeting.startAt)
})

test('one time of a recurring meeting is held or called off by itself', async () => {
  const { ada, meeting } = await withMeeting(weekly)
  for (let time = 0; time < 2; time++) await ada.meetings.hold(meeting.id, { occurrence: at('23T09:00') })
  expect((await ada.activities.list()).items.map(({ occurredAt }) => occurredAt)).toEqual([at('23T09:00')])
  const called = await ada.meetings.cancel(meeting.id, { occurrence: at('16T09:00') })
  expect(called).toMatchObject({
    status: 'planned',
    exceptions: {
      '2026-03-16T09:00:00.000Z': { status: 'cancelled' },
      '2026-03-23T09:00:00.000Z': { status: 'held' },
    },
  })
  const hold = (occurrence: Date) => refusalOf(() => ada.meetings.hold(meeting.id, { occurrence }))
  expect(await hold(at('16T09:00'))).toBe('INVALID_TRANSITION status cancelled')
  expect(await hold(at('17T09:00'))).toBe('VALIDATION occurrence unknown-occurrence')
})

test('attendees are users, contacts and addresses, each once', async () => {
  const { ada, contact, meeting } = await withMeeting()
  const people = [
    { user: 'bob' },
    { contact: contact.id, role: 'optional' as const },
    { email: 'Eve@Example.com', name: 'Eve' },
  ]
  await ada.meetings.invite(meeting.id, people)
  await ada.meetings.invite(meeting.id, [{ user: 'bob' }, { email: 'eve@example.com' }])
  const told = (await ada.meetings.attendees(meeting.id)).map(({ name, email, role, answer }) => [
    name,
    email,
    role,
    answer,
  ])
  expect(told).toEqual([
    ['Bob', null, 'required', 'needs-action'],
    ['Eve', 'eve@example.com', 'required', 'needs-action'],
    ['Hopper', 'grace@navy.example', 'optional', 'needs-action'],
  ])
  await ada.meetings.uninvite(meeting.id, [{ contact: contact.id }, { email: 'nobody@example.com' }])
  expect(await ada.meetings.attendees(meeting.id)).toHaveLength(2)
  const refused = (who: object) => refusalOf(() => ada.meetings.invite(meeting.id, [who] as never))
  expect(await refused({ user: 'nobody' })).toBe('VALIDATION invitees.0.user unknown-user')
  expect(await refused({ user: 'bob', email: 'b@example.com' })).toBe('VALIDATION invitees.0 invalid-attendee')
  expect(await refused({ email: 'bob' })).toBe('VALIDATION invitees.0.email invalid-email')
})

test('whoever is invited answers for themselves; for others those who may change the meeting', async () => {
  const { ada, bob, cyd, meeting, clock } = await withMeeting()
  await ada.meetings.invite(meeting.id, [{ user: 'cyd' }, { email: 'eve@example.com' }])
  const answer = async (
    client: Client,
    ...rest: Parameters<Client['meetings']['answer']> extends [unknown, ...infer R] ? R : never
  ) =>
    (await client.meetings.answer(meeting.id, ...rest)).map(({ answer, answeredAt, comment }) => [
      answer,
      answeredAt,
      comment,
    ])
  expect(await answer(cyd, 'tentative', { comment: 'Perhaps' })).toEqual([
    ['tentative', clock.now(), 'Perhaps'],
    ['needs-action', null, null],
  ])
  expect((await answer(ada, 'declined', { attendee: { email: 'eve@example.com' } }))[1]?.[0]).toBe('declined')
  expect(await refusalOf(() => answer(bob, 'accepted'))).toBe('FORBIDDEN attendee not-invited')
  const forEve = { attendee: { email: 'eve@example.com' } }
  expect(await refusalOf(() => answer(cyd, 'accepted', forEve))).toBe('FORBIDDEN meetings update-not-granted')
  expect((await ada.meetings.timeline(meeting.id)).items.map(({ name }) => name)).toEqual([
    'meeting.answered',
    'meeting.answered',
    'meeting.invited',
    'meeting.created',
  ])
})

test('whoever is invited reads the meeting, whatever else their role reaches, and no more', async () => {
  const { ada, system, as, cyd, meeting } = await withMeeting()
  await system.users.sync([{ id: 'sue', name: 'Sue', roles: ['support'] }])
  const sue = as('sue')
  expect(await refusalOf(() => sue.meetings.get(meeting.id))).toBe('NOT_FOUND id not-found')
  await ada.meetings.invite(meeting.id, [{ user: 'sue' }, { user: 'cyd' }])
  for (const client of [sue, cyd]) {
    expect((await client.meetings.get(meeting.id)).title).toBe('Demo')
    expect((await client.meetings.list()).items.map(({ id }) => id)).toEqual([meeting.id])
    expect((await client.meetings.list({ count: 'exact' })).count).toBe(1)
    expect(await client.can('meetings', 'read', meeting.id)).toBe(true)
    expect(await client.can('meetings', 'update', meeting.id)).toBe(false)
    expect(await refusalOf(() => client.meetings.update(meeting.id, { title: 'X' }))).toMatch(/^FORBIDDEN/)
  }
  await ada.meetings.uninvite(meeting.id, [{ user: 'cyd' }])
  expect(await refusalOf(() => cyd.meetings.get(meeting.id))).toBe('NOT_FOUND id not-found')
})

test('attendance follows a merged contact and goes with a purged one', async () => {
  const { ada, root, contact, meeting } = await withMeeting()
  const twin = await ada.contacts.create({ lastName: 'Hooper' })
  await ada.meetings.invite(meeting.id, [{ contact: twin.id }])
  const { id } = await ada.meetings.create({ title: 'Both', startAt: at('17T09:00') })
  await ada.meetings.invite(id, [{ contact: twin.id }, { contact: contact.id }])
  const merge = await root.contacts.merge(contact.id, [twin.id])
  const who = async (meeting: string) => (await ada.meetings.attendees(meeting)).map((one) => one.contact)
  expect([await who(meeting.id), await who(id)]).toEqual([[contact.id], [contact.id]])
  await root.contacts.unmerge(merge.id)
  expect([await who(meeting.id), (await who(id)).sort()]).toEqual([[twin.id], [contact.id, twin.id].sort()])
  await ada.contacts.delete(twin.id)
  await root.contacts.purge(twin.id)
  expect(await who(meeting.id)).toEqual([])
})
