import { describe, expect, it } from 'vitest'
import { type Client, withPeople } from '../../../test/support/crm'
import type { OutgoingEmail } from '../../messages/ports'
import { readCalendar } from './api'

const startAt = new Date('2026-03-27T08:00:00Z')

/** What left the house, as calendar programs read it. */
class Post {
  readonly sent: OutgoingEmail[] = []
  failing: string | undefined
  async send(email: OutgoingEmail) {
    if (email.to[0]?.address === this.failing) throw new Error('Mailbox full')
    this.sent.push(email)
    return { providerId: email.id }
  }
  /** Since the last look: `REQUEST ada@example.com 1 Kick-off`. */
  async news(): Promise<string[]> {
    const found = this.sent.splice(0)
    const told = await Promise.all(
      found.map(async ({ to, calendar }) => {
        const { method, events, problems } = await readCalendar(calendar?.content ?? '')
        expect([method, problems]).toEqual([calendar?.method, []])
        return `${method} ${to[0]?.address} ${events[0]?.sequence} ${events[0]?.title}`
      }),
    )
    return told.sort()
  }
}

async function withPost() {
  const post = new Post()
  const people = await withPeople({ email: post })
  await people.system.users.sync([
    { id: 'ada', name: 'Ada "A" Byron', email: 'ada@example.com', roles: ['sales'], teams: ['north'] },
  ])
  const round = async () => {
    await people.crm.tick()
    return post.news()
  }
  const meeting = await people.ada.meetings.create({
    title: 'Kick-off',
    startAt,
    zone: 'Europe/Berlin',
    recurrence: 'FREQ=WEEKLY',
  })
  return { ...people, post, round, meeting }
}

const eve = { email: 'eve@example.com', name: 'Eve; "the" second' }

describe('mail to attendees', () => {
  it('invites each once, tells of changes that matter, and of the end', async () => {
    const { ada, round, meeting } = await withPost()
    await ada.meetings.invite(meeting.id, [eve, { email: 'bob@example.com' }])
    expect(await round()).toEqual(['REQUEST bob@example.com 0 Kick-off', 'REQUEST eve@example.com 0 Kick-off'])
    expect(await round()).toEqual([])
    await ada.meetings.update(meeting.id, { description: 'Bring pens' })
    expect(await round()).toEqual([])
    await ada.meetings.update(meeting.id, { startAt: new Date('2026-03-27T09:00:00Z') })
    expect(await round()).toEqual(['REQUEST bob@example.com 1 Kick-off', 'REQUEST eve@example.com 1 Kick-off'])
    await ada.meetings.update(meeting.id, { title: 'Start' })
    await ada.meetings.update(meeting.id, { location: 'Room 2' })
    expect(await round()).toEqual(['REQUEST bob@example.com 3 Start', 'REQUEST eve@example.com 3 Start'])
    await ada.meetings.uninvite(meeting.id, [{ email: 'bob@example.com' }])
    expect(await round()).toEqual(['CANCEL bob@example.com 3 Start'])
    await ada.meetings.invite(meeting.id, [{ email: 'cid@example.com' }])
    expect(await round()).toEqual(['REQUEST cid@example.com 3 Start'])
    await ada.meetings.cancel(meeting.id)
    expect(await round()).toEqual(['CANCEL cid@example.com 4 Start', 'CANCEL eve@example.com 4 Start'])
    await ada.meetings.update(meeting.id, { status: 'planned' })
    expect(await round()).toEqual(['REQUEST cid@example.com 5 Start', 'REQUEST eve@example.com 5 Start'])
    await ada.meetings.delete(meeting.id)
    expect(await round()).toEqual(['CANCEL cid@example.com 5 Start', 'CANCEL eve@example.com 5 Start'])
  })

  it('says who, when, and where, with the zone', async () => {
    const { crm, ada, post, meeting } = await withPost()
    await ada.meetings.invite(meeting.id, [eve, { user: 'bob' }])
    await crm.tick()
    const [mail] = post.sent
    expect(mail).toMatchObject({ to: [{ address: eve.email, name: eve.name }], subject: 'Invitation: Kick-off' })
    expect(mail?.text).toContain('Friday')
    expect(mail?.calendar?.content).toContain('BEGIN:VTIMEZONE')
    const { events } = await readCalendar(mail?.calendar?.content ?? '')
    expect(events).toMatchObject([
      {
        uid: meeting.uid,
        start: startAt,
        zone: 'Europe/Berlin',
        recurrence: { rule: 'FREQ=WEEKLY' },
        organizer: { address: 'ada@example.com', name: 'Ada "A" Byron' },
        attendees: [{ address: eve.email, name: eve.name, answer: 'pending' }],
      },
    ])
  })

  it('is not sent about what is past, nor without an address to answer to', async () => {
    const { ada, bob, system, round, meeting } = await withPost()
    const past = await ada.meetings.create({ title: 'Past', startAt: new Date('2026-03-01T09:00:00Z') })
    await ada.meetings.invite(past.id, [eve])
    const ofBob = await bob.meetings.create({ title: 'Of bob', startAt })
    await bob.meetings.invite(ofBob.id, [eve])
    expect(await round()).toEqual([])
    void [system, meeting]
  })

  it('reaches the others when one address fails, and that one later, once', async () => {
    const { ada, crm, clock, post, round, meeting } = await withPost()
    await ada.meetings.invite(meeting.id, [eve, { email: 'bob@example.com' }])
    post.failing = eve.email
    expect(await round()).toEqual(['REQUEST bob@example.com 0 Kick-off'])
    post.failing = undefined
    clock.advance(3_600_000)
    expect(await round()).toEqual(['REQUEST eve@example.com 0 Kick-off'])
    clock.advance(3_600_000)
    expect(await round()).toEqual([])
    expect(await crm.events.failed()).toEqual([])
  })

  it('is sent again with the same id where the process died before it was remembered', async () => {
    const { ada, crm, clock, storage, post, meeting } = await withPost()
    await ada.meetings.invite(meeting.id, [eve])
    const ids: string[] = []
    for (let at = 1; at < 40; at++) {
      storage.failOn(at)
      await crm.tick().catch(() => {})
      storage.failOn(null)
      ids.push(...post.sent.splice(0).map(({ id }) => id))
      clock.advance(6 * 3_600_000)
    }
    await crm.tick()
    ids.push(...post.sent.splice(0).map(({ id }) => id))
    expect(ids.length).toBeGreaterThan(0)
    expect(new Set(ids).size).toBe(1)
    clock.advance(86_400_000)
    await crm.tick()
    expect(post.sent).toEqual([])
  })

  it('is sent once by several workers at a time', async () => {
    const { ada, crm, clock, post, meeting } = await withPost()
    for (let at = 0; at < 5; at++) await ada.meetings.invite(meeting.id, [{ email: `p${at}@example.com` }])
    for (let round = 0; round < 6; round++) {
      await Promise.all(Array.from({ length: 4 }, () => crm.tick()))
      clock.advance(3_600_000)
    }
    expect(post.sent.map(({ to }) => to[0]?.address).sort()).toEqual([0, 1, 2, 3, 4].map((at) => `p${at}@example.com`))
  })
})

/** Calendar text as the programs of others send it. */
const letter = (method: string, lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', `METHOD:${method}`, 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join(
    '\r\n',
  )
const reply = (uid: string, address: string, partstat: string, more: string[] = []) =>
  letter('REPLY', [
    `UID:${uid}`,
    'SEQUENCE:0',
    'DTSTAMP:20260310T130000Z',
    `ATTENDEE;PARTSTAT=${partstat}:mailto:${address}`,
    ...more,
  ])

async function answers(me: Client, id: string) {
  return (await me.meetings.attendees(id)).map(({ email, answer }) => `${email} ${answer}`)
}

describe('a reply', () => {
  it('sets the answer of the one it came from', async () => {
    const { ada, meeting } = await withPost()
    await ada.meetings.invite(meeting.id, [eve, { email: 'bob@example.com' }])
    const from = 'Eve@Example.com'
    const received = await ada.meetings.receive(reply(meeting.uid, 'EVE@example.com', 'ACCEPTED'), { from })
    expect(received).toEqual({ method: 'REPLY', meeting: meeting.id, changed: true })
    expect((await answers(ada, meeting.id)).sort()).toEqual([
      'bob@example.com needs-action',
      'eve@example.com accepted',
    ])
  })

  it('that is late, comes again, or is of an older state changes nothing', async () => {
    const { ada, meeting } = await withPost()
    await ada.meetings.invite(meeting.id, [eve])
    const from = eve.email
    const at = (time: string, partstat: string, sequence = 0) =>
      ada.meetings.receive(
        letter('REPLY', [
          `UID:${meeting.uid}`,
          `SEQUENCE:${sequence}`,
          `DTSTAMP:20260310T${time}Z`,
          `ATTENDEE;PARTSTAT=${partstat}:mailto:${from}`,
        ]),
        { from },
      )
    await at('130000', 'DECLINED')
    expect(await at('120000', 'ACCEPTED')).toMatchObject({ changed: false })
    expect(await at('130000', 'ACCEPTED')).toMatchObject({ changed: false })
    await ada.meetings.update(meeting.id, { location: 'Room 2' })
    expect(await at('140000', 'ACCEPTED', 0)).toMatchObject({ changed: false })
    expect(await answers(ada, meeting.id)).toEqual(['eve@example.com declined'])
    expect(await at('140000', 'ACCEPTED', 1)).toMatchObject({ changed: true })
  })

  it('is refused for another, from strangers, and for meetings out of reach', async () => {
    const { ada, bob, meeting } = await withPost()
    await ada.meetings.invite(meeting.id, [eve])
    const text = reply(meeting.uid, eve.email, 'ACCEPTED')
    await expect(ada.meetings.receive(text, { from: 'mallory@example.com' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    const stranger = reply(meeting.uid, 'x@example.com', 'ACCEPTED')
    await expect(ada.meetings.receive(stranger, { from: 'x@example.com' })).rejects.toMatchObject({
      rule: 'not-invited',
    })
    await expect(bob.meetings.receive(text, { from: eve.email })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(ada.meetings.receive(reply('nope', eve.email, 'ACCEPTED'), { from: eve.email })).rejects.toMatchObject(
      { code: 'NOT_FOUND' },
    )
    await expect(ada.meetings.receive(text, {} as never)).rejects.toMatchObject({ code: 'VALIDATION', field: 'from' })
    await expect(ada.meetings.receive(letter('COUNTER', ['UID:x']), { from: eve.email })).rejects.toMatchObject({
      rule: 'unsupported-method',
    })
    expect(await answers(ada, meeting.id)).toEqual(['eve@example.com needs-action'])
  })
})

const invitation = (sequence: number, lines: string[] = [], stamp = '20260310T080000Z') =>
  letter('REQUEST', [
    'UID:theirs@example.org',
    `SEQUENCE:${sequence}`,
    `DTSTAMP:${stamp}`,
    'DTSTART;TZID=Europe/Berlin:20260327T090000',
    'DTEND;TZID=Europe/Berlin:20260327T100000',
    'RRULE:FREQ=WEEKLY;COUNT=4',
    'SUMMARY:Their meeting',
    'ORGANIZER;CN=Olga:mailto:olga@example.org',
    'ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ada@example.com',
    'ATTENDEE;CN=Eve;PARTSTAT=ACCEPTED:mailto:eve@example.com',
    ...lines,
  ])
const olga = { from: 'olga@example.org' }

describe('an invitation of others', () => {
  it('makes one meeting, whatever comes again; the answer goes back', async () => {
    const { ada, round } = await withPost()
    const first = await ada.meetings.receive(invitation(0), olga)
    expect(first).toMatchObject({ method: 'REQUEST', changed: true })
    expect(await ada.meetings.receive(invitation(0), olga)).toEqual({ ...first, changed: false })
    expect((await ada.meetings.list()).items.filter(({ title }) => title === 'Their meeting')).toMatchObject([
      {
        id: first.meeting,
        owner: 'ada',
        uid: 'theirs@example.org',
        startAt,
        zone: 'Europe/Berlin',
        recurrence: 'FREQ=WEEKLY;COUNT=4',
      },
    ])
    expect(await round()).toEqual([])
    await ada.meetings.answer(first.meeting, 'accepted')
    expect(await round()).toEqual(['REPLY olga@example.org 0 Their meeting'])
    expect(await round()).toEqual([])
    await ada.meetings.answer(first.meeting, 'declined')
    expect(await round()).toEqual(['REPLY olga@example.org 0 Their meeting'])
  })

  it('is changed and called off by a newer letter of theirs only', async () => {
    const { ada, round } = await withPost()
    const { meeting } = await ada.meetings.receive(invitation(1), olga)
    expect(await ada.meetings.receive(invitation(0, ['LOCATION:Old']), olga)).toMatchObject({ changed: false })
    await expect(
      ada.meetings.receive(invitation(2, ['LOCATION:Evil']), { from: 'eve@example.com' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const asEve = invitation(2, ['LOCATION:Evil']).replace('olga@example.org', 'eve@example.com')
    await expect(ada.meetings.receive(asEve, { from: 'eve@example.com' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const more = ['LOCATION:Room 9', 'EXDATE;TZID=Europe/Berlin:20260403T090000']
    expect(await ada.meetings.receive(invitation(2, more), olga)).toMatchObject({ meeting, changed: true })
    expect(await ada.meetings.get(meeting)).toMatchObject({
      location: 'Room 9',
      exceptions: { '2026-04-03T07:00:00.000Z': { status: 'cancelled' } },
    })
    const moved = letter('REQUEST', [
      'UID:theirs@example.org',
      'SEQUENCE:3',
      'DTSTAMP:20260310T090000Z',
      'RECURRENCE-ID;TZID=Europe/Berlin:20260410T090000',
      'DTSTART;TZID=Europe/Berlin:20260411T140000',
      'DTEND;TZID=Europe/Berlin:20260411T150000',
      'ORGANIZER:mailto:olga@example.org',
    ])
    await ada.meetings.receive(moved, olga)
    expect((await ada.meetings.get(meeting)).exceptions).toEqual({
      '2026-04-03T07:00:00.000Z': { status: 'cancelled' },
      '2026-04-10T07:00:00.000Z': { startAt: '2026-04-11T12:00:00.000Z', endAt: '2026-04-11T13:00:00.000Z' },
    })
    const off = letter('CANCEL', [
      'UID:theirs@example.org',
      'SEQUENCE:4',
      'DTSTAMP:20260310T100000Z',
      'ORGANIZER:mailto:olga@example.org',
    ])
    expect(await ada.meetings.receive(off, olga)).toMatchObject({ meeting, changed: true })
    expect(await ada.meetings.receive(off, olga)).toMatchObject({ meeting, changed: false })
    expect((await ada.meetings.get(meeting)).status).toBe('cancelled')
    expect(await round()).toEqual([])
  })

  it('counts from what they told, not from what we changed; another time asks again', async () => {
    const { ada, round } = await withPost()
    const { meeting } = await ada.meetings.receive(invitation(0), olga)
    await ada.meetings.answer(meeting, 'accepted')
    expect(await round()).toEqual(['REPLY olga@example.org 0 Their meeting'])
    for (const location of ['Mine', 'Mine too', 'Mine again']) await ada.meetings.update(meeting, { location })
    const later = invitation(1, ['LOCATION:Theirs']).replaceAll('T090000', 'T110000').replaceAll('T100000', 'T120000')
    expect(await ada.meetings.receive(later, olga)).toMatchObject({ changed: true })
    expect(await ada.meetings.get(meeting)).toMatchObject({
      location: 'Theirs',
      startAt: new Date('2026-03-27T10:00:00Z'),
    })
    expect(await answers(ada, meeting)).toContain('ada@example.com needs-action')
    expect(await round()).toEqual([])
    await ada.meetings.answer(meeting, 'accepted')
    expect(await round()).toEqual(['REPLY olga@example.org 1 Their meeting'])
  })

  it('makes one meeting when it is taken in several times at once', async () => {
    const { ada } = await withPost()
    const received = await Promise.all(Array.from({ length: 4 }, () => ada.meetings.receive(invitation(0), olga)))
    expect(new Set(received.map(({ meeting }) => meeting)).size).toBe(1)
    expect(received.filter(({ changed }) => changed)).toHaveLength(1)
  })

  it('cannot change a meeting of ours, nor one that is not there', async () => {
    const { ada, meeting } = await withPost()
    const ours = invitation(9).replace('theirs@example.org', meeting.uid)
    await expect(ada.meetings.receive(ours, olga)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const off = letter('CANCEL', ['UID:nope', 'ORGANIZER:mailto:olga@example.org'])
    await expect(ada.meetings.receive(off, olga)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('leaves nothing half done, whichever statement fails', async () => {
    const { ada, storage } = await withPost()
    for (let at = 1; ; at++) {
      const failed = storage.failOn(at)
      const outcome = await ada.meetings.receive(invitation(0), olga).catch((error) => error)
      storage.failOn(null)
      if (!failed()) {
        expect(outcome).toMatchObject({ changed: true })
        break
      }
      expect(outcome).toMatchObject({ code: 'STORAGE' })
      expect((await ada.meetings.list()).items.filter(({ title }) => title === 'Their meeting')).toEqual([])
    }
  })

  it('is refused when what matters cannot be read', async () => {
    const { ada } = await withPost()
    const odd = invitation(0).replace('FREQ=WEEKLY;COUNT=4', 'FREQ=SECONDLY')
    await expect(ada.meetings.receive(odd, olga)).rejects.toMatchObject({ code: 'VALIDATION', rule: 'unreadable' })
  })
})
