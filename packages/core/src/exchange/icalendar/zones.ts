import { occurrences } from '../../kernel/recurrence'
import { instantAt, isTimeZone, offsetOf } from '../../kernel/zones'
import type { Component } from './components'
import { type PropertyReader, rawValue, writtenTime } from './properties'
import { windowsZones } from './windows-zones'

/** A zone of a calendar file. */
export interface FileZone {
  /** The IANA zone whose clocks it follows; undefined when there is none. */
  name?: string | undefined
  /** The instant at which its clocks show that. */
  instantAt(wall: number): number
}

const DAY = 86_400_000
/** So many zones and years of a file are looked into. */
const MOST = 200
const ianaZone = (name: string): FileZone => ({ name, instantAt: (wall) => instantAt(wall, name) })

/** The IANA zone that a TZID names: by itself, behind a prefix of its maker, or as Windows calls it. */
export function namedZone(id: string): string | undefined {
  const plain = id.trim().replace(/^"|"$/g, '')
  const windows = windowsZones.get(plain)
  if (windows && isTimeZone(windows)) return windows
  const parts = plain.split('/').filter((part) => part !== '')
  // `/mozilla.org/20050126_1/America/Argentina/Salta`: the longest end that is a zone.
  for (let at = Math.max(0, parts.length - 3); at < parts.length; at++) {
    const name = parts.slice(at).join('/')
    if (isTimeZone(name) && (name.includes('/') || parts.length === 1)) return name
  }
  return /^(?:utc|gmt|z|etc\/utc)$/i.test(plain) ? 'UTC' : undefined
}

/** Finds the zones that a file's times are in: known by name, or as its VTIMEZONE describes them. */
export function zoneFinder(timezones: readonly Component[], properties: PropertyReader) {
  const found = new Map<string, Promise<FileZone | undefined>>()

  async function find(id: string, near: number): Promise<FileZone | undefined> {
    const name = namedZone(id)
    if (name) return ianaZone(name)
    const described = timezones.find((zone) => properties.first(zone, 'TZID')?.values[0] === id)
    if (!described) return undefined
    const location = namedZone(properties.first(described, 'X-LIC-LOCATION')?.values[0] ?? '')
    if (location) return ianaZone(location)
    return describedZone(described, near)
  }

  return async (id: string, near: number): Promise<FileZone | undefined> => {
    // A description changes over the years, and its rules are followed only near the time asked for.
    const key = `${id} ${new Date(near).getUTCFullYear()}`
    let zone = found.get(key)
    if (!zone) {
      if (found.size >= MOST) return undefined
      zone = find(id, near)
      found.set(key, zone)
    }
    return zone
  }
}

interface Change {
  wall: number
  offset: number
}

async function describedZone(zone: Component, near: number): Promise<FileZone | undefined> {
  const changes: Change[] = []
  let before: number | undefined
  let earliest = Number.POSITIVE_INFINITY
  for (const part of zone.parts.slice(0, 50)) {
    const offset = writtenOffset(part, 'TZOFFSETTO')
    const start = writtenTime(written(part, 'DTSTART'))
    if (offset === undefined || !start) continue
    const wall = Date.parse(start.date) + (start.time ?? 0)
    if (wall < earliest) {
      earliest = wall
      before = writtenOffset(part, 'TZOFFSETFROM') ?? offset
    }
    changes.push({ wall, offset })
    for (const line of part.lines.filter(({ name }) => name === 'RDATE').slice(0, 500)) {
      const at = writtenTime(rawValue(line).slice(0, 15))
      if (at?.time !== undefined) changes.push({ wall: Date.parse(at.date) + at.time, offset })
    }
    const rule = written(part, 'RRULE')
    if (/FREQ=YEARLY/i.test(rule)) changes.push(...(await yearly(rule, wall, near)).map((at) => ({ wall: at, offset })))
  }
  if (before === undefined) return undefined
  const first = before
  changes.sort((a, b) => a.wall - b.wall)
  const offsetAt = (wall: number) => changes.findLast((change) => change.wall <= wall)?.offset ?? first
  return { name: sameClocks(offsetAt, near), instantAt: (wall) => wall - offsetAt(wall) }
}

/** When a rule of a description comes in the years around; none for rules that we do not follow. */
async function yearly(rule: string, start: number, near: number): Promise<number[]> {
  // Before 1900 nothing recurs; from 1601, as Outlook writes, the same rule begins later all the same.
  const begin = new Date(Math.max(start, Date.UTC(1901, 0) + (start % DAY)))
  const window = { from: new Date(near - 800 * DAY), to: new Date(near + 800 * DAY), limit: 20 }
  const dates = await occurrences(
    { rule: rule.replace(/(UNTIL=\d{8}T\d{6})Z/i, '$1'), start: begin, zone: 'UTC' },
    window,
  ).catch(() => [])
  return dates.map(Number)
}

const written = (part: Component, name: string) => {
  const line = part.lines.find((one) => one.name === name)
  return line ? rawValue(line) : ''
}

function writtenOffset(part: Component, name: string): number | undefined {
  const [, sign, hours, minutes, seconds = 0] = /^([+-])(\d\d)(\d\d)(\d\d)?$/.exec(written(part, name)) ?? []
  if (sign === undefined) return undefined
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000
  return sign === '-' ? -size : size
}

/** An IANA zone whose clocks agree every week for a year before and after. */
function sameClocks(offsetAt: (wall: number) => number, near: number): string | undefined {
  const samples = Array.from({ length: 105 }, (_, week) => near + (week - 52) * 7 * DAY).map((wall) => {
    const offset = offsetAt(wall)
    return { instant: wall - offset, offset }
  })
  const agrees = (name: string) => samples.every(({ instant, offset }) => offsetOf(name, instant) === offset)
  return [...windowsZones.values(), ...Intl.supportedValuesOf('timeZone')].find(
    (name) => isTimeZone(name) && agrees(name),
  )
}
