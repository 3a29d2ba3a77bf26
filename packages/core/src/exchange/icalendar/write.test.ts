import fc from 'fast-check'
import ICAL from 'ical.js'
import nodeIcal from 'node-ical'
import { describe, expect, it } from 'vitest'
import { occurrences } from '../../kernel/recurrence'
import { readCalendar, writeCalendar } from './api'
import type { CalendarEvent } from './types'
import type { WrittenEvent } from './write'

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Santiago', 'UTC']
const RULES = [
  'FREQ=DAILY',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH',
  'FREQ=MONTHLY;BYDAY=-1FR',
  'FREQ=YEARLY',
  'FREQ=DAILY;COUNT=400',
  'FREQ=DAILY;UNTIL=20270701',
  'FREQ=WEEKLY;UNTIL=20270401T120000Z',
]
const stamp = new Date('2026-01-02T03:04:05Z')
const DAY = 86_400_000

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    'a\r\nATTENDEE:mailto:x@example.com',
    'a\rEND:VEVENT\rBEGIN:VEVENT',
    'x\u2028y',
    '\\n\\,;:"^\'',
    ' \n\n ',
    '😀'.repeat(60),
    '=TRUE;X="',
    'END:VCALENDAR',
  ),
)
/** What a reader may make of a text: line ends are one, control characters and halves of characters gone. */
const asRead = (text: string) =>
  text
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n')
    .replace(/[\p{Cc}\p{Surrogate}]/gu, (one) =>
      '\n\t\u0080\u0081'.includes(one) || (one > '\u0080' && !/\p{Surrogate}/u.test(one)) ? one : '',
    )

const person = fc.record({ address: fc.constantFrom('ada@example.com', "o'hara+x@example.co.uk"), name: hostileText })
const events: fc.Arbitrary<WrittenEvent> = fc
  .record({
    uid: fc.uuid(),
    sequence: fc.integer({ min: 0, max: 99 }),
    title: hostileText,
    description: hostileText,
    location: hostileText,
    busy: fc.boolean(),
    zone: fc.constantFrom(...ZONES),
    minutes: fc.integer({ min: 0, max: 2 * 366 * 1_440 }),
    length: fc.integer({ min: 1, max: 3_000 }),
    days: fc.boolean(),
    rule: fc.option(fc.constantFrom(...RULES), { nil: undefined }),
    organizer: fc.option(person, { nil: undefined }),
    attendees: fc.array(
      fc.record({
        ...{ answer: fc.constantFrom('pending', 'accepted', 'declined', 'tentative'), optional: fc.boolean() },
        person,
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ minutes, length, days, rule, organizer, attendees, ...rest }) => {
    const from = new Date(Date.UTC(2025, 5, 1) + minutes * 60_000)
    const to = new Date(from.getTime() + length * 60_000)
    const date = (instant: Date, on = 0) => new Date(instant.getTime() + on * DAY).toISOString().slice(0, 10)
    return {
      ...rest,
      stamp,
      start: days ? date(from) : from,
      end: days ? date(to, 1) : to,
      ...(rule && { recurrence: { rule, except: [], also: [] } }),
      ...(organizer && { organizer }),
      attendees: attendees.map(({ person: one, ...answer }) => ({ ...one, ...answer })) as CalendarEvent['attendees'],
    }
  })

describe('a written calendar', () => {
  it('is read again as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 1, maxLength: 4 }), async (written) => {
        const text = await writeCalendar({ method: 'REQUEST', name: 'Sales, all', events: written })
        expect(text).not.toMatch(/[^\r]\n|\r[^\n]/)
        for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
        const read = await readCalendar(text)
        expect(read).toMatchObject({ method: 'REQUEST', name: 'Sales, all', problems: [] })
        expect(read.components.VEVENT).toBe(written.length)
        for (const [at, event] of written.entries()) {
          const found = read.events[at] as CalendarEvent
          expect({ ...found, start: Number(new Date(found.start as Date)) }).toMatchObject({
            uid: event.uid,
            sequence: event.sequence,
            stamp,
            busy: event.busy,
            start: Number(new Date(event.start as Date)),
          })
          expect(found.end).toEqual(event.end)
          expect(found.title ?? '').toBe(asRead(event.title ?? ''))
          expect(found.attendees.map(({ address, answer, optional }) => ({ address, answer, optional }))).toEqual(
            (event.attendees ?? []).map(({ address, answer, optional }) => ({ address, answer, optional })),
          )
          if (event.start instanceof Date && event.recurrence) expect(found.zone).toBe(event.zone)
        }
      }),
      { numRuns: 150, seed: 1815 },
    )
  })

  it('recurs at the same instants for other readers, across the change of clocks', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.integer({ min: 0, max: 500 }), async (event, ahead) => {
        const { start, recurrence, zone } = event
        if (!recurrence?.rule || !(start instanceof Date) || isOdd(start, zone)) return
        const limit = 40
        const from = new Date(start.getTime() + ahead * DAY)
        const to = new Date(from.getTime() + 300 * DAY)
        const ours = await occurrences({ rule: recurrence.rule, start, zone }, { from, to, limit })
        const text = await writeCalendar({ events: [event] })
        expect(byIcalJs(text, from, to, limit)).toEqual(ours.map((one) => (one as Date).toISOString()))
      }),
      { numRuns: 300, seed: 1815 },
    )
  })

  it('is understood by node-ical: instants, zone, rule, days', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        if (event.start instanceof Date && isOdd(event.start, event.zone)) return
        const parsed = nodeIcal.sync.parseICS(await writeCalendar({ events: [event] }))
        const found = Object.values(parsed).find((one) => one.type === 'VEVENT') as nodeIcal.VEvent
        expect(found.uid).toBe(event.uid)
        if (event.start instanceof Date) {
          expect(found.start.toISOString()).toBe(event.start.toISOString())
          expect(found.end.toISOString()).toBe((event.end as Date).toISOString())
        } else {
          expect(found.datetype).toBe('date')
          expect(found.start.toDateString()).toBe(new Date(`${event.start}T12:00`).toDateString())
        }
        expect(found.rrule !== undefined).toBe(event.recurrence !== undefined)
      }),
      { numRuns: 150, seed: 1815 },
    )
  })

  it('says which occurrence moved and which are left out', async () => {
    const start = new Date('2026-03-27T08:00:00Z')
    const moved = new Date('2026-04-03T07:00:00Z')
    const series = {
      uid: 'a',
      zone: 'Europe/Berlin',
      start,
      recurrence: { rule: 'FREQ=WEEKLY', except: [new Date('2026-04-10T07:00:00Z')], also: [] },
    }
    const one = { uid: 'a', zone: 'Europe/Berlin', recurrenceId: moved, start: new Date('2026-04-04T10:00:00Z') }
    const text = await writeCalendar({ events: [series, one] })
    expect(text).toContain('RECURRENCE-ID;TZID=Europe/Berlin:20260403T090000')
    expect(text).toContain('EXDATE;TZID=Europe/Berlin:20260410T090000')
    const { events: read } = await readCalendar(text)
    expect(read[0]?.recurrence?.except).toEqual([new Date('2026-04-10T07:00:00Z')])
    expect(read[1]?.recurrenceId).toEqual(moved)
    const days = await writeCalendar({
      events: [{ uid: 'b', zone: 'UTC', start: '2026-04-03', recurrenceId: '2026-04-02' }],
    })
    expect(days).toContain('RECURRENCE-ID;VALUE=DATE:20260402')
  })

  it.each([
    [{ uid: '', start: stamp, zone: 'UTC' }, 'required'],
    [{ uid: 'a', start: 'soon', zone: 'UTC' }, 'invalid-start'],
    [{ uid: 'a', start: stamp, end: '2026-01-01', zone: 'UTC' }, 'invalid-end'],
    [{ uid: 'a', start: stamp, zone: 'Mars/Base' }, 'invalid-zone'],
    [
      { uid: 'a', start: stamp, zone: 'UTC', recurrence: { rule: 'FREQ=SECONDLY', except: [], also: [] } },
      'unknown-frequency',
    ],
  ])('of %j is refused as %s', async (event, rule) => {
    await expect(writeCalendar({ events: [event] })).rejects.toMatchObject({
      code: 'VALIDATION',
      field: 'calendar',
      rule,
    })
  })
})

/** Times that the clocks skip or show twice: readers do not agree about them. */
function isOdd(start: Date, zone: string): boolean {
  const hour = Number(start.toLocaleString('en', { timeZone: zone, hour: 'numeric', hour12: false }))
  return hour % 24 < 4 || hour === 23
}

/** The instants that the library makes of the text, by the zone that it describes. */
function byIcalJs(text: string, from: Date, to: Date, limit: number): string[] {
  const root = new ICAL.Component(ICAL.parse(text))
  ICAL.TimezoneService.reset()
  for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  const event = new ICAL.Event(root.getFirstSubcomponent('vevent') as ICAL.Component)
  const iterator = event.iterator()
  const found: string[] = []
  for (let next = iterator.next(); next && found.length < limit; next = iterator.next()) {
    const instant = new Date(next.toUnixTime() * 1_000)
    if (instant >= to) break
    if (instant >= from) found.push(instant.toISOString())
  }
  return found
}
