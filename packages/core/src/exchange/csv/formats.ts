import { invalid } from '../../kernel/errors'
import { isCurrency } from '../../kernel/money'
import { isTimeZone } from '../../kernel/zones'
import { type DateOrder, detectDateOrder } from './calendar'
import type { ValueMapping } from './choices'
import type { ImportField } from './import-field'
import { type DecimalMark, detectDecimalMark } from './numbers'

/** How numeric dates are read: `31/12/2026`, `12/31/2026`, or Excel's day numbers (46387). */
export type DateFormat = DateOrder | 'excel'

export interface ValueOptions {
  /** Currency of amounts that name none (ISO 4217). */
  currency?: string
  /** Zone of times that name none (IANA); UTC when absent. */
  timeZone?: string
  /** For all date columns, or by field. Found out from the first records when absent, else month first. */
  dateFormat?: DateFormat | Readonly<Record<string, DateFormat>>
  /** For all number columns, or by field. Found out from the first records when absent, else the point. */
  decimalMark?: DecimalMark | Readonly<Record<string, DecimalMark>>
  /** What texts stand for, by field, before anything else is read from them. */
  values?: ValueMapping
}

/** How the cells of one column are read. */
export interface ColumnFormat {
  dateFormat?: DateFormat
  decimalMark?: DecimalMark
  /** False when the records at hand fit another reading as well: tell the user, who may know better. */
  certain: boolean
}

/** Settles the format of a column from the options, or else from its first cells. */
export function columnFormat(
  field: ImportField,
  cells: readonly string[],
  options: ValueOptions,
  delimiter = ',',
): ColumnFormat {
  switch (field.kind) {
    case 'date':
    case 'instant': {
      const given = byField(options.dateFormat, field.name)
      if (given) return { dateFormat: given, certain: true }
      const { order, certain } = detectDateOrder(cells, 'month-first')
      return { dateFormat: order, certain }
    }
    case 'number':
    case 'integer':
    case 'money': {
      const given = byField(options.decimalMark, field.name)
      if (given) return { decimalMark: given, certain: true }
      // Programs that separate cells by semicolons do it because the comma is their decimal mark.
      const { mark, certain } = detectDecimalMark(cells, delimiter === ';' ? 'comma' : 'point')
      return { decimalMark: mark, certain }
    }
    default:
      return { certain: true }
  }
}

function byField<T extends string>(option: T | Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  if (typeof option !== 'object') return option
  return Object.hasOwn(option, name) ? option[name] : undefined
}

/** Throws for options that nobody can follow. */
export function checkValueOptions(options: ValueOptions, fields: readonly ImportField[]): void {
  const names = fields.map(({ name }) => name)
  const known = (option: string, given: object | string | undefined) => {
    for (const name of typeof given === 'object' ? Object.keys(given) : [])
      if (!names.includes(name))
        throw invalid(`${option}.${name}`, 'unknown-field', `Use one of the fields ${names.join(', ')}.`)
  }
  const oneOf = (option: string, given: object | string | undefined, allowed: readonly string[]) => {
    known(option, given)
    for (const value of typeof given === 'object' ? Object.values(given) : given === undefined ? [] : [given])
      if (!allowed.includes(value as string))
        throw invalid(option, 'invalid-format', `Use one of ${allowed.join(', ')}.`)
  }
  if (options.currency !== undefined && !isCurrency(options.currency))
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  if (options.timeZone !== undefined && !isTimeZone(options.timeZone))
    throw invalid('timeZone', 'invalid-zone', 'Use an IANA time zone name such as Europe/Berlin or UTC.')
  oneOf('dateFormat', options.dateFormat, ['day-first', 'month-first', 'excel'])
  oneOf('decimalMark', options.decimalMark, ['point', 'comma'])
  known('values', options.values)
}
