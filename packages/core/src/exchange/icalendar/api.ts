import type { ReadCalendarOptions } from './read'
import type { CalendarFile } from './types'

/**
 * Reads iCalendar text (`.ics`, RFC 5545): events and todos with their instants, zones, recurrence, attendees and answers.
 * Zones are known by their IANA name, by what Windows calls them, or by what the file says about them. What cannot be read
 * is left out and told in `problems`, by line; a start that cannot be read, text that is no calendar, was cut off, or is
 * larger than 5 million characters is VALIDATION on `calendar`.
 *
 * @example
 * const { method, events } = await readCalendar(await file.text(), { zone: 'Europe/Berlin' })
 */
export async function readCalendar(text: string, options?: ReadCalendarOptions): Promise<CalendarFile> {
  return (await import('./read')).readCalendarText(text, options)
}
