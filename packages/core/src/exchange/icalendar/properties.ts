import type ICAL from 'ical.js'
import { isCalendarDate } from '../../kernel/dates'
import type { Component, ContentLine } from './components'
import type { CalendarProblem } from './types'

export interface Property {
  line: ContentLine
  /** Names in lower case. */
  params: Record<string, string>
  /** Unescaped; several where the property is a list. */
  values: string[]
}

/** The properties of components, through the library; what it cannot read is left out and told in `problems`. */
export interface PropertyReader {
  first(component: Component, name: string): Property | undefined
  all(component: Component, name: string): Property[]
  tell(line: ContentLine, problem: string): void
}

const LONGEST = 100_000

export function propertyReader(library: typeof ICAL, problems: CalendarProblem[]): PropertyReader {
  const tell = (line: ContentLine, problem: string) =>
    void problems.push({ line: line.number, property: line.name, problem })

  function read(line: ContentLine): Property | undefined {
    if (line.text.length > LONGEST) return tell(line, `It is longer than ${LONGEST} characters.`) as undefined
    try {
      const [, params, , ...values] = library.parse.property(line.text) as unknown as [
        string,
        object,
        string,
        ...unknown[],
      ]
      const named = Object.entries(params)
      if (named.some(([name]) => !/^[\w-]+$/.test(name)))
        return tell(line, 'Its parameters are not NAME=VALUE.') as undefined
      return {
        line,
        params: Object.fromEntries(named.map(([name, value]) => [name, String(value)])),
        values: values.flat().map((value) => clean(String(value))),
      }
    } catch {
      return tell(line, 'It is not written as RFC 5545 says.') as undefined
    }
  }

  const all = (component: Component, name: string) =>
    component.lines.filter((line) => line.name === name).flatMap((line) => read(line) ?? [])
  return { all, first: (component, name) => all(component, name)[0], tell }
}

/** Databases refuse NUL and halves of characters. */
const clean = (text: string) => text.replace(/[\0\p{Surrogate}]/gu, '')

/** What stands behind the colon of a property whose values have none: dates, rules, durations. */
export const rawValue = (line: ContentLine): string =>
  line.text.slice(line.text.lastIndexOf(':') + 1).replace(/\s/g, '')

/** A time as written: the date, and on which clock what time. */
export interface WrittenTime {
  date: string
  /** Milliseconds since midnight; a date alone has none. */
  time?: number
  utc: boolean
}

export function writtenTime(text: string): WrittenTime | undefined {
  const [, year, month, day, hour, minute, second = '00', z] =
    /^(\d{4})(\d\d)(\d\d)(?:T([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)?(Z)?)?$/i.exec(text) ?? []
  const date = `${year}-${month}-${day}`
  if (!isCalendarDate(date)) return undefined
  if (hour === undefined) return { date, utc: false }
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Math.min(Number(second), 59)
  return { date, time: seconds * 1_000, utc: z !== undefined }
}

/** `P1DT2H` in whole days and milliseconds, at most ten years. */
export function writtenDuration(text: string): { days: number; time: number } | undefined {
  const match = /^\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/i.exec(text)
  if (!match) return undefined
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const found = { days: weeks * 7 + days, time: ((hours * 60 + minutes) * 60 + seconds) * 1_000 }
  return found.days + found.time / 86_400_000 <= 3_660 ? found : undefined
}
