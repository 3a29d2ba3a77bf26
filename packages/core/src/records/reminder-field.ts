import { readInstant } from '../kernel/dates'
import { readDuration } from '../kernel/durations'
import { CHANNELS, type Channel, type Reminder } from './field'
import type { Complaint } from './validator'

const MOST = 10

export const REMINDERS: Complaint = {
  rule: 'invalid-reminders',
  remedy: `Give at most ${MOST} such as { before: 'PT1H' } or { at: new Date() }, with channels among ${CHANNELS.join(', ')}.`,
}

/** Reminders as they are kept; undefined when one of them is none. */
export function readReminders(given: unknown): Reminder[] | undefined {
  if (!Array.isArray(given) || given.length > MOST) return undefined
  const read = given.map(readReminder)
  return read.includes(undefined) ? undefined : (read as Reminder[])
}

function readReminder(given: unknown): Reminder | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const { before, at, channels, ...rest } = given as Record<string, unknown>
  if (Object.keys(rest).length > 0 || (channels !== undefined && !areChannels(channels))) return undefined
  const through = channels === undefined ? {} : { channels: [...new Set(channels as Channel[])] }
  if (at === undefined) return readDuration(before) && { before: before as string, ...through }
  const instant = readInstant(at)
  return before === undefined && instant !== undefined ? { at: new Date(instant), ...through } : undefined
}

const areChannels = (given: unknown): boolean =>
  Array.isArray(given) && given.length > 0 && given.every((one) => (CHANNELS as readonly unknown[]).includes(one))
