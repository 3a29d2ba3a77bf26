import type { Caller } from '../../records/caller'
import type { FeedsApi } from './feeds'
import type { ReadCalendarOptions } from './read'
import type { CalendarFile } from './types'
import type { WrittenCalendar } from './write'

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

/**
 * Writes iCalendar text: what {@link readCalendar} gives can be written again. Times on the clocks of a zone come with its
 * description (VTIMEZONE), so that Outlook and others follow a recurrence when the clocks change.
 * Throws VALIDATION on `calendar` for an event without uid, start or zone, or with a rule that is none.
 *
 * @example
 * const ics = await writeCalendar({ name: 'Sales', events: [{ uid: 'kick-off@example.com', title: 'Kick-off', start, zone: 'Europe/Berlin' }] })
 */
export async function writeCalendar(calendar: WrittenCalendar): Promise<string> {
  return (await import('./write')).writeCalendarText(calendar, new Date())
}

export const feedsApi = (caller: Caller): FeedsApi => ({
  create: async () => (await import('./feeds')).createFeed(caller),
  rotate: async () => (await import('./feeds')).rotateFeed(caller),
  revoke: async () => (await import('./feeds')).revokeFeed(caller),
})
