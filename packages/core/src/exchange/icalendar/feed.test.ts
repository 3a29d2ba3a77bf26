import { dumpTables } from '@rapport/core/testing'
import ICAL from 'ical.js'
import nodeIcal from 'node-ical'
import { describe, expect, it } from 'vitest'
import { withPeople } from '../../../test/support/crm'
import { readCalendar } from './api'

const start = new Date('2026-03-27T08:00:00Z')
const missing = { code: 'NOT_FOUND', field: 'token' }

async function withFeed() {
  const people = await withPeople()
  const { token } = await people.ada.calendar.feed.create()
  const read = async () => readCalendar((await people.crm.calendarFeed(token)).content)
  return { ...people, token, read }
}

describe('a feed', () => {
  it('has the meetings and due tasks of its user, and nobody else’s', async () => {
    const { ada, bob, read } = await withFeed()
    await ada.meetings.create({ title: 'Kick-off', startAt: start, zone: 'Europe/Berlin', location: 'Room 1' })
    await ada.meetings.create({ title: 'Fair', startDate: '2026-04-01', endDate: '2026-04-03' })
    await ada.tasks.create({ title: 'Call', dueAt: start })
    await ada.tasks.create({ title: 'Offer', dueDate: '2026-03-30' })
    await ada.tasks.create({ title: 'Done', dueDate: '2026-03-30', status: 'done' })
    await ada.tasks.create({ title: 'Some day' })
    await ada.tasks.create({ title: 'In years', dueDate: '2030-01-01' })
    await bob.meetings.create({ title: 'Of bob', startAt: start })
    await bob.tasks.create({ title: 'Bob calls', dueAt: start })
    const { events, problems, method } = await read()
    expect({ problems, method }).toEqual({ problems: [], method: 'PUBLISH' })
    expect(events.map(({ title }) => title)).toEqual(
      ['Kick-off', 'Fair', 'Offer', 'Call'].sort((a, b) => order(a) - order(b)),
    )
    expect(events[0]).toMatchObject({
      location: 'Room 1',
      start,
      end: new Date('2026-03-27T09:00:00Z'),
      zone: 'Europe/Berlin',
      busy: true,
    })
    expect(events[1]).toMatchObject({ start: '2026-04-01', end: '2026-04-03' })
    expect(events.find(({ title }) => title === 'Offer')).toMatchObject({ start: '2026-03-30', busy: false })
    function order(title: string) {
      return events.findIndex((event) => event.title === title)
    }
  })

  it('tells recurring meetings by their rule, with what was called off and what moved', async () => {
    const { ada, crm, token } = await withFeed()
    await ada.meetings.create({
      title: 'Weekly',
      startAt: start,
      zone: 'Europe/Berlin',
      recurrence: 'FREQ=WEEKLY;COUNT=5',
      exceptions: {
        '2026-04-03T07:00:00.000Z': { status: 'cancelled' },
        '2026-04-10T07:00:00.000Z': { startAt: '2026-04-11T12:00:00Z', endAt: '2026-04-11T13:00:00Z' },
      },
    })
    const { content } = await crm.calendarFeed(token)
    const expected = [
      '2026-03-27T08:00:00.000Z',
      '2026-04-11T12:00:00.000Z',
      '2026-04-17T07:00:00.000Z',
      '2026-04-24T07:00:00.000Z',
    ]

    const root = new ICAL.Component(ICAL.parse(content))
    ICAL.TimezoneService.reset()
    for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
    const [series, moved] = root.getAllSubcomponents('vevent')
    const event = new ICAL.Event(series as ICAL.Component, {
      exceptions: [moved as ICAL.Component],
      strictExceptions: false,
    })
    const found: string[] = []
    const iterator = event.iterator()
    for (let next = iterator.next(); next; next = iterator.next())
      found.push(new Date(event.getOccurrenceDetails(next).startDate.toUnixTime() * 1_000).toISOString())
    expect(found).toEqual(expected)

    const other = Object.values(nodeIcal.sync.parseICS(content)).find((one) => one.type === 'VEVENT') as nodeIcal.VEvent
    expect(Object.values(other.recurrences ?? {}).map(({ start: at }) => at.toISOString())).toEqual([expected[1]])
    expect(Object.keys(other.exdate ?? {})).toEqual(['2026-04-03'])
  })

  it('has invitations, unless they were declined', async () => {
    const { ada, bob, read } = await withFeed()
    const meeting = await bob.meetings.create({ title: 'Of bob', startAt: start })
    await bob.meetings.invite(meeting.id, [{ user: 'ada' }])
    expect((await read()).events.map(({ title }) => title)).toEqual(['Of bob'])
    await ada.meetings.answer(meeting.id, 'declined')
    expect((await read()).events).toEqual([])
  })

  it('shows what its user may see at this moment', async () => {
    const { ada, mia, read, system } = await withFeed()
    const task = await ada.tasks.create({ title: 'Call', dueAt: start })
    expect((await read()).events).toHaveLength(1)
    await mia.tasks.update(task.id, { owner: 'bob' })
    expect((await read()).events).toEqual([])
    await ada.tasks.create({ title: 'Call', dueAt: start })
    await system.users.sync([{ id: 'ada', name: 'Ada', roles: [] }])
    expect((await read()).events).toEqual([])
  })

  it('keeps its etag until something changes', async () => {
    const { ada, crm, token, clock } = await withFeed()
    const task = await ada.tasks.create({ title: 'Call', dueAt: start })
    const { etag, contentType } = await crm.calendarFeed(token)
    expect(contentType).toBe('text/calendar; charset=utf-8')
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/)
    clock.advance(60_000)
    expect((await crm.calendarFeed(token)).etag).toBe(etag)
    await ada.tasks.update(task.id, { title: 'Call back' })
    expect((await crm.calendarFeed(token)).etag).not.toBe(etag)
  })

  it('takes four statements, however much is in it', async () => {
    const { ada, crm, token, storage } = await withFeed()
    for (let at = 0; at < 5; at++) {
      await ada.meetings.create({ title: `M${at}`, startAt: start, zone: 'Europe/Berlin' })
      await ada.tasks.create({ title: `T${at}`, dueAt: start })
    }
    await crm.calendarFeed(token)
    const before = storage.statements.length
    await crm.calendarFeed(token)
    expect(storage.statements.length - before).toBeLessThanOrEqual(4)
  })

  it('ends for a user who is deactivated', async () => {
    const { crm, token, system } = await withFeed()
    await crm.calendarFeed(token)
    await system.users.deactivate('ada')
    await expect(crm.calendarFeed(token)).rejects.toMatchObject(missing)
  })

  it('ends for the old address when it is rotated, and for every one when revoked', async () => {
    const { ada, crm, token } = await withFeed()
    const { token: next } = await ada.calendar.feed.rotate()
    await expect(crm.calendarFeed(token)).rejects.toMatchObject(missing)
    await crm.calendarFeed(next)
    await ada.calendar.feed.revoke()
    await expect(crm.calendarFeed(next)).rejects.toMatchObject(missing)
    await ada.calendar.feed.revoke()
    await expect(ada.calendar.feed.rotate()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await ada.calendar.feed.create()
    await expect(ada.calendar.feed.create()).rejects.toMatchObject({ code: 'DUPLICATE' })
  })

  it('is found by its whole token only', async () => {
    const { crm, token } = await withFeed()
    const [tenant, secret] = token.split('.') as [string, string]
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    const altered = [
      ...Array.from(
        { length: token.length },
        (_, at) => `${token.slice(0, at)}${token[at] === 'x' ? 'y' : 'x'}${token.slice(at + 1)}`,
      ),
      `${tenant}.`,
      `.${secret}`,
      `${Buffer.from('other').toString('base64url')}.${secret}`,
      `${Buffer.from('a\0b').toString('base64url')}.${secret}`,
      secret,
      `${token}=`,
      ` ${token}`,
      '',
      undefined,
      { toString: () => token },
    ]
    for (const one of altered) await expect(crm.calendarFeed(one as string)).rejects.toMatchObject(missing)
  })

  it('is stored and logged without its secret', async () => {
    const { storage, token, root } = await withFeed()
    const rows = await storage.read(`select secret from ${storage.table('calendar_feed')} where tenant_id = ?`, [
      'default',
    ])
    const { items } = await root.audit({ where: { recordType: 'users' } } as never)
    const told = JSON.stringify([
      rows,
      items,
      await storage.read(`select changes, name from ${storage.table('event')} where tenant_id = ?`, ['default']),
    ])
    expect(told).toContain('user.feed_created')
    expect(told).not.toContain(token.split('.')[1])
  })

  it('is made, changed and ended in full or not at all, and once of two at a time', async () => {
    const { ada, storage } = await withPeople()
    const { feed } = ada.calendar
    for (const verb of [feed.create, feed.rotate, feed.revoke]) {
      const before = await dumpTables(storage)
      for (let at = 1; ; at++) {
        const failed = storage.failOn(at)
        const error = await verb().then(
          () => undefined,
          (thrown) => thrown,
        )
        storage.failOn(null)
        if (!failed()) {
          expect(error).toBeUndefined()
          break
        }
        expect(error).toMatchObject({ code: 'STORAGE' })
        expect(await dumpTables(storage)).toEqual(before)
      }
    }
    const outcomes = await Promise.allSettled([feed.create(), feed.create(), feed.create()])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'DUPLICATE' })
  })

  it('is only for active users', async () => {
    const { system, as } = await withFeed()
    await expect(system.calendar.feed.create()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(as('nobody').calendar.feed.create()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})
