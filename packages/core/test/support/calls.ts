import type { RecordType } from '@rapport/core'
import { type Client, minimal, type Room, room, textField } from './crm'
import { reportRequest } from './reports'

/** Whom a call is about: a record, and what hangs on it. */
export interface Subject {
  type: RecordType
  id: string
  /** A note on it. */
  note: string
  /** A step on its checklist; only tasks. */
  step?: string
  /** A merge that it won; only leads, contacts and companies. */
  merge?: string
  /** A notification about it, of its owner. */
  notification?: string
  /** Records of the asker's own, of each type. */
  mine: Record<RecordType, string>
}

// biome-ignore lint/suspicious/noExplicitAny: methods are called without knowing their room
export type Call = (api: any, subject: Subject) => unknown

/** Makes a task one of a series, with a step on its checklist, so that each of its verbs has something to do. */
export async function furnished(system: Client, type: RecordType, id: string): Promise<Pick<Subject, 'step'>> {
  if (type !== 'tasks') return {}
  await system.tasks.update(id, { dueAt: null, dueDate: '2026-03-10', recurrence: 'FREQ=DAILY' })
  const [item] = await system.tasks.addItem(id, 'Step')
  return { step: item?.id as string }
}

const csv = (type: RecordType) => {
  const names = Object.keys(minimal(type, 1))
  return `${names.join(',')}\n${names.map((name) => String(minimal(type, 900)[name])).join(',')}\n`
}

async function drain(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const one of source) all.push(one)
  return all
}

/**
 * A call of each method, about the subject. `reads` and `writes` name a record and must be refused when it is out of
 * reach; `gathers` give many records, of which an unseen one must not be; `elsewhere` are about no record.
 * A method that is in none of them fails the matrix: it must be told here what to do with it.
 */
export const reads: Record<string, Call> = {
  get: (api, { id }) => api.get(id),
  duplicates: (api, { id }) => api.duplicates(id),
  merges: (api, { id }) => api.merges(id),
  'leads.previewConvert': (api, { id }) => api.previewConvert(id),
  'deals.stageHistory': (api, { id }) => api.stageHistory(id),
  'deals.lines': (api, { id }) => api.lines(id),
  'deals.contacts': (api, { id }) => api.contacts(id),
  'tasks.checklist': (api, { id }) => api.checklist(id),
  'products.prices': (api, { id }) => api.prices(id),
  'meetings.attendees': (api, { id }) => api.attendees(id),
  'files.versions': (api, { id }) => api.versions(id),
  'files.download': async (api, { id }) => new Response((await api.download(id)).content).text(),
  'files.link': (api, { id }) => api.link(id),
  timeline: (api, { type, id }) => (api.list ? api.timeline(id) : api.timeline({ type, id })),
  'notes.list': (notes, { type, id }) => notes.list({ type, id }),
  // Writes a note, for those who may read the record.
  'notes.add': (notes, { type, id }) => notes.add({ type, id }, 'Seen'),
}

export const writes: Record<string, Call> = {
  update: (api, { type, id }) => api.update(id, { [textField(type)]: 'Changed' }),
  delete: (api, { id }) => api.delete(id),
  assign: (api, { id }) => api.assign(id, { user: 'mate' }),
  share: (api, { id }) => api.share(id, { with: { user: 'mate' }, level: 'edit' }),
  unshare: (api, { id }) => api.unshare(id, { user: 'mate' }),
  updateMany: async (api, { type, id }) =>
    only(await api.updateMany([{ id, patch: { [textField(type)]: 'Changed' } }])),
  deleteMany: async (api, { id }) => only(await api.deleteMany([id])),
  assignMany: async (api, { id }) => only(await api.assignMany([id], { user: 'mate' })),
  merge: (api, { type, id, mine }) => api.merge(mine[type], [id]),
  'merge ': (api, { type, id, mine }) => api.merge(id, [mine[type]]),
  unmerge: (api, { merge }) => api.unmerge(merge),
  'leads.convert': (api, { id }) => api.convert(id),
  'leads.convertMany': async (api, { id }) => only(await api.convertMany([{ id }])),
  'deals.moveTo': (api, { id }) => api.moveTo(id, 'Negotiation'),
  'deals.moveMany': async (api, { id }) => only(await api.moveMany([id], 'Negotiation')),
  'deals.win': (api, { id }) => api.win(id),
  'deals.lose': (api, { id }) => api.lose(id, { reason: 'price' }),
  'deals.reopen': (api, { id }) => api.reopen(id),
  'deals.setLines': (api, { id }) =>
    api.setLines(id, [{ name: 'One', quantity: 1, unitPrice: { amount: 100, currency: 'EUR' } }]),
  'deals.setContacts': (api, { id, mine }) => api.setContacts(id, [{ contact: mine.contacts }]),
  'tasks.complete': (api, { id }) => api.complete(id),
  'tasks.skip': (api, { id }) => api.skip(id),
  'tasks.updateOnlyThis': (api, { id }) => api.updateOnlyThis(id, { title: 'Changed' }),
  'tasks.stopRecurrence': (api, { id }) => api.stopRecurrence(id),
  'tasks.addItem': (api, { id }) => api.addItem(id, 'One more'),
  'tasks.tickItem': (api, { id, step }) => api.tickItem(id, step),
  'tasks.reorderItems': (api, { id, step }) => api.reorderItems(id, [step]),
  'tasks.removeItem': (api, { id, step }) => api.removeItem(id, step),
  'meetings.invite': (api, { id }) => api.invite(id, [{ user: 'mate' }]),
  'meetings.uninvite': (api, { id }) => api.uninvite(id, [{ user: 'mate' }]),
  'meetings.answer': (api, { id }) => api.answer(id, 'accepted'),
  'meetings.cancel': (api, { id }) => api.cancel(id),
  'meetings.hold': (api, { id }) => api.hold(id),
  'files.addVersion': (api, { id }) => api.addVersion(id, { content: 'Changed' }),
  'products.setPrice': (api, { id }) => api.setPrice(id, { book: 'list', price: { amount: 1, currency: 'EUR' } }),
  'products.removePrice': (api, { id }) => api.removePrice(id, { book: 'list', currency: 'EUR' }),
  'notes.update': (notes, { note }) => notes.update(note, { body: 'Changed' }),
  'notes.pin': (notes, { note }) => notes.pin(note),
  'notes.delete': (notes, { note }) => notes.delete(note),
}

/** Those of deleted records. */
export const revives: Record<string, Call> = {
  restore: (api, { id }) => api.restore(id),
  purge: (api, { id }) => api.purge(id),
}

/** Those of one's own notifications. */
export const inbox: Record<string, Call> = {
  'notifications.markRead': (api, { notification }) => api.markRead(notification),
  'notifications.markUnread': (api, { notification }) => api.markUnread(notification),
  'notifications.archive': (api, { notification }) => api.archive(notification),
}

export const gathers: Record<string, Call> = {
  list: (api) => api.list({ limit: 200 }),
  each: (api) => drain(api.each()),
  export: async (api) => (await drain(api.export())).join(''),
  search: (client: Client, { type }) => client.search('text', { types: [type], limit: 50 }),
  'tags.list': (tags, { type }) => tags.list(type),
  'tasks.myDay': (api) => api.myDay({ user: 'zed', limit: 200 }),
  'tasks.overdue': (api) => api.overdue({ user: 'mate', limit: 200 }),
  'tasks.upcoming': (api) => api.upcoming({ user: 'mate', days: 366, limit: 200 }),
  'tasks.unassigned': (api) => api.unassigned({ limit: 200 }),
  'tasks.about': (api, { mine }) => api.about({ type: 'leads', id: mine.leads }, { limit: 200 }),
  'pipelines.list': (api) => api.list(),
  'rates.list': (api) => api.list(),
  'quotas.list': (api) => api.list(),
  'notifications.list': (api) => api.list({ limit: 200 }),
  'notifications.unreadCount': (api) => api.unreadCount(),
  'calendar.range': (api) => api.range({ ...YEAR, users: ['me', 'mate', 'zed'] }),
  // One's own and nobody else's, so that there is nothing to be refused.
  'calendar.feed.create': async ({ feed }) => {
    await feed.revoke()
    return feed.create()
  },
  'calendar.feed.rotate': async ({ feed }) => {
    await feed.revoke()
    await feed.create()
    return feed.rotate()
  },
  'calendar.feed.revoke': async ({ feed }) => {
    await feed.revoke()
    return feed.create()
  },
}

const YEAR = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }

/** About no record of the asker's: administration, and what is made anew. Refused to whom it is not granted. */
export const elsewhere: Record<string, Call> = {
  create: (api, { type }) => api.create(minimal(type, 901)),
  createMany: async (api, { type }) => only(await api.createMany([minimal(type, 902)])),
  'files.upload': (api) => api.upload({ ...minimal('files', 903), content: 'New' }),
  can: (api) => api.can('read'),
  import: (api, { type }) => api.import(csv(type)),
  previewImport: (api, { type }) => api.previewImport(csv(type)),
  'meetings.receive': (api) => api.receive(invitation(), { from: 'olga@example.org' }),
  'leads.statuses': (api) => api.statuses(),
  'leads.sources': (api) => api.sources(),
  'notifications.markAllRead': (api) => api.markAllRead(),
  'notifications.preferences.get': (api) => api.preferences.get(),
  'notifications.preferences.set': (api) =>
    api.preferences.set({ channels: { assigned: ['in-app', 'digest'] }, quietHours: { from: '22:00', to: '06:00' } }),
}

/** An invitation of somebody outside, each to another meeting. */
export const invitation = () =>
  [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'METHOD:REQUEST', 'BEGIN:VEVENT', `UID:${++invitations}@example.org`, 'SEQUENCE:0',
    'DTSTAMP:20260310T080000Z', 'DTSTART:20260327T090000Z', 'DTEND:20260327T100000Z', 'SUMMARY:Theirs',
    'ORGANIZER:mailto:olga@example.org', 'ATTENDEE:mailto:eve@example.com', 'END:VEVENT', 'END:VCALENDAR',
  ].join('\r\n') // biome-ignore format: lines of a letter
let invitations = 0

export const administration: Record<string, Call> = {
  'users.sync': (api) => api.sync([{ id: 'eve', name: 'Eve', roles: ['admin'] }]),
  'users.syncTeams': (api) => api.syncTeams([{ id: 'evil', name: 'Evil' }]),
  'users.get': (api) => api.get('mate'),
  'users.list': (api) => api.list(),
  'users.listTeams': (api) => api.listTeams(),
  'users.deactivate': (api) => api.deactivate('mate'),
  'pipelines.create': (api) =>
    api.create({
      name: 'Mine',
      stages: ['open', 'won', 'lost'].map((of) => ({ name: of, class: of, probability: 50 })),
    }),
  'pipelines.update': (api) => api.update('Sales', { name: 'Mine' }),
  'pipelines.addStage': (api) => api.addStage('Sales', { name: 'Mine', class: 'open', probability: 5 }),
  'pipelines.updateStage': (api) => api.updateStage('Negotiation', { name: 'Mine' }),
  'pipelines.reorder': (api) => api.reorder('Sales', []),
  'pipelines.archive': (api) => api.archive('Sales'),
  'rates.set': (api) => api.set([{ from: 'USD', to: 'EUR', day: '2026-01-01', rate: '0.9' }]),
  'quotas.set': (api) => api.set([{ user: 'mate', month: '2026-01', amount: { amount: 1, currency: 'EUR' } }]),
  'calendar.freeBusy': (api) => api.freeBusy({ ...YEAR, users: ['mate'] }),
  'calendar.slots': (api) =>
    api.slots({ users: ['mate'], duration: 30, between: { from: '2026-03-11T00:00:00Z', to: '2026-03-12T00:00:00Z' } }),
  'calendar.book': (api) =>
    api.book({ users: ['mate'], duration: 30, from: '2026-03-11T10:00:00Z', meeting: { title: 'Booked' } }),
  'calendar.workingHours': (api) => api.workingHours('mate'),
  'calendar.setWorkingHours': (api) => api.setWorkingHours('mate', { monday: [{ from: '09:00', to: '12:00' }] }),
  'calendar.daysOff': (api) => api.daysOff({ user: 'mate', from: '2026-01-01', to: '2026-12-31' }),
  'calendar.setDaysOff': (api) =>
    api.setDaysOff({ from: '2026-12-01', to: '2026-12-31', days: [{ day: '2026-12-25', name: 'Christmas' }] }),
  'tags.rename': (api, { type }) => api.rename(type, 'VIP', 'Mine'),
  'tags.merge': (api, { type }) => api.merge(type, ['VIP'], 'Mine'),
  audit: (client: Client) => client.audit(),
}

/** Which call belongs to a method: by its room and name, or by its name alone in the rooms of records. */
export const callOf = (
  table: Record<string, Call>,
  roomName: string,
  method: string,
  isRecordRoom: boolean,
): Call | undefined =>
  (roomName === 'reports' && table === gathers && !method.endsWith(' ')
    ? (api) => api[method](reportRequest(method))
    : undefined) ??
  table[`${roomName}.${method}`] ??
  (isRecordRoom || roomName === '' ? table[method] : undefined)

/** Rooms of a client with their methods; those of the client itself under ''. */
export function methodsOf(client: object): [room: string, method: string][] {
  const found: [string, string][] = []
  for (const name of Object.keys(client)) {
    const value = (client as Record<string, unknown>)[name]
    if (typeof value === 'function') found.push(['', name])
    else for (const method of namesIn(value as object)) found.push([name, method])
  }
  return found
}

const namesIn = (api: object): string[] =>
  Object.entries(api).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : namesIn(value as object).map((inner) => `${name}.${inner}`),
  )

export const apiOf = (client: Client, roomName: string): unknown =>
  roomName === '' ? client : room(client, roomName as RecordType)

/** The result of a bulk call of one item, thrown when it was refused. */
function only(results: Awaited<ReturnType<Room['deleteMany']>>): unknown {
  const [result] = results
  if (result && !result.ok) throw result.error
  return result?.value
}
