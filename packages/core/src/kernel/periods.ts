import { invalid } from './errors'
import { type PeriodPlan, readPeriod, readRules } from './period-input'
import type { Period, PeriodContext, ResolvedPeriod } from './period-types'
import { startOfUnit, UNIT_STEPS } from './period-units'
import { addToDate, coveredDates, type DateStep, epochDay, startOfDay, zonedDate } from './zones'

export { bucketsOf } from './period-buckets'
export type { Bucket, Period, PeriodContext, ResolvedPeriod, RollingLength } from './period-types'
export { isPeriodUnit, type PeriodUnit } from './period-units'

/**
 * Where a period lies for one asker.
 *
 * @throws VALIDATION on `period` (or `context.field`), `timeZone`, `weekStartsOn`, `fiscalYearStart`
 * @example
 * resolvePeriod({ this: 'month' }, { now: new Date('2026-03-31T22:30Z'), zone: 'Europe/Berlin' })
 * // fromDate 2026-04-01, toDate 2026-05-01: in Berlin it is April already
 */
export function resolvePeriod(period: Period, context: PeriodContext): ResolvedPeriod {
  const { zone, now, field = 'period' } = context
  const plan = readPeriod(period, field)
  const base = { zone, rules: readRules(context) }
  if (plan.kind === 'range') return { ...base, ...rangeOf(plan, zone, field) }
  const [fromDate, toDate, step] = datesOf(plan, zonedDate(now, zone), base.rules)
  return { ...base, ...instantsOf(fromDate, toDate, zone), step }
}

/**
 * The period of equal length that ends where this one begins: the month before a month, the 30 days before
 * `{ last: '30d' }`, as many days or milliseconds before a range.
 */
export function previousPeriod(period: ResolvedPeriod): ResolvedPeriod {
  const { zone, rules, step } = period
  if (step) {
    const fromDate = addToDate(period.toDate, times(step, -2))
    return { zone, rules, step, ...instantsOf(fromDate, period.fromDate, zone) }
  }
  const from = new Date(2 * period.from.getTime() - period.to.getTime())
  return { zone, rules, from, to: period.from, ...coveredDates(from, period.from, zone) }
}

type Unresolved = Exclude<PeriodPlan, { kind: 'range' }>

function datesOf(plan: Unresolved, today: string, rules: ResolvedPeriod['rules']): [string, string, DateStep] {
  if (plan.kind === 'unit') {
    const step = UNIT_STEPS[plan.unit]
    const fromDate = addToDate(startOfUnit(today, plan.unit, rules), times(step, plan.shift))
    return [fromDate, addToDate(fromDate, step), step]
  }
  const tomorrow = addToDate(today, { days: 1 })
  if (plan.forward) return [tomorrow, addToDate(tomorrow, plan.step), plan.step]
  return [addToDate(tomorrow, times(plan.step, -1)), tomorrow, plan.step]
}

type Placed = Pick<ResolvedPeriod, 'from' | 'to' | 'fromDate' | 'toDate' | 'step'>

function rangeOf({ from, to }: Extract<PeriodPlan, { kind: 'range' }>, zone: string, field: string): Placed {
  const start = typeof from === 'string' ? startOfDay(from, zone) : from
  const end = typeof to === 'string' ? startOfDay(to, zone) : to
  if (start >= end)
    throw invalid(`${field}.to`, 'not-after-from', 'Let the period end after it begins; the end is excluded.')
  if (typeof from !== 'string' || typeof to !== 'string')
    return { from: start, to: end, ...coveredDates(start, end, zone) }
  return { from: start, to: end, fromDate: from, toDate: to, step: { days: epochDay(to) - epochDay(from) } }
}

function instantsOf(fromDate: string, toDate: string, zone: string): Placed {
  return { from: startOfDay(fromDate, zone), to: startOfDay(toDate, zone), fromDate, toDate }
}

const times = ({ days = 0, months = 0 }: DateStep, factor: number): DateStep => ({
  days: days * factor,
  months: months * factor,
})
