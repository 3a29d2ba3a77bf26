import { addToDate } from '../../kernel/dates'
import { isCrmError } from '../../kernel/errors'
import { checkRule } from '../../kernel/recurrence'
import { instantAt, isTimeZone, wallClock } from '../../kernel/zones'
import { type Component, type ContentLine, readComponents, refuse } from './components'
import {
  type Property,
  type PropertyReader,
  propertyReader,
  rawValue,
  writtenDuration,
  writtenTime,
} from './properties'
import type {
  CalendarAnswer,
  CalendarAttendee,
  CalendarEvent,
  CalendarFile,
  CalendarPerson,
  CalendarTodo,
} from './types'
import { type FileZone, namedZone, zoneFinder } from './zones'

export interface ReadCalendarOptions {
  /** IANA zone of times that name none. Default: what the file says (`X-WR-TIMEZONE`), else UTC. */
  zone?: string
}

/** See `readCalendar`. */
export async function readCalendarText(text: string, options: ReadCalendarOptions = {}): Promise<CalendarFile> {
  const { zone: floating } = options ?? {}
  if (floating !== undefined && !isTimeZone(floating))
    throw refuse('invalid-zone', 'Give options.zone as an IANA zone such as Europe/Berlin.')
  const file: CalendarFile = { events: [], todos: [], components: {}, problems: [] }
  const roots = readComponents(text, file.problems)
  const module = await import('ical.js')
  const properties = propertyReader(module.default ?? module, file.problems)
  const all = roots.flatMap(withParts)
  for (const { name } of all) file.components[name] = (file.components[name] ?? 0) + 1

  const zoneOf = zoneFinder(
    all.filter(({ name }) => name === 'VTIMEZONE'),
    properties,
  )
  for (const root of roots) {
    const value = (name: string) => properties.first(root, name)?.values[0]
    file.method ??= value('METHOD')?.toUpperCase()
    file.name ??= unescaped(value('X-WR-CALNAME')) ?? value('NAME')
    const zone = floating ?? namedZone(value('X-WR-TIMEZONE') ?? '') ?? 'UTC'
    const reader = itemReader(properties, zoneOf, zone)
    for (const part of root.name === 'VCALENDAR' ? root.parts : [root]) {
      if (part.name === 'VEVENT') file.events.push(await reader.event(part))
      if (part.name === 'VTODO') file.todos.push(await reader.todo(part))
    }
  }
  for (const key of ['method', 'name'] as const) if (file[key] === undefined) delete file[key]
  return file
}

const withParts = (component: Component): Component[] => [component, ...component.parts.flatMap(withParts)]

interface ReadTime {
  value: Date | string
  zone: string
  file: FileZone
}

function itemReader(properties: PropertyReader, zoneOf: ReturnType<typeof zoneFinder>, floating: string) {
  const here: FileZone = { name: floating, instantAt: (wall) => instantAt(wall, floating) }

  async function time(property: Property, text = rawValue(property.line)): Promise<ReadTime | undefined> {
    const written = writtenTime(text)
    if (!written) return undefined
    if (written.time === undefined) return { value: written.date, zone: floating, file: here }
    const wall = Date.parse(written.date) + written.time
    const id = property.params.tzid
    if (written.utc) return { value: new Date(wall), zone: 'UTC', file: { name: 'UTC', instantAt: (one) => one } }
    const file = id === undefined ? here : await zoneOf(id, wall)
    if (!file)
      properties.tell(property.line, 'The file does not say what its zone is: its time is read as if it had none.')
    const found = file ?? here
    return { value: new Date(found.instantAt(wall)), zone: found.name ?? floating, file: found }
  }

  /** One time of a property. The start cannot be missed, so that it is an error where others are left out. */
  async function timeOf(component: Component, name: string, needed = false): Promise<ReadTime | undefined> {
    const line = component.lines.find((one) => one.name === name)
    if (!line) return undefined
    const property = properties.first(component, name)
    const found = property && (await time(property))
    if (found) return found
    const remedy = `${name} is a date such as 20260301 or a time such as 20260301T090000Z.`
    if (needed) throw refuse('invalid-start', `Line ${line.number}: ${remedy}`)
    if (property) properties.tell(line, remedy)
    return undefined
  }

  async function times(component: Component, name: string): Promise<(Date | string)[]> {
    const found: (Date | string)[] = []
    for (const property of properties.all(component, name))
      for (const text of rawValue(property.line).split(',').filter(Boolean)) {
        const one = await time(property, text.split('/')[0])
        if (one) found.push(one.value)
        else properties.tell(property.line, 'It has a value that is no date and no time.')
      }
    return found
  }

  async function recurrence(component: Component, start: ReadTime | undefined) {
    const line = component.lines.find(({ name }) => name === 'RRULE')
    const also = await times(component, 'RDATE')
    if (!start || (!line && also.length === 0)) return undefined
    if (!start.file.name)
      properties.tell(line ?? (component.lines[0] as ContentLine), 'No IANA zone keeps these clocks.')
    const rule = line && ruleOf(line)
    return { ...(rule && { rule }), except: await times(component, 'EXDATE'), also }
  }

  function ruleOf(line: ContentLine): string | undefined {
    try {
      return checkRule('RRULE', rawValue(line))
    } catch (error) {
      if (!isCrmError(error, 'VALIDATION')) throw error
      properties.tell(line, `${error.remedy}`)
      return undefined
    }
  }

  async function item(component: Component) {
    const text = (name: string) => properties.first(component, name)?.values[0] || undefined
    const start = await timeOf(component, 'DTSTART', true)
    const stamp = await timeOf(component, 'DTSTAMP')
    const id = await timeOf(component, 'RECURRENCE-ID')
    const organizer = properties.first(component, 'ORGANIZER')
    const optional = {
      uid: text('UID')?.trim(),
      stamp: stamp?.value instanceof Date ? stamp.value : undefined,
      title: text('SUMMARY'),
      description: text('DESCRIPTION'),
      location: text('LOCATION'),
      url: text('URL'),
      status: text('STATUS')?.toLowerCase(),
      start: start?.value,
      recurrence: await recurrence(component, start),
      recurrenceId: id?.value,
      organizer: organizer && person(organizer),
    }
    return {
      start,
      item: {
        ...present(optional),
        sequence: wholeNumber(text('SEQUENCE')),
        zone: start?.zone ?? floating,
        categories: properties.all(component, 'CATEGORIES').flatMap(({ values }) => values),
        attendees: properties.all(component, 'ATTENDEE').map(attendee),
      },
    }
  }

  async function endOf(component: Component, start: ReadTime | undefined, name: string) {
    const written = await timeOf(component, name)
    if (written && (!start || typeof written.value === typeof start.value)) {
      if (!start || written.value >= start.value) return written.value
      properties.tell(component.lines.find((line) => line.name === name) as ContentLine, 'It is before the start.')
    }
    const line = component.lines.find((one) => one.name === 'DURATION')
    if (!start || !line) return undefined
    const lasts = writtenDuration(rawValue(line))
    if (!lasts) properties.tell(line, 'A duration is such as PT1H or P2D, of at most ten years.')
    return lasts && later(start, lasts)
  }

  return {
    async event(component: Component): Promise<CalendarEvent> {
      const { start, item: common } = await item(component)
      const end =
        (await endOf(component, start, 'DTEND')) ??
        (start && later(start, { days: typeof start.value === 'string' ? 1 : 0, time: 0 }))
      const busy = properties.first(component, 'TRANSP')?.values[0]?.toUpperCase() !== 'TRANSPARENT'
      return { ...common, ...present({ end }), busy }
    },
    async todo(component: Component): Promise<CalendarTodo> {
      const { start, item: common } = await item(component)
      const completed = await timeOf(component, 'COMPLETED')
      const completedAt = completed?.value instanceof Date ? completed.value : undefined
      const priority = Math.min(9, wholeNumber(properties.first(component, 'PRIORITY')?.values[0]))
      return { ...common, ...present({ due: await endOf(component, start, 'DUE'), completedAt }), priority }
    },
  }
}

/** Days go by the calendar, so that a day after nine o'clock is nine o'clock. */
function later({ value, zone }: ReadTime, lasts: { days: number; time: number }): Date | string {
  if (typeof value === 'string') return addToDate(value, { days: lasts.days + Math.floor(lasts.time / 86_400_000) })
  if (lasts.days === 0) return new Date(value.getTime() + lasts.time)
  return new Date(instantAt(wallClock(value.getTime(), zone) + lasts.days * 86_400_000, zone) + lasts.time)
}

const present = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

/** The library leaves text in properties of others as it is written. */
const unescaped = (text: string | undefined) =>
  text?.replace(/\\([\\;,nN])/g, (_, one: string) => (/n/i.test(one) ? '\n' : one))

const wholeNumber = (text = '') => (/^\s*\d{1,9}\s*$/.test(text) ? Number(text) : 0)

function person({ values, params }: Property): CalendarPerson {
  const written = (values[0] ?? '').trim()
  const address = /^mailto:/i.test(written) || !params.email ? written.replace(/^mailto:/i, '') : params.email
  return { address: address.trim(), ...(params.cn && { name: params.cn.trim() }) }
}

const ANSWERS: Record<string, CalendarAnswer> = { ACCEPTED: 'accepted', DECLINED: 'declined', TENTATIVE: 'tentative' }

const attendee = (property: Property): CalendarAttendee => ({
  ...person(property),
  answer: ANSWERS[property.params.partstat?.toUpperCase() ?? ''] ?? 'pending',
  optional: property.params.role?.toUpperCase() === 'OPT-PARTICIPANT',
})
