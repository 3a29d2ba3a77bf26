import type { EmailPort, SmsPort } from '../messages/ports'
import type { Engine } from '../records/engine'
import { CHANNELS, type Channel } from '../records/field'
import type { Notification } from './notification'
import type { NotificationText } from './text'

/** What the host gave to reach people outside of the inbox, and to word what they are told. */
export interface Ways {
  email?: EmailPort | undefined
  sms?: SmsPort | undefined
  onNotification?: ((notification: Notification, to: NotifiedUser) => unknown) | undefined
  notificationText?: NotificationText | undefined
}

/** Whom a notification is for. */
export interface NotifiedUser {
  tenant: string
  user: string
}

const declared = new WeakMap<Engine, Ways>()

export const declareWays = (engine: Engine, ways: Ways) => declared.set(engine, ways)
export const waysOf = (engine: Engine): Ways => declared.get(engine) ?? {}

/** Whether people are told anything outside of their inbox. */
export const reachesOutside = (engine: Engine): boolean =>
  [...CHANNELS, 'digest' as const].some((channel) => channel !== 'in-app' && canTell(waysOf(engine), channel))

/** Whether there is a way to tell something on that channel; a digest is an email. */
export function canTell({ email, sms, onNotification }: Ways, channel: Channel | 'digest'): boolean {
  const way = { 'in-app': true, email, digest: email, sms, callback: onNotification }[channel]
  return way !== undefined
}
