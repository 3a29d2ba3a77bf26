import type { Office } from './office'
import type { Line } from './words'

/** What `crm.worker()` does by itself, once. Here mail stays in memory. */
export async function work({ crm, email }: Office): Promise<Line[]> {
  await crm.tick()
  return email.sent.splice(0).map(({ to, subject }) => [to[0]?.address ?? '', subject])
}

export async function inbox({ ada }: Office): Promise<Line[]> {
  const { items } = await ada.notifications.list({ unread: true })
  for (const { id } of items) await ada.notifications.markRead(id)
  return [
    ...items.map(({ text }): Line => ['unread', text]),
    ['then unread', `${await ada.notifications.unreadCount()}`],
  ]
}

/** What other calendar programs subscribe to. The address holds a secret of its own, so it is another one each day. */
export async function feed({ crm, ada }: Office): Promise<Line[]> {
  const { token } = await ada.calendar.feed.create()
  const { content } = await crm.calendarFeed(token)
  return ['https://crm.acme.example/calendars/…', ...content.split('\r\n').slice(0, 3)].map((text) => ['', text])
}
