import { readFileSync } from 'node:fs'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { isTimeZone } from '../../kernel/zones'
import { readCalendar } from './api'
import type { CalendarEvent } from './types'

const corpus = process.env.RAPPORT_CORPUS

describe.skipIf(!corpus)('the calendars of others', () => {
  const counts: Record<string, Record<string, number>> = corpus
    ? JSON.parse(readFileSync(`${corpus}/ics/component-counts.json`, 'utf8'))
    : {}
  const text = (path: string) => readFileSync(`${corpus}/${path}`, 'utf8')
  const isBroken = (path: string) => /\/(?:broken_|fuzz_testcase_invalid_month)/.test(path)
  const readable = Object.keys(counts).filter((path) => !isBroken(path))
  const broken = Object.keys(counts).filter(isBroken)

  it('are 106', () => {
    expect(readable).toHaveLength(103)
    expect(broken).toHaveLength(3)
  })

  it.each(readable)('%s has the components that are counted in it', async (path) => {
    const { components, events, todos } = await readCalendar(text(path))
    expect(components).toMatchObject(counts[path] as object)
    expect(events).toHaveLength(counts[path]?.VEVENT ?? 0)
    expect(todos).toHaveLength(counts[path]?.VTODO ?? 0)
  })

  it.each(broken)('%s is refused', async (path) => {
    await expect(readCalendar(text(path))).rejects.toMatchObject({ code: 'VALIDATION', field: 'calendar' })
  })

  it('a start that cannot be read is told by its line', async () => {
    const start = 'DTSTART is a date such as 20260301 or a time such as 20260301T090000Z.'
    const reading = (name: string) => readCalendar(text(`ics/icalendar-py/tests/calendars/broken_${name}.ics`))
    await expect(reading('dtstart')).rejects.toMatchObject({ rule: 'invalid-start', remedy: `Line 6: ${start}` })
    await expect(reading('ical')).rejects.toMatchObject({ rule: 'invalid-start', remedy: `Line 4: ${start}` })
  })

  it('start where another reader sees them, by the zones in the file', async () => {
    let compared = 0
    for (const path of readable) {
      const theirs = await readByTheOther(text(path))
      const { events } = await readCalendar(text(path), { zone: 'UTC' })
      for (const [at, event] of events.entries()) {
        const other = theirs?.[at]
        if (!other?.start) continue
        expect([path, at, moment(event.start)]).toEqual([path, at, other.start])
        compared++
      }
    }
    expect(compared).toBeGreaterThan(80)
  })
})

const moment = (value: Date | string | undefined) => (value instanceof Date ? value.toISOString() : value)

/** By the library alone, with the zones that the file describes. Times in zones that it does not know say nothing. */
async function readByTheOther(text: string): Promise<{ start: string | undefined }[] | undefined> {
  let root: ICAL.Component
  try {
    const parsed = ICAL.parse(text) as unknown[]
    if (typeof parsed[0] !== 'string' || parsed[0] !== 'vcalendar') return undefined
    root = new ICAL.Component(parsed)
  } catch {
    return undefined
  }
  ICAL.TimezoneService.reset()
  for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  return root.getAllSubcomponents('vevent').map((event) => {
    let time: ICAL.Time | null
    try {
      time = event.getFirstPropertyValue('dtstart') as ICAL.Time | null
    } catch {
      return { start: undefined }
    }
    if (!time || time.year === 0) return { start: undefined }
    if (time.isDate) return { start: time.toString() }
    const id = event.getFirstProperty('dtstart')?.getFirstParameter('tzid')
    const known = id === undefined || ICAL.TimezoneService.has(id)
    return { start: known ? new Date(time.toUnixTime() * 1_000).toISOString() : undefined }
  })
}

const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR'].join('\r\n')
const event = (...lines: string[]) => calendar('BEGIN:VEVENT', ...lines, 'END:VEVENT')
async function only(...lines: string[]): Promise<CalendarEvent> {
  const { events } = await readCalendar(event(...lines))
  expect(events).toHaveLength(1)
  return events[0] as CalendarEvent
}

describe('an event', () => {
  it('is read with everything that it says', async () => {
    const { method, name, events, problems } = await readCalendar(
      calendar(
        'METHOD:REQUEST',
        'X-WR-CALNAME:Sales',
        'BEGIN:VEVENT',
        'UID:1@example.com',
        'SEQUENCE:2',
        'DTSTAMP:20260101T080000Z',
        'DTSTART;TZID=Europe/Berlin:20260327T090000',
        'DTEND;TZID=Europe/Berlin:20260327T100000',
        'SUMMARY:Kick-off\\, with',
        '  Ada\\nand Grace',
        'LOCATION:Room 1',
        'STATUS:CONFIRMED',
        'CATEGORIES:Sales,Q1',
        'RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=FR',
        'EXDATE;TZID=Europe/Berlin:20260403T090000,20260410T090000',
        'RDATE;TZID=Europe/Berlin:20260404T090000',
        'ORGANIZER;CN="Hopper, Grace":MAILTO:grace@example.com',
        'ATTENDEE;CN=Ada;PARTSTAT=ACCEPTED;ROLE=OPT-PARTICIPANT:mailto:ada@example.com',
        'ATTENDEE;PARTSTAT=NEEDS-ACTION;EMAIL=alan@example.com:/principals/alan',
        'END:VEVENT',
      ),
    )
    expect({ method, name, problems }).toEqual({ method: 'REQUEST', name: 'Sales', problems: [] })
    expect(events).toEqual([
      {
        uid: '1@example.com',
        sequence: 2,
        stamp: new Date('2026-01-01T08:00:00Z'),
        title: 'Kick-off, with Ada\nand Grace',
        location: 'Room 1',
        status: 'confirmed',
        categories: ['Sales', 'Q1'],
        start: new Date('2026-03-27T08:00:00Z'),
        end: new Date('2026-03-27T09:00:00Z'),
        zone: 'Europe/Berlin',
        busy: true,
        recurrence: {
          rule: 'FREQ=WEEKLY;COUNT=4;BYDAY=FR',
          except: [new Date('2026-04-03T07:00:00Z'), new Date('2026-04-10T07:00:00Z')],
          also: [new Date('2026-04-04T07:00:00Z')],
        },
        organizer: { address: 'grace@example.com', name: 'Hopper, Grace' },
        attendees: [
          { address: 'ada@example.com', name: 'Ada', answer: 'accepted', optional: true },
          { address: 'alan@example.com', answer: 'pending', optional: false },
        ],
      },
    ])
  })

  it.each([
    ['of days ends the day after the last', ['DTSTART;VALUE=DATE:20260327', 'DTEND;VALUE=DATE:20260329'], '2026-03-29'],
    ['of a day ends the next', ['DTSTART;VALUE=DATE:20260331'], '2026-04-01'],
    ['of days by duration', ['DTSTART:20260327', 'DURATION:P2D'], '2026-03-29'],
    ['without end ends as it starts', ['DTSTART:20260327T090000Z'], '2026-03-27T09:00:00.000Z'],
    ['of an hour and a half', ['DTSTART:20260327T090000Z', 'DURATION:PT1H30M'], '2026-03-27T10:30:00.000Z'],
    [
      'of a day on the clock',
      ['DTSTART;TZID=Europe/Berlin:20260328T090000', 'DURATION:P1D'],
      '2026-03-29T07:00:00.000Z',
    ],
    [
      'that ends before it starts ends at once',
      ['DTSTART:20260327T090000Z', 'DTEND:20260327T080000Z'],
      '2026-03-27T09:00:00.000Z',
    ],
    [
      'of impossible length ends at once',
      ['DTSTART:20260327T090000Z', 'DURATION:P999999999W'],
      '2026-03-27T09:00:00.000Z',
    ],
  ])('%s', async (_, lines, end) => {
    expect(moment((await only(...lines)).end)).toBe(end)
  })

  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['"Europe/Berlin"', 'Europe/Berlin'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['/mozilla.org/20050126_1/Europe/Berlin', 'Europe/Berlin'],
    ['/freeassociation.sourceforge.net/America/Argentina/Salta', 'America/Argentina/Salta'],
    ['GMT', 'UTC'],
  ])('in the zone %s is in %s', async (id, zone) => {
    const found = await only(`DTSTART;TZID=${id}:20260115T120000`)
    expect(isTimeZone(found.zone)).toBe(true)
    const noon = (in_: string) => new Date('2026-01-15T12:00:00Z').toLocaleString('en', { timeZone: in_ })
    expect(noon(found.zone)).toBe(noon(zone))
  })

  it('in a zone of its own has the instants that the file describes, and a zone that keeps them', async () => {
    const described = [
      'BEGIN:VTIMEZONE',
      'TZID:Customized Time Zone',
      'BEGIN:STANDARD',
      'DTSTART:16010101T030000',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0100',
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
      'END:STANDARD',
      'BEGIN:DAYLIGHT',
      'DTSTART:16010101T020000',
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0200',
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
      'END:DAYLIGHT',
      'END:VTIMEZONE',
    ]
    for (const [day, hour] of [
      ['20260328', '08'],
      ['20260329', '07'],
      ['20261024', '07'],
      ['20261025', '08'],
    ]) {
      const start = `DTSTART;TZID=Customized Time Zone:${day}T090000`
      const { events, problems } = await readCalendar(calendar(...described, 'BEGIN:VEVENT', start, 'END:VEVENT'))
      const [found] = events as [CalendarEvent]
      expect(moment(found.start)?.slice(11, 13)).toBe(hour)
      const offset = new Date(Number(found.start)).toLocaleString('en', {
        timeZone: found.zone,
        hour: 'numeric',
        hour12: false,
      })
      expect(offset).toBe('09')
      expect(problems).toEqual([])
    }
  })

  it('without a zone is in the one that is asked for, or that the calendar names', async () => {
    const text = event('DTSTART:20260701T090000')
    expect((await readCalendar(text, { zone: 'America/New_York' })).events[0]?.start).toEqual(
      new Date('2026-07-01T13:00:00Z'),
    )
    const named = text.replace('VERSION', 'X-WR-TIMEZONE:Europe/Berlin\r\nVERSION')
    expect((await readCalendar(named)).events[0]?.start).toEqual(new Date('2026-07-01T07:00:00Z'))
  })

  it('in a zone that nobody knows is told', async () => {
    const { events, problems } = await readCalendar(event('DTSTART;TZID=Mars/Base:20260701T090000'))
    expect(events[0]?.start).toEqual(new Date('2026-07-01T09:00:00Z'))
    expect(problems).toEqual([expect.objectContaining({ line: 4, property: 'DTSTART' })])
  })

  it.each([
    'FREQ=SECONDLY',
    'FREQ=MINUTELY;COUNT=999999999',
    'FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,1,2,3,4,5,6,7,8,9',
    `FREQ=DAILY;BYMONTHDAY=${'1,'.repeat(50_000)}1`,
    '%n;BYMONTH===',
  ])('with the rule %.40s is told of it and keeps no rule', async (rule) => {
    const { events, problems } = await readCalendar(event('DTSTART:20260701T090000Z', `RRULE:${rule}`))
    expect(events[0]?.recurrence?.rule).toBeUndefined()
    expect(problems).toEqual([expect.objectContaining({ line: 5, property: 'RRULE' })])
  })
})

describe('a todo', () => {
  it('is read with its due time, state and priority', async () => {
    const lines = [
      'UID:2',
      'SUMMARY:Call',
      'DUE:20260701T090000Z',
      'STATUS:COMPLETED',
      'COMPLETED:20260630T120000Z',
      'PRIORITY:1',
    ]
    const { todos } = await readCalendar(calendar('BEGIN:VTODO', ...lines, 'END:VTODO'))
    expect(todos).toEqual([
      {
        uid: '2',
        title: 'Call',
        due: new Date('2026-07-01T09:00:00Z'),
        completedAt: new Date('2026-06-30T12:00:00Z'),
        status: 'completed',
        priority: 1,
        sequence: 0,
        zone: 'UTC',
        categories: [],
        attendees: [],
      },
    ])
  })
})

describe('hostile text', () => {
  const refused = async (text: unknown, rule: string) => {
    const started = performance.now()
    await expect(readCalendar(text as string)).rejects.toMatchObject({ code: 'VALIDATION', field: 'calendar', rule })
    expect(performance.now() - started).toBeLessThan(3_000)
  }

  it.each([
    ['no text', 7, 'wrong-type'],
    ['nothing', '', 'not-a-calendar'],
    ['a page', '<html>\n<body>Not found</body>', 'not-a-calendar'],
    ['a line of ten megabytes', event(`DTSTART:2026${'0'.repeat(10_000_000)}`), 'too-large'],
    ['components nested without end', 'BEGIN:VEVENT\n'.repeat(100), 'too-deep'],
    ['a hundred thousand components', calendar('BEGIN:VEVENT\nEND:VEVENT\n'.repeat(100_000)), 'too-many'],
    ['an event cut off', event('DTSTART:20260701T090000Z').split('END:VEVENT')[0], 'cut-off'],
    ['ends in the wrong order', 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT', 'unbalanced'],
    ['a start of letters', event('DTSTART:tomorrow'), 'invalid-start'],
    ['a start on no day', event('DTSTART:20260230T090000Z'), 'invalid-start'],
    ['a long start', event(`DTSTART:${'2'.repeat(200_000)}`), 'invalid-start'],
  ])('%s is refused', (_, text, rule) => refused(text, rule))

  it('is read in good time when it is only large', async () => {
    const started = performance.now()
    const zones = Array.from({ length: 400 }, (_, at) => [
      'BEGIN:VTIMEZONE',
      `TZID:Z${at}`,
      ...Array.from({ length: 40 }, () => [
        'BEGIN:STANDARD',
        'DTSTART:16010101T000000',
        'TZOFFSETFROM:+0100',
        'TZOFFSETTO:+0133',
        'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
        'END:STANDARD',
      ]).flat(),
      'END:VTIMEZONE',
    ]).flat()
    const events = Array.from({ length: 400 }, (_, at) => [
      'BEGIN:VEVENT',
      `DTSTART;TZID=Z${at}:${1950 + (at % 100)}0101T000000`,
      `SUMMARY;${'X=";'.repeat(500)}:x`,
      'END:VEVENT',
    ]).flat()
    const { events: found, problems } = await readCalendar(calendar(...zones, ...events))
    expect(found).toHaveLength(400)
    expect(problems.length).toBeGreaterThan(0)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  it('keeps to its own object', async () => {
    const { components, events } = await readCalendar(
      calendar(
        'BEGIN:__PROTO__',
        'END:__PROTO__',
        'BEGIN:VEVENT',
        '__PROTO__:x',
        'SUMMARY;__PROTO__=1:a\0b\ud800',
        'END:VEVENT',
      ),
    )
    expect(Object.getPrototypeOf(components)).toBe(Object.prototype)
    expect(events[0]?.title).toBe('ab')
  })
})
