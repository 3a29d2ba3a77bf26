import { invalid } from '../kernel/errors'
import { isTimeOfDay } from '../kernel/time-of-day'
import { CHANNELS, type Channel } from '../records/field'
import { KINDS, type NotificationKind } from './notification'

/** How something is told: on a channel at once, or in the daily email. */
export type Told = Channel | 'digest'

/** How a user wants to be told of things. */
export interface NotificationPreferences {
  /** By kind; an empty list for not at all. */
  channels: Record<NotificationKind, readonly Told[]>
  /** `HH:MM` in the user's zone, over midnight as well: emails, text messages and callbacks wait until they are over. */
  quietHours: { from: string; to: string } | null
  /** `HH:MM` in the user's zone at which the daily email is sent. */
  digestAt: string
  /** Where text messages go, in E.164. */
  phone: string | null
}

/** What is given is changed, kind by kind; the rest stays. */
export type NotificationPreferencesPatch = Partial<
  Omit<NotificationPreferences, 'channels'> & { channels: Partial<NotificationPreferences['channels']> }
>

const ALSO_BY_EMAIL: readonly NotificationKind[] = ['reminder', 'task-assigned', 'mention']

/** What was set, over what holds without. */
export const preferencesOf = (stored: NotificationPreferencesPatch): NotificationPreferences => ({
  quietHours: null,
  digestAt: '08:00',
  phone: null,
  ...stored,
  channels: {
    ...(Object.fromEntries(
      KINDS.map((kind) => [kind, ['in-app', ...(ALSO_BY_EMAIL.includes(kind) ? ['email'] : []), 'callback']]),
    ) as unknown as NotificationPreferences['channels']),
    ...stored.channels,
  },
})

export const wantsDigest = ({ channels }: NotificationPreferences): boolean =>
  KINDS.some((kind) => channels[kind].includes('digest'))

const TOLD: readonly string[] = [...CHANNELS, 'digest']
const KEYS = ['channels', 'quietHours', 'digestAt', 'phone']

/** Refuses what is no preference. */
export function checkPreferences(patch: unknown): NotificationPreferencesPatch {
  if (typeof patch !== 'object' || patch === null)
    throw invalid('preferences', 'wrong-type', "Give an object such as { digestAt: '07:30' }.")
  refuseUnknown(patch, KEYS, '')
  const { channels, quietHours, digestAt, phone } = patch as NotificationPreferencesPatch
  if (channels !== undefined) checkChannels(channels)
  if (quietHours != null) checkQuietHours(quietHours)
  if (digestAt !== undefined && !isTimeOfDay(digestAt))
    throw invalid('digestAt', 'invalid-time', 'Give a time of the day such as 08:00.')
  if (phone != null && !(typeof phone === 'string' && /^\+[1-9]\d{4,14}$/.test(phone)))
    throw invalid('phone', 'invalid-phone', 'Give a number in E.164, such as +4930901820, or null.')
  return patch as NotificationPreferencesPatch
}

function checkChannels(channels: object) {
  if (typeof channels !== 'object' || channels === null)
    throw invalid('channels', 'wrong-type', "Give lists by kind, such as { mention: ['in-app', 'email'] }.")
  refuseUnknown(channels, KINDS, 'channels.')
  for (const [kind, list] of Object.entries(channels)) {
    if (!Array.isArray(list) || !list.every((one) => TOLD.includes(one)) || new Set(list).size < list.length)
      throw invalid(`channels.${kind}`, 'invalid-channels', `Give a list of: ${TOLD.join(', ')}, each once.`)
  }
}

function checkQuietHours(hours: object) {
  refuseUnknown(Object(hours), ['from', 'to'], 'quietHours.')
  const { from, to } = Object(hours) as { from?: unknown; to?: unknown }
  if (!isTimeOfDay(from) || !isTimeOfDay(to) || from === to)
    throw invalid('quietHours', 'invalid-time', "Give two times of the day, such as { from: '22:00', to: '07:00' }.")
}

function refuseUnknown(given: object, known: readonly string[], path: string) {
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) throw invalid(`${path}${unknown}`, 'unknown-key', `Use only: ${known.join(', ')}.`)
}
