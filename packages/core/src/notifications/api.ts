import type { Caller } from '../records/caller'
import type { Page } from '../records/list'
import type { InboxQuery } from './inbox'
import type { Notification } from './notification'
import type { NotificationPreferences, NotificationPreferencesPatch } from './preferences'
import type { InboxChange } from './subscribe'

/** What others did that concerns the caller, and what they asked to be reminded of. Everybody has an inbox of their own. */
export interface NotificationsApi {
  /**
   * Newest first, without those about records the caller may no longer read.
   *
   * @example
   * const { items } = await me.notifications.list({ unread: true, limit: 20 })
   */
  list(query?: InboxQuery): Promise<Page<Notification>>
  /** Up to the newest thousand. */
  unreadCount(): Promise<number>
  /** Throws NOT_FOUND for what is not in the caller's inbox. */
  markRead(id: string): Promise<void>
  markUnread(id: string): Promise<void>
  markAllRead(): Promise<void>
  /** Takes it out of the inbox; it is kept for another 30 days. */
  archive(id: string): Promise<void>
  readonly preferences: {
    get(): Promise<NotificationPreferences>
    /**
     * Changes what is given, the rest stays. Throws VALIDATION.
     *
     * @example
     * await me.notifications.preferences.set({
     *   channels: { assigned: ['in-app', 'digest'] },
     *   quietHours: { from: '20:00', to: '07:00' },
     * })
     */
    set(patch: NotificationPreferencesPatch): Promise<NotificationPreferences>
  }
  /**
   * Tells of the inbox as it is, and then of each change, until the function it gives back is called: at once of what
   * this process does, within five seconds of what others do. Does not keep the process alive.
   *
   * @example
   * const end = me.notifications.subscribe(({ unread, notifications }) => socket.send({ unread, notifications }))
   * socket.onclose = end
   */
  subscribe(listener: (change: InboxChange) => void): () => void
}

export const notificationsApi = (caller: Caller): NotificationsApi => ({
  list: async (query) => (await import('./inbox')).listNotifications(caller, query),
  unreadCount: async () => (await import('./inbox')).unreadCount(caller),
  markRead: async (id) => (await import('./marks')).markRead(caller, id),
  markUnread: async (id) => (await import('./marks')).markUnread(caller, id),
  markAllRead: async () => (await import('./marks')).markAllRead(caller),
  archive: async (id) => (await import('./marks')).archive(caller, id),
  preferences: {
    get: async () => (await import('./own-preferences')).getPreferences(caller),
    set: async (patch) => (await import('./own-preferences')).setPreferences(caller, patch),
  },
  subscribe(listener) {
    let isOver = false
    let end = () => {
      isOver = true
    }
    import('./subscribe').then(({ subscribe }) => {
      if (!isOver) end = subscribe(caller, listener)
    })
    return () => end()
  },
})
