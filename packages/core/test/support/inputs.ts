import { invitation, type Subject } from './calls'
import { minimal, textField } from './crm'

// biome-ignore lint/suspicious/noExplicitAny: methods are called without knowing their room
type CallWith = (api: any, subject: Subject, extra: Record<string, unknown>) => unknown

const DAY = { from: '2026-03-11T10:00:00Z', to: '2026-03-12T10:00:00Z' }
const eur = { amount: 100, currency: 'EUR' }

/** A call of each method that takes an object to write, with further keys put into that object. */
export const inputs: Record<string, CallWith> = {
  create: (api, { type }, extra) => api.create({ ...minimal(type, 903), ...extra }),
  update: (api, { type, id }, extra) => api.update(id, { [textField(type)]: 'x', ...extra }),
  createMany: async (api, { type }, extra) => only(await api.createMany([{ ...minimal(type, 904), ...extra }])),
  updateMany: async (api, { type, id }, extra) =>
    only(await api.updateMany([{ id, patch: { [textField(type)]: 'x', ...extra } }])),
  assign: (api, { id }, extra) => api.assign(id, { user: 'mate', ...extra }),
  assignMany: async (api, { id }, extra) => only(await api.assignMany([id], { user: 'mate', ...extra })),
  share: (api, { id }, extra) => api.share(id, { with: { user: 'mate' }, level: 'read', ...extra }),
  unshare: (api, { id }, extra) => api.unshare(id, { user: 'mate', ...extra }),
  merge: (api, { type, id, mine }, extra) => api.merge(id, [mine[type]], extra),
  import: (api, _, extra) => api.import('name\nx\n', extra),
  previewImport: (api, _, extra) => api.previewImport('name\nx\n', extra),
  'leads.convert': (api, { id }, extra) => api.convert(id, extra),
  'leads.previewConvert': (api, { id }, extra) => api.previewConvert(id, extra),
  'leads.convertMany': async (api, { id }, extra) => only(await api.convertMany([{ id, ...extra }])),
  'deals.lose': (api, { id }, extra) => api.lose(id, { reason: 'price', ...extra }),
  'deals.setLines': (api, { id }, extra) => api.setLines(id, [{ name: 'One', quantity: 1, unitPrice: eur, ...extra }]),
  'deals.setContacts': (api, { id, mine }, extra) => api.setContacts(id, [{ contact: mine.contacts, ...extra }]),
  'meetings.receive': (api, _, extra) => api.receive(invitation(), { from: 'olga@example.org', ...extra }),
  'tasks.updateOnlyThis': (api, { id }, extra) => api.updateOnlyThis(id, { title: 'x', ...extra }),
  'meetings.invite': (api, { id }, extra) => api.invite(id, [{ user: 'mate', ...extra }]),
  'meetings.uninvite': (api, { id }, extra) => api.uninvite(id, [{ user: 'mate', ...extra }]),
  'products.setPrice': (api, { id }, extra) => api.setPrice(id, { book: 'list', price: eur, ...extra }),
  'products.removePrice': (api, { id }, extra) => api.removePrice(id, { book: 'list', currency: 'EUR', ...extra }),
  'files.upload': (api, _, extra) => api.upload({ name: 'x.txt', content: 'x', ...extra }),
  'files.addVersion': (api, { id }, extra) => api.addVersion(id, { content: 'x', ...extra }),
  'notes.update': (api, { note }, extra) => api.update(note, { body: 'x', ...extra }),
  'calendar.freeBusy': (api, _, extra) => api.freeBusy({ ...DAY, users: ['mate'], ...extra }),
  'calendar.slots': (api, _, extra) => api.slots({ users: ['mate'], duration: 30, between: DAY, ...extra }),
  'calendar.book': (api, _, extra) =>
    api.book({ users: ['mate'], duration: 30, from: DAY.from, meeting: { title: 'Booked' }, ...extra }),
  'calendar.setWorkingHours': (api, _, extra) => api.setWorkingHours('mate', extra),
  'calendar.daysOff': (api, _, extra) => api.daysOff({ from: '2026-12-01', to: '2026-12-31', ...extra }),
  'calendar.setDaysOff': (api, _, extra) =>
    api.setDaysOff({ from: '2026-12-01', to: '2026-12-31', days: [{ day: '2026-12-25' }], ...extra }),
  'users.sync': (api, _, extra) => api.sync([{ id: 'new', name: 'New', ...extra }]),
  'users.syncTeams': (api, _, extra) => api.syncTeams([{ id: 'new', name: 'New', ...extra }]),
  'pipelines.create': (api, _, extra) =>
    api.create({
      name: 'New',
      stages: ['open', 'won', 'lost'].map((of) => ({ name: of, class: of, probability: 50 })),
      ...extra,
    }),
  'pipelines.update': (api, _, extra) => api.update('Sales', { name: 'New', ...extra }),
  'pipelines.addStage': (api, _, extra) => api.addStage('Sales', { name: 'New', probability: 5, ...extra }),
  'pipelines.updateStage': (api, _, extra) => api.updateStage('Negotiation', { name: 'New', ...extra }),
  'rates.set': (api, _, extra) => api.set([{ from: 'USD', to: 'EUR', day: '2026-01-01', rate: '0.9', ...extra }]),
  'notifications.preferences.set': (api, _, extra) => api.preferences.set({ digestAt: '09:30', ...extra }),
  'quotas.set': (api, _, extra) => api.set([{ user: 'mate', month: '2026-01', amount: eur, ...extra }]),
}

/** Methods that take no object to write. */
export const plain = [
  'tasks.skip', 'tasks.stopRecurrence', 'tasks.addItem', 'tasks.tickItem', 'tasks.reorderItems', 'tasks.removeItem',
  'delete', 'restore', 'purge', 'deleteMany', 'unmerge', 'can', 'notes.add', 'notes.pin', 'notes.delete', 'tasks.complete', 'calendar.workingHours', 'meetings.answer', 'meetings.cancel', 'meetings.hold',
  'deals.moveTo', 'deals.moveMany', 'deals.win', 'deals.reopen', 'leads.statuses', 'leads.sources', 'users.get', 'users.list',
  'users.listTeams', 'users.deactivate', 'pipelines.reorder', 'pipelines.archive', 'tags.rename', 'tags.merge', 'audit',
  'notifications.markAllRead', 'notifications.preferences.get',
] // biome-ignore format: a list

function only(results: { ok: boolean; error?: unknown; value?: unknown }[]): unknown {
  const [result] = results
  if (result && !result.ok) throw result.error
  return result?.value
}
