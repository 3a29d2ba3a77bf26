import { type CrmError, invalid } from './errors'
import type { Period, PeriodContext } from './period-types'
import { type CalendarRules, isPeriodUnit, type PeriodUnit } from './period-units'
import { type DateStep, isCalendarDate } from './zones'

/** A checked period, not yet placed on the time line. */
export type PeriodPlan =
  | { kind: 'unit'; unit: PeriodUnit; shift: -1 | 0 | 1 }
  | { kind: 'rolling'; step: DateStep; forward: boolean }
  | { kind: 'range'; from: string | Date; to: string | Date }

const DAY_WORDS = new Map<unknown, -1 | 0 | 1>([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
])
const SHIFTS = { last: -1, this: 0, next: 1 } as const
const LONGEST = { d: 36_600, w: 5_200, m: 1_200, y: 100 } as const
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

export function readPeriod(period: Period, field: string): PeriodPlan {
  const shift = DAY_WORDS.get(period)
  if (shift !== undefined) return { kind: 'unit', unit: 'day', shift }
  if (typeof period !== 'object' || period === null) throw badPeriod(field)
  const entries = Object.entries(period)
  const words = entries.map(([word]) => word).sort()
  if (words.join() === 'from,to') return readRange(period as { from: unknown; to: unknown }, field)
  const [word, value] = entries[0] ?? []
  if (entries.length !== 1 || (word !== 'this' && word !== 'last' && word !== 'next')) throw badPeriod(field)
  if (isPeriodUnit(value)) return { kind: 'unit', unit: value, shift: SHIFTS[word] }
  const step = word === 'this' ? undefined : rollingStep(value)
  if (!step) throw badPeriod(`${field}.${word}`)
  return { kind: 'rolling', step, forward: word === 'next' }
}

export function readRules({ weekStartsOn = 1, fiscalYearStart = 1 }: Partial<PeriodContext>): CalendarRules {
  if (weekStartsOn !== 0 && weekStartsOn !== 1)
    throw invalid('weekStartsOn', 'invalid-week-start', 'Use 1 for Monday or 0 for Sunday.')
  if (!Number.isInteger(fiscalYearStart) || fiscalYearStart < 1 || fiscalYearStart > 12)
    throw invalid('fiscalYearStart', 'invalid-month', 'Use a month from 1 (January) to 12 (December).')
  return { weekStartsOn, fiscalYearStart }
}

function readRange(range: { from: unknown; to: unknown }, field: string): PeriodPlan {
  return { kind: 'range', from: readEdge(range.from, `${field}.from`), to: readEdge(range.to, `${field}.to`) }
}

function readEdge(value: unknown, field: string): string | Date {
  if (isCalendarDate(value)) return value
  const instant = typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value
  const year = instant instanceof Date ? instant.getUTCFullYear() : Number.NaN
  if (year >= 1 && year <= 9999) return instant as Date
  throw invalid(field, 'invalid-date', 'Use a real date as YYYY-MM-DD, or an instant such as 2026-03-01T09:00:00Z.')
}

function rollingStep(value: unknown): DateStep | undefined {
  const match = typeof value === 'string' ? /^(\d{1,5})([dwmy])$/.exec(value) : null
  if (!match) return undefined
  const count = Number(match[1])
  const letter = match[2] as keyof typeof LONGEST
  if (count < 1 || count > LONGEST[letter]) return undefined
  if (letter === 'd' || letter === 'w') return { days: letter === 'w' ? count * 7 : count }
  return { months: letter === 'y' ? count * 12 : count }
}

const badPeriod = (field: string): CrmError =>
  invalid(
    field,
    'invalid-period',
    "Use { this | last | next: 'day' … 'fiscal-year' }, { last: '30d' } (d, w, m, y; at most 100 years), { from, to } or 'today'.",
  )
