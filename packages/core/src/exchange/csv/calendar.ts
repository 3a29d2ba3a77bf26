import { foldText } from '../../kernel/text'
import { isCalendarDate } from '../../kernel/zones'

/** How `03/04/2026` is read. */
export type DateOrder = 'day-first' | 'month-first'

const MONTHS: readonly string[] = [
  'jan january januar janner janvier janv ene enero',
  'feb february februar fevrier fev fevr febrero',
  'mar march marz mrz maerz mars marzo',
  'apr april avril avr abr abril',
  'may mai mayo',
  'jun june juni juin junio',
  'jul july juli juillet juil julio',
  'aug august aout ago agosto',
  'sep sept september septembre septiembre set',
  'oct october okt oktober octobre octubre',
  'nov november novembre noviembre',
  'dec december dez dezember decembre dic diciembre',
]
const MONTH_OF = new Map(MONTHS.flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)))

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/
const YEAR_FIRST = /^(\d{4})([./])(\d{1,2})\2(\d{1,2})$/
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/
const NUMERIC = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})$/
const DAY_NAME_YEAR = /^(\d{1,2})(?:st|nd|rd|th|er)?\.?[\s-]+(?:de |of )?([a-z]+)\.?,?[\s-]+(?:de )?(\d{4}|\d{2})$/
const NAME_DAY_YEAR = /^([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/
const WEEKDAY = /^[a-z]{2,10}\.?,?\s+(?=\d|[a-z]+\.?\s+\d)/
const NEVER = /^[0\s./-]+$/

/** True for what programs write where there is no date: `0/0/00`, `0000-00-00`. */
export const isNoDate = (text: string): boolean => NEVER.test(text)

/**
 * A calendar date (`YYYY-MM-DD`) from text; undefined when it is none. Known forms: ISO, `2026/3/1`, `20260301`,
 * `1.3.2026` (day first, always), `3/1/2026` and `1-3-2026` (in the given order), `1 Mar 2026`, `March 1, 2026`,
 * with month names in English, German, French and Spanish. Years of two digits are 1970 to 2069.
 */
export function readDate(text: string, order: DateOrder): string | undefined {
  const iso = ISO.exec(text) ?? COMPACT.exec(text)
  if (iso) return dateOf(iso[1], iso[2], iso[3])
  const yearFirst = YEAR_FIRST.exec(text)
  if (yearFirst) return dateOf(yearFirst[1], yearFirst[3], yearFirst[4])
  const numeric = NUMERIC.exec(text)
  if (numeric) {
    const [, first, mark, second, year] = numeric
    return mark === '.' || order === 'day-first' ? dateOf(year, second, first) : dateOf(year, first, second)
  }
  return readNamed(foldText(text))
}

function readNamed(text: string): string | undefined {
  const bare = text.replace(/^(?:le|el|am|on) /, '')
  for (const candidate of [bare, bare.replace(WEEKDAY, '')]) {
    const dayFirst = DAY_NAME_YEAR.exec(candidate)
    if (dayFirst && MONTH_OF.has(dayFirst[2] as string))
      return dateOf(dayFirst[3], MONTH_OF.get(dayFirst[2] as string), dayFirst[1])
    const monthFirst = NAME_DAY_YEAR.exec(candidate)
    if (monthFirst && MONTH_OF.has(monthFirst[1] as string))
      return dateOf(monthFirst[3], MONTH_OF.get(monthFirst[1] as string), monthFirst[2])
  }
  return undefined
}

type Digits = string | number | undefined

function dateOf(year: Digits, month: Digits, day: Digits): string | undefined {
  const long = String(year).length === 2 ? Number(year) + (Number(year) < 70 ? 2000 : 1900) : Number(year)
  const date = `${String(long).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return isCalendarDate(date) ? date : undefined
}

/** A date from Excel's day count (1900 system): 45000 is 2023-03-15. Undefined outside 1900-03-01 to 9999-12-31. */
export function fromExcelSerial(serial: number): Date | undefined {
  if (!(serial >= 61 && serial < 2_958_466)) return undefined
  return new Date(Math.round((serial - 25_569) * 86_400_000))
}

/**
 * The order that a column's dates show: a first number above 12 is a day, a second one above 12 is a day as well.
 * `certain` is false where numeric dates fit both orders, or contradict each other.
 */
export function detectDateOrder(texts: readonly string[], fallback: DateOrder): { order: DateOrder; certain: boolean } {
  let dayFirst = 0
  let monthFirst = 0
  let open = 0
  for (const text of texts) {
    const numeric = NUMERIC.exec(text.trim().split(/[\sT]/)[0] as string)
    if (!numeric || numeric[2] === '.') continue
    if (Number(numeric[1]) > 12) dayFirst++
    else if (Number(numeric[3]) > 12) monthFirst++
    else if (numeric[1] !== numeric[3]) open++
  }
  if (dayFirst > 0 && monthFirst > 0) return { order: fallback, certain: false }
  if (dayFirst > 0 || monthFirst > 0) return { order: dayFirst > 0 ? 'day-first' : 'month-first', certain: true }
  return { order: fallback, certain: open === 0 }
}
