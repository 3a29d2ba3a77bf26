import type { CrmOptions, NotificationPreferencesPatch, OutgoingEmail, OutgoingSms } from '@rapport/core'
import { deliveryError } from '@rapport/core/messages'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'

/** Bob with an address and a phone, and all that leaves the house. */
async function withPost(options: Partial<CrmOptions> = {}, behave: () => void = () => {}) {
  const emails: OutgoingEmail[] = []
  const texts: OutgoingSms[] = []
  const called: string[] = []
  const made = await withPeople({
    email: {
      send(email) {
        emails.push(email)
        behave()
        return { providerId: email.id }
      },
    },
    sms: {
      send(sms) {
        texts.push(sms)
        return { providerId: sms.id }
      },
    },
    onNotification: ({ text }, { user }) => void called.push(`${user}: ${text}`),
    ...options,
  })
  const { system, crm, clock, bob } = made
  await system.users.sync([{ id: 'bob', name: 'Bob', email: 'bob@example.com', timeZone: 'Europe/Berlin' }])
  const prefer = (patch: NotificationPreferencesPatch) => bob.notifications.preferences.set(patch)
  const remind = (title: string, moment: string) => bob.tasks.create({ title, reminders: [{ at: moment }] })
  const tickAt = (moment: string) => {
    clock.set(moment)
    return crm.tick()
  }
  return {
    ...made,
    emails,
    texts,
    called,
    prefer,
    remind,
    tickAt,
    subjects: () => emails.map(({ subject }) => subject),
  }
}

test('a reminder goes by email and to the host, or where it says itself', async () => {
  const { bob, prefer, remind, tickAt, emails, texts, called } = await withPost()
  await prefer({ phone: '+4930901820' })
  await remind('One', '2026-03-10T13:00:00Z')
  await bob.tasks.create({ title: 'Two', reminders: [{ at: '2026-03-10T14:00:00Z', channels: ['sms'] }] })
  expect((await tickAt('2026-03-10T13:00:00Z')).work).toEqual({ reminders: 1, notifications: 2 })
  expect(emails).toMatchObject([
    { to: [{ address: 'bob@example.com' }], subject: 'Reminder: One', text: 'Reminder: One' },
  ])
  expect(called).toEqual(['bob: Reminder: One'])
  await tickAt('2026-03-10T14:00:00Z')
  expect(texts).toMatchObject([{ to: '+4930901820', text: 'Reminder: Two' }])
  expect([emails.length, called.length]).toEqual([1, 1])
  // Not in the inbox: it was asked for as a text message alone.
  expect((await bob.notifications.list()).items.map(({ text }) => text)).toEqual(['Reminder: One'])
})

test('what failed is sent again, later and later, with the same id, and given up after twelve attempts', async () => {
  let failures = 2
  const { remind, crm, clock, emails, tickAt } = await withPost({}, () => {
    if (failures-- > 0) throw new Error('no route')
  })
  await remind('One', '2026-03-10T13:00:00Z')
  await tickAt('2026-03-10T13:00:00Z')
  expect(emails).toHaveLength(1)
  for (let attempt = 0; attempt < 4; attempt++) {
    clock.advance(40_000)
    await crm.tick()
  }
  expect(emails).toHaveLength(3)
  expect(new Set(emails.map(({ id }) => id)).size).toBe(1)
  failures = Number.POSITIVE_INFINITY
  await remind('Two', '2026-03-10T14:00:00Z')
  clock.set('2026-03-10T14:00:00Z')
  for (let attempt = 0; attempt < 20; attempt++) {
    await crm.tick()
    clock.advance(6 * 3_600_000)
  }
  expect(emails).toHaveLength(3 + 12)
})

test('several records given within two minutes are one email', async () => {
  const { mia, prefer, clock, crm, emails } = await withPost()
  await prefer({ channels: { assigned: ['in-app', 'email'] } })
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  await crm.tick()
  clock.advance(60_000)
  await mia.leads.create({ name: 'Two', source: 'website', owner: 'bob' })
  await crm.tick()
  expect(emails).toEqual([])
  clock.advance(60_000)
  await crm.tick()
  expect(emails).toMatchObject([
    { subject: '2 leads were assigned to you', text: '2 leads were assigned to you:\n\n- Two\n- One' },
  ])
  await mia.leads.create({ name: 'Three', source: 'website', owner: 'bob' })
  clock.advance(120_000)
  await crm.tick()
  await crm.tick()
  clock.advance(120_000)
  await crm.tick()
  expect(emails.map(({ subject }) => subject)).toEqual([
    '2 leads were assigned to you',
    'Mia assigned you the lead Three',
  ])
})

test('what is read, or out of reach, when it would be sent is not sent', async () => {
  const { mia, root, bob, prefer, clock, crm, emails } = await withPost()
  await prefer({ channels: { assigned: ['in-app', 'email'] } })
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  await crm.tick()
  await bob.notifications.markAllRead()
  const other = await root.companies.create({ name: 'Navy', owner: 'bob' })
  await crm.tick()
  await root.companies.assign(other.id, { user: 'cyd' })
  clock.advance(120_000)
  await crm.tick()
  expect(emails).toEqual([])
})

test('quiet hours hold back what is sent until they are over; the inbox has it at once', async () => {
  const { bob, prefer, remind, tickAt, subjects } = await withPost()
  // In Berlin, an hour ahead of UTC.
  await prefer({ quietHours: { from: '20:00', to: '07:00' }, channels: { reminder: ['in-app', 'email'] } })
  await remind('Late', '2026-03-10T19:30:00Z')
  await remind('Early', '2026-03-11T05:59:00Z')
  await tickAt('2026-03-10T18:59:59Z')
  const { next } = await tickAt('2026-03-10T19:30:00Z')
  expect(next).toEqual(new Date('2026-03-11T05:59:00Z'))
  expect((await bob.notifications.list()).items).toHaveLength(1)
  await tickAt('2026-03-11T05:59:00Z')
  expect(subjects()).toEqual([])
  await tickAt('2026-03-11T06:00:00Z')
  expect(subjects().sort()).toEqual(['Reminder: Early', 'Reminder: Late'])
  await remind('Noon', '2026-03-11T12:00:00Z')
  await tickAt('2026-03-11T12:00:00Z')
  expect(subjects()).toHaveLength(3)
})

test('a daily digest tells at its hour what came since the last one, and nothing when nothing did', async () => {
  const { mia, bob, prefer, tickAt, emails, clock } = await withPost()
  await prefer({ channels: { assigned: ['in-app', 'digest'], 'task-assigned': ['digest'] }, digestAt: '08:00' })
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  await mia.tasks.create({ title: 'Call', owner: 'bob' })
  await tickAt('2026-03-10T20:00:00Z')
  expect(emails).toEqual([])
  await tickAt('2026-03-11T06:59:59Z')
  expect(emails).toEqual([])
  await tickAt('2026-03-11T07:00:00Z')
  expect(emails).toMatchObject([
    {
      subject: 'Mia assigned you the task Call, and 1 more',
      text: '- Mia assigned you the task Call\n- Mia assigned you the lead One',
    },
  ])
  expect((await bob.notifications.list()).items).toHaveLength(1)
  await tickAt('2026-03-12T07:00:00Z')
  expect(emails).toHaveLength(1)
  await mia.leads.create({ name: 'Two', source: 'website', owner: 'bob' })
  clock.advance(3_600_000)
  await tickAt('2026-03-14T09:00:00Z')
  await tickAt('2026-03-14T09:00:01Z')
  expect(emails.map(({ subject }) => subject).slice(1)).toEqual(['Mia assigned you the lead Two'])
  await prefer({ channels: { assigned: ['in-app'], 'task-assigned': [] } })
  await mia.leads.create({ name: 'Three', source: 'website', owner: 'bob' })
  await tickAt('2026-03-16T09:00:00Z')
  expect(emails).toHaveLength(2)
})

test('a digest that failed comes again with the same content, and the next one a day later', async () => {
  let failures = 1
  const { mia, prefer, tickAt, emails, crm, clock } = await withPost({}, () => {
    if (failures-- > 0) throw new Error('no route')
  })
  await prefer({ channels: { assigned: ['in-app', 'digest'] } })
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  await tickAt('2026-03-11T07:00:00Z')
  await mia.leads.create({ name: 'Two', source: 'website', owner: 'bob' })
  clock.advance(10_000)
  await crm.tick()
  expect(emails.map(({ id, text }) => [id === emails[0]?.id, text])).toEqual([
    [true, '- Mia assigned you the lead One'],
    [true, '- Mia assigned you the lead One'],
  ])
  await tickAt('2026-03-12T07:00:00Z')
  expect(emails[2]?.text).toBe('- Mia assigned you the lead Two')
})

test('a user who moves to another zone gets the digest by its clocks', async () => {
  const { mia, system, prefer, tickAt, emails } = await withPost()
  await prefer({ channels: { assigned: ['digest'] } })
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  await tickAt('2026-03-10T13:00:00Z')
  await system.users.sync([{ id: 'bob', name: 'Bob', timeZone: 'Asia/Tokyo' }])
  await tickAt('2026-03-10T22:59:59Z')
  expect(emails).toHaveLength(0)
  await tickAt('2026-03-10T23:00:00Z')
  expect(emails).toHaveLength(1)
})

test('preferences keep what is not given, are told to the log, and refuse what they cannot mean', async () => {
  const { bob, root, prefer } = await withPost()
  const before = await bob.notifications.preferences.get()
  expect(before).toMatchObject({ quietHours: null, digestAt: '08:00', phone: null })
  expect(before.channels.mention).toEqual(['in-app', 'email', 'callback'])
  await prefer({ channels: { mention: [] } })
  await prefer({ digestAt: '07:30' })
  await prefer({ digestAt: '07:30' })
  const after = await bob.notifications.preferences.get()
  expect(after).toEqual({ ...before, digestAt: '07:30', channels: { ...before.channels, mention: [] } })
  const { items } = await root.audit({ where: { name: 'user.preferences_set' } })
  expect(items.map(({ actor, recordId }) => [actor, recordId])).toEqual([
    ['bob', 'bob'],
    ['bob', 'bob'],
  ])
  for (const [patch, field] of [
    [{ nope: 1 }, 'nope'],
    [{ channels: { nope: [] } }, 'channels.nope'],
    [{ channels: { mention: ['fax'] } }, 'channels.mention'],
    [{ channels: { mention: ['email', 'email'] } }, 'channels.mention'],
    [{ channels: 7 }, 'channels'],
    [{ quietHours: { from: '20:00' } }, 'quietHours'],
    [{ quietHours: { from: '20:00', to: '20:00' } }, 'quietHours'],
    [{ quietHours: { from: '20:00', to: '24:00' } }, 'quietHours'],
    [{ digestAt: '8:00' }, 'digestAt'],
    [{ phone: '030 901820' }, 'phone'],
    [null, 'preferences'],
  ] as const)
    await expect(prefer(patch as never)).rejects.toMatchObject({ code: 'VALIDATION', field })
})

test('what the provider will never take is given up at once; the digest of the next day goes out all the same', async () => {
  let isRefused = true
  const { mia, prefer, remind, tickAt, subjects } = await withPost({}, () => {
    if (isRefused) throw deliveryError('invalid-recipient')
  })
  await prefer({ channels: { assigned: ['digest'] }, digestAt: '08:00' })
  await remind('One', '2026-03-10T13:00:00Z')
  await tickAt('2026-03-10T13:00:00Z')
  for (const hour of ['14', '18', '22']) await tickAt(`2026-03-10T${hour}:00:00Z`)
  expect(subjects()).toEqual(['Reminder: One'])
  await mia.leads.create({ name: 'One', source: 'website', owner: 'bob' })
  await tickAt('2026-03-11T07:00:00Z')
  expect(subjects().slice(1)).toEqual(['Mia assigned you the lead One'])
  isRefused = false
  await mia.leads.create({ name: 'Two', source: 'website', owner: 'bob' })
  await tickAt('2026-03-12T07:00:00Z')
  expect(subjects().slice(2)).toEqual(['Mia assigned you the lead Two'])
})
