import type { Problem } from '../../kernel/errors'
import { isCrmError } from '../../kernel/errors'
import { type Money, money } from '../../kernel/money'
import { readAmount } from './amounts'
import { fromExcelSerial, isNoDate } from './calendar'
import { optionFinder, readBoolean, splitAddresses, splitList, valueMapper } from './choices'
import type { ColumnFormat, DateFormat, ValueOptions } from './formats'
import { unguard } from './guard'
import type { ImportField } from './import-field'
import { type DateAndTime, readDateAndTime, toInstant } from './moments'
import { type DecimalMark, plainDecimal } from './numbers'

/**
 * Reads one cell: its value, or undefined for a blank cell and for one that is wrong, which adds a problem.
 * `currency` is what another cell of the row says.
 */
export type CellReader = (cell: string, problems: Problem[], currency?: string) => unknown

type Fail = (rule: string, remedy: string) => undefined
type Read = (text: string, fail: Fail, currency?: string) => unknown

/**
 * The reader of a column's cells. Emails, phones, tags and multiselects give an array; a date `YYYY-MM-DD`; an instant a
 * `Date`; money `{ amount, currency }` in minor units; users, links and all other kinds the text without blanks around it.
 *
 * @example
 * const read = cellReader(amount, { currency: 'EUR' }, { decimalMark: 'comma', certain: true })
 * read('€ 1.234,56', problems)   // { amount: 123456, currency: 'EUR' }
 */
export function cellReader(field: ImportField, options: ValueOptions, format: ColumnFormat): CellReader {
  const map = valueMapper(options.values?.[field.name])
  const read = readerOf(field, options, format)
  let found: Problem[] = []
  const fail: Fail = (rule, remedy) => {
    found.push({ field: field.name, rule, remedy })
    return undefined
  }
  return (cell, problems, currency) => {
    const text = unguard(map(cell)).trim()
    if (text === '') return undefined
    found = problems
    return read(text, fail, currency)
  }
}

function readerOf(
  field: ImportField,
  options: ValueOptions,
  { dateFormat = 'month-first', decimalMark = 'point' }: ColumnFormat,
): Read {
  switch (field.kind) {
    case 'number':
      return (text, fail) => readNumber(text, decimalMark, fail)
    case 'integer':
      return (text, fail) => readInteger(text, decimalMark, fail)
    case 'money':
      return (text, fail, currency) => readMoney(text, decimalMark, currency ?? options.currency, fail)
    case 'boolean':
      return (text, fail) => readBoolean(text) ?? fail('invalid-boolean', `Use yes or no instead of ${shown(text)}.`)
    case 'date':
      return remembering((text, fail) => readMoment(text, dateFormat, fail)?.date)
    case 'instant': {
      const zone = options.timeZone ?? 'UTC'
      const read = remembering((text, fail) => {
        const moment = readMoment(text, dateFormat, fail)
        return moment && toInstant(moment, zone).getTime()
      })
      return (text, fail) => {
        const time = read(text, fail)
        return time === undefined ? undefined : new Date(time)
      }
    }
    case 'tags':
      return splitList
    case 'emails':
    case 'phones':
      return splitAddresses
    case 'select':
      return selectReader(field.options)
    case 'multiselect': {
      const one = selectReader(field.options)
      return (text, fail) => {
        const values = splitList(text).map((part) => one(part, fail))
        return values.includes(undefined) ? undefined : [...new Set(values)]
      }
    }
    default:
      return (text) => text
  }
}

const MEMORY = 5_000

/** Columns of dates repeat themselves; what was read once need not be read again. */
function remembering<T>(
  read: (text: string, fail: Fail) => T | undefined,
): (text: string, fail: Fail) => T | undefined {
  const known = new Map<string, T>()
  return (text, fail) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const value = read(text, fail)
    if (value === undefined || text.length > 40) return value
    if (known.size >= MEMORY) known.clear()
    // A copy: a slice would keep the whole piece of text it was cut from.
    known.set(Array.from(text).join(''), value)
    return value
  }
}

const shown = (text: string) => `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`

function readNumber(text: string, mark: DecimalMark, fail: Fail): number | undefined {
  const value = Number(plainDecimal(text.replace(/\s*%$/, ''), mark) ?? Number.NaN)
  if (Number.isFinite(value)) return value
  return fail(
    'invalid-number',
    `Write a number such as ${mark === 'point' ? '1,234.5' : '1.234,5'} instead of ${shown(text)}.`,
  )
}

function readInteger(text: string, mark: DecimalMark, fail: Fail): number | undefined {
  const value = readNumber(text, mark, fail)
  if (value === undefined || Number.isSafeInteger(value)) return value
  return fail('not-an-integer', `Write a whole number instead of ${shown(text)}.`)
}

function readMoney(text: string, mark: DecimalMark, preferred: string | undefined, fail: Fail): Money | undefined {
  const { number, unit, currency } = readAmount(text, preferred)
  if (!currency && unit !== '')
    return fail('invalid-currency', `Use a currency code such as EUR or USD instead of ${shown(unit)}.`)
  if (!currency) return fail('missing-currency', 'Set the currency of the import, or add a column with currency codes.')
  const decimal = plainDecimal(number, mark)
  if (decimal === undefined)
    return fail(
      'invalid-amount',
      `Write an amount such as ${mark === 'point' ? '1,234.50' : '1.234,50'} instead of ${shown(text)}.`,
    )
  try {
    return money(decimal, currency)
  } catch (error) {
    if (!isCrmError(error)) throw error
    return fail(error.rule ?? 'invalid-amount', error.remedy ?? 'Write an amount such as 1,234.50.')
  }
}

function readMoment(text: string, format: DateFormat, fail: Fail): DateAndTime | undefined {
  if (isNoDate(text)) return undefined
  if (format === 'excel' && /^\d+(?:[.,]\d+)?$/.test(text)) {
    const day = fromExcelSerial(Number(text.replace(',', '.')))?.toISOString()
    if (!day) return fail('invalid-date', `Write a day number of Excel from 61 to 2958465 instead of ${shown(text)}.`)
    return { date: day.slice(0, 10), time: Date.parse(`1970-01-01T${day.slice(11)}`) }
  }
  const order = format === 'excel' ? 'month-first' : format
  const moment = readDateAndTime(text, order)
  if (moment) return moment
  const other = order === 'month-first' ? 'day-first' : 'month-first'
  if (readDateAndTime(text, other))
    return fail(
      'invalid-date',
      `${shown(text)} is no ${order} date: set dateFormat: '${other}' if that is how the file writes dates.`,
    )
  return fail('invalid-date', `Write a date such as 2026-03-31 instead of ${shown(text)}.`)
}

function selectReader(options: readonly string[] | undefined): Read {
  if (!options) return (text) => text
  const find = optionFinder(options)
  const known = options.length > 12 ? `${options.slice(0, 12).join(', ')}, …` : options.join(', ')
  return (text, fail) =>
    find(text) ?? fail('unknown-option', `Use one of ${known}, or map ${shown(text)} to one of them.`)
}
