import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addToDate, isCalendarDate, isTimeZone, startOfDay, zonedDate } from './zones'

const refusal = (field: string, rule: string) => expect.objectContaining({ code: 'VALIDATION', field, rule })

describe('calendar date of an instant', () => {
  it.each([
    ['2026-03-31T22:30:00Z', 'Europe/Berlin', '2026-04-01'],
    ['2026-01-31T22:30:00Z', 'Europe/Berlin', '2026-01-31'],
    ['2026-03-08T04:59:59.999Z', 'America/New_York', '2026-03-07'],
    ['2026-03-08T05:00:00Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T03:59:59.999Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T04:00:00Z', 'America/New_York', '2026-03-09'],
    ['2026-06-30T18:14:59.999Z', 'Asia/Kathmandu', '2026-06-30'],
    ['2026-06-30T18:15:00Z', 'Asia/Kathmandu', '2026-07-01'],
    ['2026-04-04T10:59:59.999Z', 'Pacific/Auckland', '2026-04-04'],
    ['2026-04-04T11:00:00Z', 'Pacific/Auckland', '2026-04-05'],
    ['2026-04-05T12:00:00Z', 'Pacific/Auckland', '2026-04-06'],
    ['2026-12-31T23:59:59.999Z', 'UTC', '2026-12-31'],
    ['2026-01-01T10:00:00Z', 'Pacific/Kiritimati', '2026-01-02'],
  ])('%s in %s is %s', (instant, zone, date) => {
    expect(zonedDate(new Date(instant), zone)).toBe(date)
  })
})

describe('start of a calendar date', () => {
  it.each([
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
    ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z'],
    ['2026-11-02', 'America/New_York', '2026-11-02T05:00:00.000Z'],
    ['2026-06-30', 'Asia/Kathmandu', '2026-06-29T18:15:00.000Z'],
    ['2026-04-05', 'Pacific/Auckland', '2026-04-04T11:00:00.000Z'],
    ['2026-04-06', 'Pacific/Auckland', '2026-04-05T12:00:00.000Z'],
    ['2026-09-27', 'Pacific/Auckland', '2026-09-26T12:00:00.000Z'],
    ['2026-09-28', 'Pacific/Auckland', '2026-09-27T11:00:00.000Z'],
    ['2026-02-28', 'UTC', '2026-02-28T00:00:00.000Z'],
  ])('%s in %s is %s', (date, zone, instant) => {
    expect(startOfDay(date, zone).toISOString()).toBe(instant)
  })

  it.each([
    ['midnight skipped, day begins at 01:00', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['midnight skipped', '2023-04-28', 'Africa/Cairo', '2023-04-27T22:00:00.000Z'],
    ['clocks back at midnight', '2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    ['midnight twice', '2024-11-03', 'America/Havana', '2024-11-03T04:00:00.000Z'],
    ['a date left out', '2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['the date after it', '2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['half-hour change', '2026-04-05', 'Australia/Lord_Howe', '2026-04-04T13:00:00.000Z'],
  ])('%s: %s in %s is %s', (_case, date, zone, instant) => {
    expect(startOfDay(date, zone).toISOString()).toBe(instant)
  })

  it('is the first moment at which the zone’s calendar has reached the date', () => {
    const day = fc.integer({ min: 0, max: 20_000 }).map((days) => addToDate('1990-01-01', { days }))
    fc.assert(
      fc.property(day, fc.constantFrom(...Intl.supportedValuesOf('timeZone')), (date, zone) => {
        const start = startOfDay(date, zone)
        expect(zonedDate(start, zone) >= date, `${date} ${zone}`).toBe(true)
        expect(zonedDate(new Date(start.getTime() - 1), zone) < date, `${date} ${zone}`).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('refuses what is no date and what is no zone', () => {
    expect(() => startOfDay('2026-02-29', 'UTC')).toThrow(refusal('date', 'invalid-date'))
    expect(() => startOfDay('2026-02-28', 'Mars/Olympus')).toThrow(refusal('timeZone', 'invalid-zone'))
    expect(() => zonedDate(new Date('x'), 'UTC')).toThrow(refusal('date', 'invalid-date'))
  })
})

describe('time zones', () => {
  it('are those of the runtime', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((zone) => !isTimeZone(zone))).toEqual([])
    expect(['UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'].map(isTimeZone)).toEqual([true, true, true])
  })

  it.each([
    '',
    'Berlin',
    '+02:00',
    'GMT+2',
    'Europe/Berlin ',
    '../etc',
    'europe/berlin',
    'utc',
    'x'.repeat(1_000),
    7,
    null,
    undefined,
  ])('do not include %s', (zone) => {
    expect(isTimeZone(zone)).toBe(false)
  })
})

describe('calendar dates', () => {
  it.each(['2026-02-28', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('include %s', (date) => {
    expect(isCalendarDate(date)).toBe(true)
  })

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '0000-01-01',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    ' 2026-01-01',
    '',
    20260101,
    new Date(0),
    null,
  ])('do not include %s', (value) => {
    expect(isCalendarDate(value)).toBe(false)
  })

  it.each([
    ['2026-01-31', { months: 1 }, '2026-02-28'],
    ['2024-01-31', { months: 1 }, '2024-02-29'],
    ['2026-03-31', { months: -1 }, '2026-02-28'],
    ['2024-02-29', { years: 1 }, '2025-02-28'],
    ['2026-01-31', { months: 1, days: 1 }, '2026-03-01'],
    ['2026-11-30', { months: 15 }, '2028-02-29'],
    ['2026-01-01', { days: -1 }, '2025-12-31'],
    ['2026-03-28', { days: 2 }, '2026-03-30'],
    ['2026-12-15', { years: -1, months: 1 }, '2026-01-15'],
    ['0099-12-31', { days: 1 }, '0100-01-01'],
    ['2026-05-05', {}, '2026-05-05'],
  ])('%s plus %j is %s', (date, step, expected) => {
    expect(addToDate(date, step)).toBe(expected)
  })

  it.each([
    { years: 8_000 },
    { days: Number.NaN },
    { months: Number.POSITIVE_INFINITY },
    { days: -800_000 },
    { days: 0.5 },
  ])('refuse to move by %j', (step) => {
    expect(() => addToDate('2026-01-01', step)).toThrow(refusal('date', 'date-out-of-range'))
  })
})
