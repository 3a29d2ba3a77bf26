import { isCrmError, type Notification } from '@rapport/core'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'

const told = (items: readonly Notification[]) => items.map(({ kind, text, count }) => [kind, text, count])
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => (isCrmError(error) ? `${error.code} ${error.field} ${error.rule}` : String(error)),
  )

async function withInbox() {
  const made = await withPeople()
  const { crm, bob } = made
  const inbox = async (me = bob) => {
    await crm.tick()
    return (await me.notifications.list()).items
  }
  return { ...made, inbox }
}

test('whoever gets a record, a task, a share, a mention, or has a deal closed by somebody else, is told', async () => {
  const { mia, bob, root, inbox } = await withInbox()
  const lead = await mia.leads.create({ name: 'Grace', source: 'website' })
  await mia.leads.assign(lead.id, { user: 'bob' })
  await mia.tasks.create({ title: 'Call her', owner: 'bob' })
  const mine = await mia.companies.create({ name: 'Navy' })
  await mia.companies.share(mine.id, { with: { user: 'bob' }, level: 'read' })
  await mia.companies.share(mine.id, { with: { team: 'north' }, level: 'read' })
  await mia.notes.add({ type: 'leads', id: lead.id }, 'Look at this @bob, @mia')
  const deal = await bob.deals.create({ title: 'Engine' })
  await mia.deals.win(deal.id)
  expect(told(await inbox()).sort()).toEqual([
    ['assigned', 'Mia assigned you the lead Grace', 1],
    ['deal-won', 'Your deal Engine was won', 1],
    ['mention', 'Mia mentioned you in a note on the lead Grace', 1],
    ['shared', 'Mia shared the company Navy with you', 1],
    ['task-assigned', 'Mia assigned you the task Call her', 1],
  ])
  expect(await inbox(mia)).toEqual([])
  expect(await inbox(root)).toEqual([])
  // Ada is of the team as well.
  expect(await bob.notifications.unreadCount()).toBe(5)
})

test('whoever is invited to a meeting or booked for one is told when it is, once', async () => {
  const { mia, ada, system, inbox } = await withInbox()
  const { id } = await mia.meetings.create({ title: 'Demo', startAt: new Date('2026-03-16T09:00:00Z') })
  await mia.meetings.invite(id, [{ user: 'bob' }, { email: 'eve@example.com' }])
  await mia.meetings.invite(id, [{ user: 'bob', role: 'optional' }, { user: 'ada' }])
  expect(told(await inbox()).map(([kind, text]) => [kind, String(text).replace(/\s/g, ' ')])).toEqual([
    ['invited', 'Mia invited you to the meeting Demo, Mar 16, 2026, 9:00 AM'],
  ])
  expect(await inbox(ada)).toHaveLength(1)
  expect(await inbox(mia)).toEqual([])
  await system.calendar.book({
    users: ['mia', 'ada'],
    duration: 30,
    from: '2026-03-17T09:00:00Z',
    meeting: { title: 'Call' },
  })
  expect(told(await inbox(ada)).map(([kind, , count]) => [kind, count])).toEqual([['invited', 2]])
})

test('nobody is told of what they did themselves, nor twice of one thing', async () => {
  const { ada, system, inbox } = await withInbox()
  const lead = await ada.leads.create({ name: 'Grace', source: 'website' })
  await ada.notes.add({ type: 'leads', id: lead.id }, 'Note to self @ada')
  await ada.leads.update(lead.id, { title: 'Admiral' })
  expect(await inbox(ada)).toEqual([])
  await system.leads.assign(lead.id, { user: 'bob' })
  await system.leads.update(lead.id, { title: 'Rear admiral' })
  expect(told(await inbox())).toEqual([['assigned', 'You were assigned the lead Grace', 1]])
  expect(told(await inbox())).toEqual([['assigned', 'You were assigned the lead Grace', 1]])
})

test('what comes within two minutes is told as one, across ticks; what comes later is told anew', async () => {
  const { mia, bob, clock, inbox } = await withInbox()
  const assign = (name: string) => mia.leads.create({ name, source: 'website', owner: 'bob' })
  await assign('One')
  await assign('Two')
  expect(told(await inbox())).toEqual([['assigned', '2 leads were assigned to you', 2]])
  clock.advance(60_000)
  await assign('Three')
  const [first] = await inbox()
  expect(first).toMatchObject({ text: '3 leads were assigned to you', title: 'Three' })
  await mia.tasks.create({ title: 'Call', owner: 'bob' })
  clock.advance(60_000)
  await assign('Four')
  expect(told(await inbox())).toEqual([
    ['assigned', 'Mia assigned you the lead Four', 1],
    ['task-assigned', 'Mia assigned you the task Call', 1],
    ['assigned', '3 leads were assigned to you', 3],
  ])
  await bob.notifications.markRead(first?.id as string)
  expect(await bob.notifications.unreadCount()).toBe(2)
  expect(told((await bob.notifications.list({ unread: true })).items)).toHaveLength(2)
})

test('read, unread, all read, archived', async () => {
  const { mia, bob, clock, inbox } = await withInbox()
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  await mia.tasks.create({ title: 'Call', owner: 'bob' })
  const [task, lead] = (await inbox()) as [Notification, Notification]
  clock.advance(1000)
  await bob.notifications.markRead(task.id)
  clock.advance(1000)
  await bob.notifications.markRead(task.id)
  expect((await inbox())[0]?.readAt).toEqual(new Date(clock.now().getTime() - 1000))
  await bob.notifications.markUnread(task.id)
  expect(await bob.notifications.unreadCount()).toBe(2)
  await bob.notifications.markAllRead()
  expect(await bob.notifications.unreadCount()).toBe(0)
  await bob.notifications.archive(lead.id)
  expect((await inbox()).map(({ id }) => id)).toEqual([task.id])
  expect((await bob.notifications.list({ archived: true })).items.map(({ id }) => id)).toEqual([lead.id])
})

test('another user’s notifications do not exist; the system and strangers have none', async () => {
  const { mia, ada, system, as, inbox } = await withInbox()
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  const [one] = (await inbox()) as [Notification]
  for (const verb of ['markRead', 'markUnread', 'archive'] as const) {
    expect(await refused(ada.notifications[verb](one.id))).toBe('NOT_FOUND id not-found')
    expect(await refused(ada.notifications[verb]('x'))).toBe('NOT_FOUND id not-found')
    expect(await refused(as('eve').notifications[verb](one.id))).toBe('FORBIDDEN user unknown-user')
  }
  expect(await inbox(ada)).toEqual([])
  expect(await refused(system.notifications.list())).toBe('VALIDATION user required')
  expect(await refused(as('eve').notifications.list())).toBe('FORBIDDEN user unknown-user')
})

test('what one may no longer read is not there, and comes back with the right to', async () => {
  const { mia, bob, root, inbox } = await withInbox()
  const lead = await root.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  const note = await mia.notes.add({ type: 'leads', id: lead.id }, 'Hello @bob')
  expect(await inbox()).toHaveLength(2)
  await root.leads.assign(lead.id, { user: 'cyd' })
  expect(await inbox()).toEqual([])
  expect(await bob.notifications.unreadCount()).toBe(0)
  await root.leads.assign(lead.id, { user: 'ada' })
  const [mention] = (await inbox()) as [Notification]
  expect(mention).toMatchObject({ kind: 'mention', note: note.id })
  await mia.notes.delete(note.id)
  expect((await inbox()).map(({ kind }) => kind)).toEqual(['assigned'])
  await root.leads.delete(lead.id)
  expect(await inbox()).toEqual([])
  const [gone] = [mention]
  expect(await refused(bob.notifications.markRead(gone.id))).toBe('NOT_FOUND id not-found')
})

test('purging a record removes its reminders and what was told of it', async () => {
  const { mia, root, storage, inbox } = await withInbox()
  const task = await mia.tasks.create({ title: 'Call', owner: 'bob', reminders: [{ at: '2027-01-01T00:00:00Z' }] })
  expect(await inbox()).toHaveLength(1)
  await root.tasks.delete(task.id)
  await root.tasks.purge(task.id)
  for (const table of ['reminder', 'notification'])
    expect(await storage.read(`select * from ${storage.table(table)}`, [])).toEqual([])
})

test('pages follow one another without a gap or a repetition', async () => {
  const { mia, bob, clock, inbox } = await withInbox()
  const wanted: string[] = []
  for (let at = 0; at < 7; at++) {
    await mia.tasks.create({ title: `Call ${at}`, owner: 'bob' })
    wanted.unshift(`Mia assigned you the task Call ${at}`)
    await inbox()
    clock.advance(300_000)
  }
  const texts: string[] = []
  let after: string | null = null
  do {
    const page: { items: Notification[]; nextCursor: string | null } = await bob.notifications.list({ limit: 3, after })
    texts.push(...page.items.map(({ text }) => text))
    after = page.nextCursor
  } while (after)
  expect(texts).toEqual(wanted)
  const { nextCursor } = await bob.notifications.list({ limit: 3 })
  expect(await refused(bob.notifications.list({ limit: 3, unread: true, after: nextCursor }))).toBe(
    'VALIDATION after invalid-cursor',
  )
  expect(await refused(bob.notifications.list({ nope: 1 } as never))).toBe('VALIDATION nope unknown-key')
})

test('what was archived is kept for thirty days, the rest for a hundred and eighty', async () => {
  const { crm, mia, bob, clock, inbox } = await withInbox()
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  await mia.tasks.create({ title: 'Call', owner: 'bob' })
  const [, lead] = (await inbox()) as [Notification, Notification]
  await bob.notifications.archive(lead.id)
  const kept = async () => [
    (await bob.notifications.list()).items.length,
    (await bob.notifications.list({ archived: true })).items.length,
  ]
  clock.advance(29 * 86_400_000)
  await crm.tick()
  expect(await kept()).toEqual([1, 1])
  clock.advance(1 * 86_400_000)
  expect((await crm.tick()).work).toMatchObject({ retention: 1 })
  expect(await kept()).toEqual([1, 0])
  clock.advance(150 * 86_400_000)
  await crm.tick()
  expect(await kept()).toEqual([0, 0])
})

test('a host words what people read, in their language; what it leaves is in English', async () => {
  const { crm, system, mia, bob } = await withPeople({
    notificationText: ({ kind, title, actorName, locale }) =>
      kind === 'assigned' && locale.startsWith('de') ? `${actorName} hat Ihnen ${title} zugewiesen` : undefined,
  })
  await system.users.sync([{ id: 'bob', name: 'Bob', locale: 'de-AT' }])
  await mia.leads.create({ name: 'Grace', source: 'website', owner: 'bob' })
  await mia.tasks.create({ title: 'Call', owner: 'bob' })
  await crm.tick()
  expect((await bob.notifications.list()).items.map(({ text }) => text)).toEqual([
    'Mia assigned you the task Call',
    'Mia hat Ihnen Grace zugewiesen',
  ])
})

test('what is written into the past tells nobody', async () => {
  const { crm, bob, inbox } = await withInbox()
  const past = crm.asSystem({ reason: 'import', history: { at: new Date('2020-01-01T00:00:00Z'), by: 'mia' } })
  await past.leads.create({ name: 'Old', source: 'website', owner: 'bob' })
  expect(await inbox(bob)).toEqual([])
})
