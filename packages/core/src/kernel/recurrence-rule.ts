import { isCalendarDate } from './dates'
import { invalid } from './errors'

/** A rule's parts, such as `{ FREQ: 'WEEKLY', BYDAY: 'MO,WE' }`, each checked by itself and against the others. */
export type RuleParts = Partial<Record<PartName, string>> & { FREQ: Frequency }

export type Frequency = keyof typeof FREQUENCIES
type PartName = 'FREQ' | 'INTERVAL' | 'COUNT' | 'UNTIL' | 'WKST' | 'BYDAY' | keyof typeof LISTS

/** How often a day each frequency comes, and the parts of RFC 5545 that mean something with it. */
const FREQUENCIES = {
  YEARLY: { aDay: 1, with: 'BYMONTH BYWEEKNO BYYEARDAY BYMONTHDAY BYDAY BYHOUR BYMINUTE BYSECOND BYSETPOS' },
  MONTHLY: { aDay: 1, with: 'BYMONTH BYMONTHDAY BYDAY BYHOUR BYMINUTE BYSECOND BYSETPOS' },
  WEEKLY: { aDay: 1, with: 'BYMONTH BYDAY BYHOUR BYMINUTE BYSECOND BYSETPOS' },
  DAILY: { aDay: 1, with: 'BYMONTH BYMONTHDAY BYDAY BYHOUR BYMINUTE BYSECOND BYSETPOS' },
  HOURLY: { aDay: 24, with: 'BYMONTH BYMONTHDAY BYDAY BYMINUTE BYSECOND' },
  MINUTELY: { aDay: 1_440, with: 'BYMONTH BYMONTHDAY BYDAY BYSECOND' },
}

/** Lists of numbers: the lowest and the highest, and whether they also count from the end. */
const LISTS = {
  BYMONTH: [1, 12, false],
  BYWEEKNO: [1, 53, true],
  BYYEARDAY: [1, 366, true],
  BYMONTHDAY: [1, 31, true],
  BYHOUR: [0, 23, false],
  BYMINUTE: [0, 59, false],
  BYSECOND: [0, 59, false],
  BYSETPOS: [1, 366, true],
} as const

const ORDER: PartName[] = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYDAY', ...(Object.keys(LISTS) as PartName[])]
const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const MOST_A_DAY = 96
const UNTIL = /^(\d{4})(\d\d)(\d\d)(?:T([01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?$/

/**
 * The rule as RFC 5545 writes it, in one normal form and without `RRULE:`. Refused as VALIDATION on `field`: what RFC 5545
 * does not know or leaves without meaning, every second, more than 96 occurrences a day, intervals above 1,000, counts
 * above 10,000.
 *
 * @example
 * checkRule('recurrence.rule', 'freq=weekly;byday=we,mo')   // 'FREQ=WEEKLY;BYDAY=MO,WE'
 */
export function checkRule(field: string, text: string): string {
  const parts = ruleParts(field, text)
  return ORDER.flatMap((name) => (parts[name] === undefined ? [] : `${name}=${parts[name]}`)).join(';')
}

export function ruleParts(field: string, text: unknown): RuleParts {
  const refuse = (rule: string, remedy: string) => invalid(field, rule, remedy)
  if (typeof text !== 'string' || text.length > 500)
    throw refuse('invalid-rule', 'Give an RRULE of RFC 5545 of up to 500 characters, such as FREQ=WEEKLY;BYDAY=MO.')
  const given = new Map<string, string>()
  for (const part of text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')) {
    const [, name = '', value = ''] = /^([A-Z]+)=([\w,+-]+)$/.exec(part) ?? []
    if (!ORDER.includes(name as PartName) || given.has(name))
      throw refuse('invalid-rule', `Write each part once, as NAME=VALUE, with one of ${ORDER.join(', ')}.`)
    given.set(name, value)
  }

  const frequency = FREQUENCIES[given.get('FREQ') as Frequency]
  if (!frequency)
    throw refuse('unknown-frequency', `Start with FREQ= and one of ${Object.keys(FREQUENCIES).join(', ')}.`)
  const parts = { FREQ: given.get('FREQ') } as RuleParts
  const allowed = frequency.with.split(' ')
  for (const [name, value] of given) {
    if (name.startsWith('BY') && !allowed.includes(name))
      throw refuse('part-without-meaning', `Leave out ${name}, or use it with another frequency than ${parts.FREQ}.`)
    if (name === 'INTERVAL') parts.INTERVAL = number(name, value, 1_000)
    if (name === 'COUNT') parts.COUNT = number(name, value, 10_000)
    if (name === 'UNTIL') parts.UNTIL = until(value)
    if (name === 'WKST') parts.WKST = DAYS.includes(value) ? value : wrong(name, DAYS.join(', '))
    if (name === 'BYDAY') parts.BYDAY = weekdays(value)
    if (name in LISTS) parts[name as keyof typeof LISTS] = numbers(name as keyof typeof LISTS, value)
  }
  if (parts.INTERVAL === '1') delete parts.INTERVAL
  checkTogether()
  return parts

  function wrong(name: string, what: string): never {
    throw refuse('invalid-rule', `Give ${name} as ${what}.`)
  }

  function number(name: string, value: string, most: number): string {
    const found = /^\d{1,6}$/.test(value) ? Number(value) : 0
    return found >= 1 && found <= most ? String(found) : wrong(name, `a whole number from 1 to ${most}`)
  }

  function until(value: string): string {
    const [, year, month, day] = UNTIL.exec(value) ?? []
    const real = Number(year) >= 1900 && isCalendarDate(`${year}-${month}-${day}`)
    return real ? value : wrong('UNTIL', 'a date such as 20261231 or a moment such as 20261231T170000Z')
  }

  function numbers(name: keyof typeof LISTS, value: string): string {
    const [lowest, highest, fromEnd] = LISTS[name]
    const list = value.split(',').map((one) => (/^[+-]?\d{1,3}$/.test(one) ? Number(one) : Number.NaN))
    const fits = (one: number) => (fromEnd ? Math.abs(one) : one) >= lowest && Math.abs(one) <= highest
    if (!list.every(fits))
      wrong(name, `numbers from ${lowest} to ${highest}${fromEnd ? ', or negative' : ''}, with commas`)
    return [...new Set(list)].sort((a, b) => a - b).join(',')
  }

  function weekdays(value: string): string {
    const list = value.split(',').map((one) => {
      const [, ordinal = '', day = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(one) ?? []
      const nth = ordinal === '' ? '' : Number(ordinal)
      const most = parts.FREQ === 'YEARLY' ? 53 : parts.FREQ === 'MONTHLY' ? 5 : 0
      if (!DAYS.includes(day) || nth === 0 || Math.abs(Number(nth)) > most)
        wrong('BYDAY', 'weekdays such as MO,FR, or by their place in the month or year: 1MO, -1FR')
      return `${nth}${day}`
    })
    if (new Set(list.map((one) => one.length > 2)).size > 1)
      wrong('BYDAY', 'weekdays that all have a place, or none: 1MO,3MO or MO,FR')
    return [...new Set(list)].sort((a, b) => DAYS.indexOf(a.slice(-2)) - DAYS.indexOf(b.slice(-2))).join(',')
  }

  function checkTogether(): void {
    if (parts.COUNT && parts.UNTIL) throw refuse('invalid-rule', 'Give COUNT or UNTIL, not both.')
    if (parts.BYWEEKNO && /\d/.test(parts.BYDAY ?? ''))
      throw refuse('part-without-meaning', 'With BYWEEKNO give BYDAY as weekdays only, such as MO,FR.')
    const times = ['BYHOUR', 'BYMINUTE', 'BYSECOND'] as const
    const aDay = times.reduce((product, name) => product * length(parts[name]), frequency.aDay)
    if (aDay / Number(parts.INTERVAL ?? 1) > MOST_A_DAY)
      throw refuse('too-frequent', `Repeat at most ${MOST_A_DAY} times a day, for example with a greater INTERVAL.`)
    if (!parts.BYSETPOS) return
    const others = Object.keys(parts).filter((name) => name.startsWith('BY') && name !== 'BYSETPOS')
    if (others.length === 0) throw refuse('part-without-meaning', 'Give BYSETPOS together with another BY part.')
    // The library takes the first of a set for the n-th last of a smaller one: at least so many are in every set.
    const monthly = parts.FREQ === 'MONTHLY' || parts.FREQ === 'YEARLY'
    const narrow = parts.BYMONTHDAY || parts.BYYEARDAY || parts.BYWEEKNO || !parts.BYDAY || /\d/.test(parts.BYDAY)
    const atLeast = monthly && !narrow ? 4 * length(parts.BYDAY) : 1
    if (Number(parts.BYSETPOS.split(',')[0]) < -atLeast)
      throw refuse('out-of-range', `Count back to at most -${atLeast} with BYSETPOS here.`)
  }
}

const length = (list = '') => list.split(',').length
