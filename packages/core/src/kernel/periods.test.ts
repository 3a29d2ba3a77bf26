import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketsOf, type Period, type PeriodUnit, previousPeriod, resolvePeriod } from './periods'

const refusal = (field: string, rule: string) =>
  expect.objectContaining({ code: 'VALIDATION', field, rule, remedy: expect.stringMatching(/\.$/) })
const berlin = { now: new Date('2026-03-31T22:30:00Z'), zone: 'Europe/Berlin' }
const iso = ({ from, to }: { from: Date; to: Date }) => [from.toISOString(), to.toISOString()]
const dates = ({ fromDate, toDate }: { fromDate: string; toDate: string }) => [fromDate, toDate]

describe('periods by name', () => {
  it.each<[Period, string, string]>([
    ['today', '2026-04-01', '2026-04-02'],
    ['yesterday', '2026-03-31', '2026-04-01'],
    ['tomorrow', '2026-04-02', '2026-04-03'],
    [{ this: 'day' }, '2026-04-01', '2026-04-02'],
    [{ this: 'week' }, '2026-03-30', '2026-04-06'],
    [{ last: 'week' }, '2026-03-23', '2026-03-30'],
    [{ this: 'month' }, '2026-04-01', '2026-05-01'],
    [{ last: 'month' }, '2026-03-01', '2026-04-01'],
    [{ next: 'month' }, '2026-05-01', '2026-06-01'],
    [{ this: 'quarter' }, '2026-04-01', '2026-07-01'],
    [{ last: 'quarter' }, '2026-01-01', '2026-04-01'],
    [{ this: 'year' }, '2026-01-01', '2027-01-01'],
    [{ next: 'year' }, '2027-01-01', '2028-01-01'],
    [{ last: '30d' }, '2026-03-03', '2026-04-02'],
    [{ last: '1d' }, '2026-04-01', '2026-04-02'],
    [{ last: '2w' }, '2026-03-19', '2026-04-02'],
    [{ last: '6m' }, '2025-10-02', '2026-04-02'],
    [{ last: '1y' }, '2025-04-02', '2026-04-02'],
    [{ next: '7d' }, '2026-04-02', '2026-04-09'],
    [{ next: '1m' }, '2026-04-02', '2026-05-02'],
    [{ from: '2026-01-15', to: '2026-02-15' }, '2026-01-15', '2026-02-15'],
  ])('%j is %s to %s, on 1 April in Berlin', (period, fromDate, toDate) => {
    expect(dates(resolvePeriod(period, berlin))).toEqual([fromDate, toDate])
  })

  it('start the week on Sunday when told', () => {
    const sunday = { now: new Date('2026-03-08T12:00:00Z'), zone: 'UTC' }
    expect(dates(resolvePeriod({ this: 'week' }, { ...sunday, weekStartsOn: 0 }))).toEqual(['2026-03-08', '2026-03-15'])
    expect(dates(resolvePeriod({ this: 'week' }, { ...sunday, weekStartsOn: 1 }))).toEqual(['2026-03-02', '2026-03-09'])
  })

  it.each<[Period, number, string, string]>([
    [{ this: 'fiscal-year' }, 1, '2026-01-01', '2027-01-01'],
    [{ this: 'fiscal-year' }, 4, '2026-04-01', '2027-04-01'],
    [{ this: 'fiscal-year' }, 7, '2025-07-01', '2026-07-01'],
    [{ last: 'fiscal-year' }, 10, '2024-10-01', '2025-10-01'],
    [{ this: 'fiscal-quarter' }, 2, '2026-02-01', '2026-05-01'],
    [{ next: 'fiscal-quarter' }, 12, '2026-06-01', '2026-09-01'],
    [{ this: 'quarter' }, 2, '2026-04-01', '2026-07-01'],
  ])('%j with a fiscal year from month %i is %s to %s', (period, fiscalYearStart, fromDate, toDate) => {
    expect(dates(resolvePeriod(period, { ...berlin, fiscalYearStart }))).toEqual([fromDate, toDate])
  })
})

describe('periods across clock changes', () => {
  it.each<[string, string, Period, string, string]>([
    [
      'Europe/Berlin',
      '2026-03-15T12:00:00Z',
      { this: 'month' },
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', 'today', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['America/New_York', '2026-03-09T03:30:00Z', 'today', '2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
    [
      'America/New_York',
      '2026-11-01T05:30:00Z',
      { this: 'month' },
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ],
    [
      'Asia/Kathmandu',
      '2026-03-31T18:20:00Z',
      { this: 'month' },
      '2026-03-31T18:15:00.000Z',
      '2026-04-30T18:15:00.000Z',
    ],
    ['Pacific/Auckland', '2026-04-04T23:00:00Z', 'today', '2026-04-04T11:00:00.000Z', '2026-04-05T12:00:00.000Z'],
    [
      'Pacific/Auckland',
      '2026-08-31T12:00:00Z',
      { this: 'month' },
      '2026-08-31T12:00:00.000Z',
      '2026-09-30T11:00:00.000Z',
    ],
    [
      'Pacific/Auckland',
      '2026-09-28T00:00:00Z',
      { last: '2d' },
      '2026-09-26T12:00:00.000Z',
      '2026-09-28T11:00:00.000Z',
    ],
  ])('in %s at %s, %j is %s to %s', (zone, now, period, from, to) => {
    expect(iso(resolvePeriod(period, { now: new Date(now), zone }))).toEqual([from, to])
  })
})

describe('ranges', () => {
  it('take instants, and cover every date they touch', () => {
    const period = { from: '2026-03-01T10:00:00+01:00', to: new Date('2026-03-02T23:00:00.001Z') }
    const resolved = resolvePeriod(period, berlin)
    expect(iso(resolved)).toEqual(['2026-03-01T09:00:00.000Z', '2026-03-02T23:00:00.001Z'])
    expect(dates(resolved)).toEqual(['2026-03-01', '2026-03-04'])
  })

  it('end before the date whose first moment they name', () => {
    const resolved = resolvePeriod({ from: '2026-03-01', to: '2026-03-02T23:00:00Z' }, berlin)
    expect(dates(resolved)).toEqual(['2026-03-01', '2026-03-03'])
  })
})

describe('the previous period', () => {
  it.each<[Period, string, string]>([
    ['today', '2026-03-31', '2026-04-01'],
    [{ this: 'month' }, '2026-03-01', '2026-04-01'],
    [{ last: 'month' }, '2026-02-01', '2026-03-01'],
    [{ this: 'quarter' }, '2026-01-01', '2026-04-01'],
    [{ this: 'week' }, '2026-03-23', '2026-03-30'],
    [{ this: 'fiscal-year' }, '2025-01-01', '2026-01-01'],
    [{ last: '30d' }, '2026-02-01', '2026-03-03'],
    [{ last: '6m' }, '2025-04-02', '2025-10-02'],
    [{ next: '7d' }, '2026-03-26', '2026-04-02'],
    [{ from: '2026-03-01', to: '2026-04-01' }, '2026-01-29', '2026-03-01'],
  ])('of %j is %s to %s', (period, fromDate, toDate) => {
    expect(dates(previousPeriod(resolvePeriod(period, berlin)))).toEqual([fromDate, toDate])
  })

  it('of a range between instants has the same length in milliseconds', () => {
    const range = { from: '2026-03-29T00:00:00Z', to: '2026-03-29T06:00:00Z' }
    expect(iso(previousPeriod(resolvePeriod(range, berlin)))).toEqual([
      '2026-03-28T18:00:00.000Z',
      '2026-03-29T00:00:00.000Z',
    ])
  })

  it('ends where the period begins, also twice back over the end of a month', () => {
    const period = resolvePeriod({ last: '6m' }, { now: new Date('2026-08-30T12:00:00Z'), zone: 'UTC' })
    const previous = previousPeriod(period)
    expect(dates(period)).toEqual(['2026-02-28', '2026-08-31'])
    expect(dates(previous)).toEqual(['2025-08-31', '2026-02-28'])
    expect(previousPeriod(previous).toDate).toBe('2025-08-31')
  })
})

describe('buckets', () => {
  const year = resolvePeriod({ this: 'year' }, { ...berlin, fiscalYearStart: 7 })
  it.each<[PeriodUnit, number, string, string]>([
    ['day', 365, '2026-01-01', '2026-12-31'],
    ['week', 53, '2025-12-29', '2026-12-28'],
    ['month', 12, '2026-01', '2026-12'],
    ['quarter', 4, '2026-Q1', '2026-Q4'],
    ['year', 1, '2026', '2026'],
    ['fiscal-quarter', 4, 'FY2026-Q3', 'FY2027-Q2'],
    ['fiscal-year', 2, 'FY2026', 'FY2027'],
  ])('by %s of a year are %i, from %s to %s', (unit, count, first, last) => {
    const buckets = bucketsOf(year, unit, 'Europe/Berlin')
    expect([buckets.length, buckets[0]?.key, buckets.at(-1)?.key]).toEqual([count, first, last])
  })

  it('are clipped to the period', () => {
    const period = resolvePeriod({ from: '2026-01-15', to: '2026-03-02' }, berlin)
    expect(bucketsOf(period, 'month').map((bucket) => [bucket.key, ...dates(bucket)])).toEqual([
      ['2026-01', '2026-01-15', '2026-02-01'],
      ['2026-02', '2026-02-01', '2026-03-01'],
      ['2026-03', '2026-03-01', '2026-03-02'],
    ])
  })

  it('have 23 and 25 hours on the days the clocks change', () => {
    const period = resolvePeriod({ this: 'year' }, { now: new Date('2026-06-01T00:00:00Z'), zone: 'America/New_York' })
    const hours = bucketsOf(period, 'day').map(({ key, from, to }) => [
      key,
      (to.getTime() - from.getTime()) / 3_600_000,
    ])
    expect(hours.filter(([, length]) => length !== 24)).toEqual([
      ['2026-03-08', 23],
      ['2026-11-01', 25],
    ])
  })

  it('leave out a date that the zone left out', () => {
    const period = resolvePeriod({ from: '2011-12-29', to: '2012-01-01' }, { now: new Date(0), zone: 'Pacific/Apia' })
    expect(bucketsOf(period, 'day').map(({ key }) => key)).toEqual(['2011-12-29', '2011-12-31'])
  })

  it('partition any period in any zone', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland', 'Pacific/Apia', 'UTC']
    const instant = fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2030, 0) })
    const units: PeriodUnit[] = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-quarter', 'fiscal-year']
    const cut = fc.record({
      start: instant,
      length: fc.integer({ min: 1, max: 300 * 86_400_000 }),
      zone: fc.constantFrom(...zones),
      bucketZone: fc.constantFrom(...zones),
      unit: fc.constantFrom(...units),
      weekStartsOn: fc.constantFrom<0 | 1>(0, 1),
      fiscalYearStart: fc.integer({ min: 1, max: 12 }),
    })
    fc.assert(
      fc.property(cut, ({ start, length, zone, bucketZone, unit, weekStartsOn, fiscalYearStart }) => {
        const range = { from: new Date(start), to: new Date(start + length) }
        const period = resolvePeriod(range, { now: new Date(0), zone, weekStartsOn, fiscalYearStart })
        const buckets = bucketsOf(period, unit, bucketZone)
        expect(buckets[0]?.from).toEqual(period.from)
        expect(buckets.at(-1)?.to).toEqual(period.to)
        for (const [index, bucket] of buckets.entries()) {
          expect(bucket.from < bucket.to).toBe(true)
          expect(bucket.fromDate < bucket.toDate).toBe(true)
          if (index > 0) expect(bucket.from).toEqual(buckets[index - 1]?.to)
        }
        expect(new Set(buckets.map(({ key }) => key)).size).toBe(buckets.length)
      }),
      { numRuns: 200 },
    )
  })

  it('are 5,000 at most', () => {
    const period = (to: string) => resolvePeriod({ from: '2000-01-01', to }, { now: new Date(0), zone: 'UTC' })
    expect(bucketsOf(period('2013-09-09'), 'day')).toHaveLength(5_000)
    expect(() => bucketsOf(period('2013-09-10'), 'day')).toThrow(refusal('period', 'too-many-buckets'))
  })
})

describe('bad periods', () => {
  it.each<[unknown, string, string]>([
    [undefined, 'period', 'invalid-period'],
    [null, 'period', 'invalid-period'],
    ['someday', 'period', 'invalid-period'],
    ['toString', 'period', 'invalid-period'],
    [{}, 'period', 'invalid-period'],
    [[], 'period', 'invalid-period'],
    [{ this: 'decade' }, 'period.this', 'invalid-period'],
    [{ this: '30d' }, 'period.this', 'invalid-period'],
    [{ this: 'toString' }, 'period.this', 'invalid-period'],
    [{ last: '0d' }, 'period.last', 'invalid-period'],
    [{ last: '-3d' }, 'period.last', 'invalid-period'],
    [{ last: '99999d' }, 'period.last', 'invalid-period'],
    [{ next: '3h' }, 'period.next', 'invalid-period'],
    [{ last: 30 }, 'period.last', 'invalid-period'],
    [{ this: 'month', last: 'month' }, 'period', 'invalid-period'],
    [{ this: 'month', zone: 'UTC' }, 'period', 'invalid-period'],
    [{ from: '2026-01-01' }, 'period', 'invalid-period'],
    [{ from: '2026-02-30', to: '2026-03-01' }, 'period.from', 'invalid-date'],
    [{ from: '2026-01-01', to: '2026-03-01T09:00' }, 'period.to', 'invalid-date'],
    [{ from: '2026-01-01', to: new Date('x') }, 'period.to', 'invalid-date'],
    [{ from: '2026-01-01', to: 1_767_225_600_000 }, 'period.to', 'invalid-date'],
    [{ from: '2026-01-01', to: '2026-01-01' }, 'period.to', 'not-after-from'],
    [{ from: '2026-02-01', to: '2026-01-01' }, 'period.to', 'not-after-from'],
  ])('%j is an error on %s: %s', (period, field, rule) => {
    expect(() => resolvePeriod(period as Period, berlin)).toThrow(refusal(field, rule))
  })

  it('are named by the path they came from', () => {
    const context = { ...berlin, field: 'where.createdAt' }
    expect(() => resolvePeriod({ last: 'x' } as unknown as Period, context)).toThrow(
      refusal('where.createdAt.last', 'invalid-period'),
    )
  })

  it('include an unknown zone and impossible rules', () => {
    const now = new Date(0)
    expect(() => resolvePeriod('today', { now, zone: 'Mars' })).toThrow(refusal('timeZone', 'invalid-zone'))
    expect(() => resolvePeriod('today', { ...berlin, weekStartsOn: 3 as 0 })).toThrow(
      refusal('weekStartsOn', 'invalid-week-start'),
    )
    expect(() => resolvePeriod('today', { ...berlin, fiscalYearStart: 13 })).toThrow(
      refusal('fiscalYearStart', 'invalid-month'),
    )
  })
})
