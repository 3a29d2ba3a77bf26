import { readFileSync } from 'node:fs'
import { TZDate } from '@date-fns/tz'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRule, nextOccurrence, occurrences } from './recurrence'

const corpus = process.env.RAPPORT_CORPUS
const refusal = (field: string, rule: string) => expect.objectContaining({ code: 'VALIDATION', field, rule })
const utc = (text: string) => new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/, '$1-$2-$3T$4:$5:$6Z'))
const iso = (found: (Date | string)[]) => found.map((one) => (one instanceof Date ? one.toISOString() : one))
const all = { from: new Date('1990-01-01T00:00Z'), to: new Date('2050-01-01T00:00Z'), limit: 200 }

describe.skipIf(!corpus)('the published rules', () => {
  interface Case {
    rrule: string
    dtstart: string
    'start-at'?: string
    instances: string[]
  }
  const cases: Case[] = corpus ? JSON.parse(readFileSync(`${corpus}/rrule/rrule-expected.json`, 'utf8')) : []

  it('are 34', () => {
    expect(cases).toHaveLength(34)
  })

  it.each(cases)('$rrule from $dtstart', async ({ rrule, dtstart, 'start-at': startAt = dtstart, instances }) => {
    const expected = instances.map((one) => utc(one).toISOString())
    const from = utc(startAt)
    const recurrence = { rule: rrule, start: utc(dtstart), zone: 'UTC' }
    const to = new Date(Math.max(...instances.map((one) => utc(one).getTime())) + 400 * 86_400_000)
    expect(iso(await occurrences(recurrence, { from, to, limit: 500 }))).toEqual(expected)
    expect(await nextOccurrence(recurrence, new Date(from.getTime() - 1))).toEqual(utc(instances[0] as string))
  })
})

describe('across the change of clocks', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']
  /** By another library: the instant at which the zone's clocks show that, the first of two. */
  const shown = (zone: string, year: number, month: number, day: number, hour: number, minute: number) =>
    new TZDate(year, month, day, hour, minute, zone).getTime()

  it('nine in the morning stays nine in the morning, every day of every year', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 4_000 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 4, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        async (zone, day, interval, hour, minute) => {
          const start = new Date(shown(zone, 2020, 0, 1 + day, hour, minute))
          const until = new Date(start.getTime() + 300 * 86_400_000)
          const found = await occurrences(
            { rule: `FREQ=DAILY;INTERVAL=${interval}`, start, zone },
            { from: start, to: until, limit: 1_000 },
          )
          const expected: string[] = []
          for (let step = 0; ; step += interval) {
            const instant = shown(zone, 2020, 0, 1 + day + step, hour, minute)
            if (instant >= until.getTime()) break
            expected.push(new Date(instant).toISOString())
          }
          expect(iso(found)).toEqual(expected)
        },
      ),
      { numRuns: 150, seed: 1815 },
    )
  })

  it('any window shows what the whole shows there, wherever it begins', async () => {
    const rules = [
      'FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,WE',
      'FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31,-1',
      'FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3,10',
      'FREQ=HOURLY;INTERVAL=7',
      'FREQ=MONTHLY',
      'FREQ=WEEKLY;COUNT=60',
      'FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30',
    ]
    const start = new Date('2022-01-31T01:30:00Z')
    for (const zone of zones)
      for (const rule of rules) {
        const recurrence = { rule, start, zone }
        const whole = await occurrences(recurrence, { from: start, to: new Date('2026-01-01T00:00Z'), limit: 20_000 })
        await fc.assert(
          fc.asyncProperty(
            fc.integer({ min: 0, max: 1_300 * 48 }),
            fc.integer({ min: 0, max: 60 }),
            async (half, days) => {
              const from = new Date(start.getTime() + half * 1_800_000)
              const to = new Date(from.getTime() + days * 86_400_000)
              const here = whole.filter((one) => one >= from && one < to)
              expect(iso(await occurrences(recurrence, { from, to, limit: 20_000 }))).toEqual(iso(here))
              const later = whole.find((one) => one > from)
              if (later || rule.includes('COUNT')) expect(await nextOccurrence(recurrence, from)).toEqual(later)
              const [first] = await occurrences(recurrence, { from, to, limit: 1 })
              expect(first).toEqual(here[0])
            },
          ),
          { numRuns: 12, seed: 1815 },
        )
      }
  })

  it('a time that the clocks skip moves forward by what they skip', async () => {
    const start = new Date('2026-03-28T01:30:00Z')
    const found = await occurrences({ rule: 'FREQ=DAILY;COUNT=3', start, zone: 'Europe/Berlin' }, all)
    expect(iso(found)).toEqual(['2026-03-28T01:30:00.000Z', '2026-03-29T01:30:00.000Z', '2026-03-30T00:30:00.000Z'])
  })

  it('a time that comes twice is the first one', async () => {
    const start = new Date('2026-10-24T00:30:00Z')
    const found = await occurrences({ rule: 'FREQ=DAILY;COUNT=3', start, zone: 'Europe/Berlin' }, all)
    expect(iso(found)).toEqual(['2026-10-24T00:30:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'])
  })

  it('a start in the second of two hours stays where it is', async () => {
    const start = new Date('2026-10-25T01:30:00Z')
    const found = await occurrences({ rule: 'FREQ=DAILY;COUNT=2', start, zone: 'Europe/Berlin' }, all)
    expect(iso(found)).toEqual(['2026-10-25T01:30:00.000Z', '2026-10-26T01:30:00.000Z'])
  })

  it('half hours around the skipped hour come once each, in order', async () => {
    const start = new Date('2026-03-29T00:00:00Z')
    const rule = 'FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30;COUNT=6'
    const found = await occurrences({ rule, start, zone: 'Europe/Berlin' }, all)
    expect(iso(found)).toEqual(
      [0, 30, 60, 90].map((minute) => new Date(start.getTime() + minute * 60_000).toISOString()),
    )
  })

  it('the end of a rule in UTC, on the clock, and as a day', async () => {
    const start = new Date('2026-03-27T08:00:00Z')
    const ends = async (until: string) =>
      iso(await occurrences({ rule: `FREQ=DAILY;UNTIL=${until}`, start, zone: 'Europe/Berlin' }, all)).length
    expect(await ends('20260330T070000Z')).toBe(4)
    expect(await ends('20260330T065959Z')).toBe(3)
    expect(await ends('20260330T090000')).toBe(4)
    expect(await ends('20260330T085959')).toBe(3)
    expect(await ends('20260330')).toBe(4)
  })

  it('dates are dates, from midnight to midnight of the zone', async () => {
    const recurrence = { rule: 'FREQ=MONTHLY;BYDAY=-1FR', start: '2026-01-30', zone: 'America/New_York' }
    const window = { from: new Date('2026-01-30T05:00Z'), to: new Date('2026-03-27T04:00Z'), limit: 10 }
    expect(await occurrences(recurrence, window)).toEqual(['2026-01-30', '2026-02-27'])
    expect(await occurrences(recurrence, { ...window, to: new Date('2026-03-27T04:00:00.001Z') })).toHaveLength(3)
    expect(await nextOccurrence(recurrence, '2026-02-27')).toBe('2026-03-27')
    expect(await nextOccurrence(recurrence, '2026-02-26')).toBe('2026-02-27')
  })

  it('exceptions by instant and by day', async () => {
    const start = new Date('2026-03-27T08:00:00Z')
    const except = [new Date('2026-03-28T08:00:00Z'), '2026-03-30', new Date('2026-03-31T08:00:00Z')]
    const found = await occurrences({ rule: 'FREQ=DAILY;COUNT=5', start, zone: 'Europe/Berlin', except }, all)
    expect(iso(found).map((one) => one.slice(8, 16))).toEqual(['27T08:00', '29T07:00', '31T07:00'])
    const dates = { rule: 'FREQ=DAILY;COUNT=3', start: '2026-03-27', zone: 'UTC', except: ['2026-03-28'] }
    expect(await occurrences(dates, all)).toEqual(['2026-03-27', '2026-03-29'])
  })

  it('what a month or a set lacks is left out', async () => {
    const found = await occurrences({ rule: 'FREQ=MONTHLY;COUNT=4', start: '2026-01-31', zone: 'UTC' }, all)
    expect(found).toEqual(['2026-01-31', '2026-03-31', '2026-05-31', '2026-07-31'])
    const rule = 'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=1,2,3,4,5,6,7,31;BYSETPOS=-1,1;COUNT=3'
    const fridays = await occurrences({ rule, start: '2026-01-01', zone: 'UTC' }, all)
    expect(fridays).toEqual(['2026-01-02', '2026-02-06', '2026-03-06'])
  })
})

describe('a rule', () => {
  it.each([
    ['freq=weekly;byday=we,mo,mo', 'FREQ=WEEKLY;BYDAY=MO,WE'],
    ['RRULE:FREQ=DAILY;INTERVAL=1', 'FREQ=DAILY'],
    [' COUNT=03;FREQ=MONTHLY;BYDAY=+1MO ', 'FREQ=MONTHLY;COUNT=3;BYDAY=1MO'],
    ['FREQ=YEARLY;BYMONTH=12,1;BYMONTHDAY=-1', 'FREQ=YEARLY;BYMONTH=1,12;BYMONTHDAY=-1'],
    ['FREQ=DAILY;UNTIL=20261231', 'FREQ=DAILY;UNTIL=20261231'],
  ])('%s is written %s, and so for good', (text, normal) => {
    expect(checkRule('rule', text)).toBe(normal)
    expect(checkRule('rule', normal)).toBe(normal)
  })

  it.each([
    ['', 'invalid-rule'],
    ['DAILY', 'invalid-rule'],
    ['INTERVAL=2', 'unknown-frequency'],
    ['FREQ=SECONDLY', 'unknown-frequency'],
    ['FREQ=CONSTRUCTOR', 'unknown-frequency'],
    ['FREQ=MINUTELY', 'too-frequent'],
    ['FREQ=HOURLY;BYMINUTE=0,10,20,30,40', 'too-frequent'],
    ['FREQ=DAILY;BYHOUR=1,2,3,4;BYMINUTE=1,2,3,4,5;BYSECOND=0,1,2,3,4', 'too-frequent'],
    ['FREQ=DAILY;COUNT=0', 'invalid-rule'],
    ['FREQ=DAILY;COUNT=99999', 'invalid-rule'],
    ['FREQ=DAILY;COUNT=3;COUNT=4', 'invalid-rule'],
    ['FREQ=DAILY;COUNT=3;UNTIL=20261231', 'invalid-rule'],
    ['FREQ=DAILY;INTERVAL=1001', 'invalid-rule'],
    ['FREQ=DAILY;UNTIL=20260230', 'invalid-rule'],
    ['FREQ=DAILY;UNTIL=20260228T250000Z', 'invalid-rule'],
    ['FREQ=DAILY;BYEASTER=0', 'invalid-rule'],
    ['FREQ=DAILY;X-SKIP=1', 'invalid-rule'],
    ['FREQ=DAILY\r\nATTENDEE:mailto:x@example.com', 'invalid-rule'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'invalid-rule'],
    ['FREQ=MONTHLY;BYDAY=6MO', 'invalid-rule'],
    ['FREQ=MONTHLY;BYDAY=0MO', 'invalid-rule'],
    ['FREQ=MONTHLY;BYDAY=1MO,TU', 'invalid-rule'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'invalid-rule'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'invalid-rule'],
    ['FREQ=MONTHLY;BYMONTHDAY=1,,2', 'invalid-rule'],
    ['FREQ=YEARLY;BYMONTH=-1', 'invalid-rule'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'part-without-meaning'],
    ['FREQ=HOURLY;BYHOUR=9', 'part-without-meaning'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'part-without-meaning'],
    ['FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO', 'part-without-meaning'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-5', 'out-of-range'],
    [`FREQ=DAILY;BYMONTHDAY=${'1,'.repeat(300)}1`, 'invalid-rule'],
    [7 as unknown as string, 'invalid-rule'],
  ])('%s is refused as %s', (text, rule) => {
    expect(() => checkRule('recurrence.rule', text)).toThrow(refusal('recurrence.rule', rule))
  })

  it('that never comes ends at once', async () => {
    const never = [
      'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=MONTHLY;INTERVAL=12;BYMONTH=2',
      'FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=MINUTELY;INTERVAL=15;BYMONTH=2;BYMONTHDAY=31',
      'FREQ=WEEKLY;INTERVAL=1000;BYMONTH=2;COUNT=9',
      'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO',
      `FREQ=YEARLY;BYDAY=6MO;BYMONTH=1;BYSETPOS=${Array.from({ length: 100 }, (_, at) => at + 1)}`,
    ]
    const started = performance.now()
    for (const rule of never) {
      const recurrence = { rule, start: new Date('2026-03-01T09:00:00Z'), zone: 'Europe/Berlin' }
      expect(await nextOccurrence(recurrence, new Date('2026-03-01T09:00:00Z'))).toBeUndefined()
    }
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('that is old is not walked through', async () => {
    const recurrence = { rule: 'FREQ=HOURLY', start: new Date('1950-01-01T00:00:00Z'), zone: 'Europe/Berlin' }
    const window = { from: new Date('2026-07-01T00:00Z'), to: new Date('2026-07-02T00:00Z'), limit: 100 }
    expect(await occurrences(recurrence, window)).toHaveLength(24)
  })

  it('that would take too long to follow is refused', async () => {
    const recurrence = { rule: 'FREQ=HOURLY;COUNT=10000;BYMONTH=2', start: new Date('1950-01-01T00:00Z'), zone: 'UTC' }
    const window = { from: new Date('2026-07-01T00:00Z'), to: new Date('2026-07-02T00:00Z'), limit: 100 }
    await expect(occurrences(recurrence, window)).rejects.toEqual(refusal('recurrence.rule', 'too-long'))
  })

  it.each([
    [{ rule: 'FREQ=DAILY', start: 'tomorrow', zone: 'UTC' }, refusal('recurrence.start', 'invalid-instant')],
    [{ rule: 'FREQ=DAILY', start: '0001-01-01', zone: 'UTC' }, refusal('recurrence.start', 'date-out-of-range')],
    [{ rule: 'FREQ=HOURLY', start: '2026-01-01', zone: 'UTC' }, refusal('recurrence.rule', 'needs-time')],
    [{ rule: 'FREQ=DAILY', start: '2026-01-01', zone: 'Mars/Base' }, refusal('timeZone', 'invalid-zone')],
  ])('of %j is refused', async (recurrence, error) => {
    await expect(occurrences(recurrence, all)).rejects.toEqual(error)
  })
})
