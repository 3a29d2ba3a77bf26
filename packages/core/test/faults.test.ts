import { field, type RecordType } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { beforeEach, expect, test } from 'vitest'
import {
  administration,
  apiOf,
  type Call,
  callOf,
  elsewhere,
  furnished,
  inbox,
  methodsOf,
  revives,
  type Subject,
  writes,
} from './support/calls'
import { addPeople, type Client, minimal, newCrm, room, type TestCrm, textField, types } from './support/crm'
import { inputs } from './support/inputs'
import { outcomeOf } from './support/outcome'

let made: TestCrm
let mine: Record<RecordType, string>
let seed = 1000

const tier = field.select(['gold', 'silver'])

beforeEach(async () => {
  made = await newCrm({ fields: Object.fromEntries(types.map((type) => [type, { tier }])) })
  await addPeople(made.system)
  await made.system.users.sync([{ id: 'mate', name: 'Mate', roles: ['sales'], teams: ['north'] }])
  mine = {} as Record<RecordType, string>
  for (const type of types) mine[type] = await create(type)
})

const create = async (type: RecordType, more: object = {}) =>
  (await room(made.system, type).create({ ...minimal(type, seed++), owner: 'ada', ...more })).id

/** A record with something of everything hanging on it, so that each call has its steps to do. */
async function fresh(type: RecordType): Promise<Subject> {
  const { system } = made
  const id = await create(type, { tags: ['VIP', 'late'], custom: { tier: 'gold' } })
  const note = await system.notes.add({ type, id }, 'Hello @[Ada](user:ada)')
  await room(system, type).share(id, { with: { user: 'mate' }, level: 'read' })
  const link = singular[type]
  if (link) await system.activities.create({ kind: 'call', [link]: id } as never)
  return {
    ...(await furnished(system, type, id)),
    type,
    id,
    note: note.id,
    mine: { ...mine, [type]: await create(type) },
  }
}

const singular: Partial<Record<RecordType, string>> = {
  leads: 'lead',
  contacts: 'contact',
  companies: 'company',
  deals: 'deal',
}

/** What must be so before the call can succeed. */
const first: Record<string, (subject: Subject) => Promise<Partial<Subject> | undefined>> = {
  restore: async ({ type, id }) => void (await room(made.system, type).delete(id)),
  purge: async ({ type, id }) => void (await room(made.system, type).delete(id)),
  unmerge: async ({ type, id, mine }) => ({
    merge: (
      await (room(made.system, type) as never as { merge(id: string, ids: string[]): Promise<{ id: string }> }).merge(
        id,
        [mine[type]],
      )
    ).id,
  }),
  'users.deactivate': async () => {
    await made.system.users.sync([{ id: 'leaver', name: 'Leaver' }])
    for (const type of types) await create(type, { owner: 'leaver' })
    return undefined
  },
  'notifications.markRead': withNotification,
  'notifications.markUnread': withNotification,
  'notifications.archive': withNotification,
  'notifications.markAllRead': withNotification,
  'deals.reopen': async ({ id }) => void (await made.system.deals.win(id)),
  'meetings.answer': async ({ id }) => void (await made.system.meetings.invite(id, [{ user: 'mate' }])),
  'meetings.uninvite': async ({ id }) => void (await made.system.meetings.invite(id, [{ user: 'mate' }])),
  'products.removePrice': async ({ id }) =>
    void (await made.system.products.setPrice(id, { book: 'list', price: { amount: 5, currency: 'EUR' } })),
}

async function withNotification(): Promise<Partial<Subject>> {
  await made.crm.tick()
  const { items } = await made.crm.as({ user: 'ada' }).notifications.list({ limit: 1 })
  return { notification: items[0]?.id as string }
}

/** Calls that do more than those of the matrix, so that there are more steps to fail at. */
const bigger: Record<string, Call> = {
  create: (api, { type }) =>
    api.create(
      { ...minimal(type, seed++), tags: ['a', 'b'], custom: { tier: 'gold' } },
      { idempotencyKey: `key ${seed}` },
    ),
  createMany: (api, { type }) =>
    api.createMany([
      minimal(type, seed++),
      { ...minimal(type, seed++), tags: ['a'] },
      { nope: 1 },
      minimal(type, seed++),
    ]),
  update: (api, { type, id }) =>
    api.update(id, {
      [textField(type)]: `Changed ${seed++}`,
      tags: ['late', 'new'],
      custom: { tier: 'silver' },
      owner: 'bob',
    }),
  assign: (api, { id }) => api.assign(id, { roundRobin: { team: 'north' } }),
  assignMany: (api, { id, mine, type }) => api.assignMany([id, mine[type]], { roundRobin: { team: 'north' } }),
  unmerge: (api, { merge }) => api.unmerge(merge),
  'leads.convert': (api, { id }) =>
    api.convert(id, { company: { create: { name: `Company ${seed++}` } }, deal: { create: { title: 'Deal' } } }),
  'meetings.invite': (api, { id, mine }) => api.invite(id, [{ user: 'mate' }, { contact: mine.contacts }]),
  'meetings.answer': (api, { id }) => api.answer(id, 'accepted', { attendee: { user: 'mate' } }),
  'calendar.book': (api) =>
    api.book({
      users: ['ada', 'mate'],
      duration: 30,
      from: '2026-03-11T10:00:00Z',
      meeting: { title: 'Booked' },
      invitees: [{ email: 'eve@example.com' }],
    }),
  'users.sync': (api) =>
    api.sync([
      { id: `user ${seed++}`, name: 'New', teams: ['north', 'south'] },
      { id: 'bob', name: `Bob ${seed}` },
    ]),
  'users.deactivate': async (api) => api.deactivate('leaver', { handOverTo: 'bob' }),
  'pipelines.create': (api) =>
    api.create({
      name: `Pipeline ${seed++}`,
      stages: [
        { name: 'open', probability: 5 },
        { name: 'won', class: 'won' },
        { name: 'lost', class: 'lost' },
      ],
    }),
  'pipelines.reorder': async (api) => {
    const [pipeline] = await api.list()
    const names = pipeline.stages.map(({ name }: { name: string }) => name)
    return api.reorder(pipeline.name, [names[1], names[0], ...names.slice(2)])
  },
  'pipelines.archive': async (api) => api.archive((await api.list()).at(-1).name),
  'pipelines.update': async (api) => api.update((await api.list()).at(-1).name, { name: `Renamed ${seed++}` }),
  'pipelines.addStage': async (api) =>
    api.addStage((await api.list()).at(-1).name, { name: `Stage ${seed++}`, probability: 7 }),
  'pipelines.updateStage': async (api) =>
    api.updateStage((await api.list())[0].stages[1].id, { probability: seed++ % 90 }),
  'rates.set': (api) =>
    api.set([
      { from: 'USD', to: 'EUR', day: '2026-01-01', rate: `0.${seed++}` },
      { from: 'GBP', to: 'EUR', day: '2026-01-02', rate: `1.${seed++}` },
    ]),
  'notifications.preferences.set': (api) =>
    api.preferences.set({ channels: { mention: ['digest'] }, digestAt: `08:${10 + (seed++ % 50)}` }),
  'quotas.set': (api) =>
    api.set([
      { user: 'ada', month: '2026-01', amount: { amount: seed++, currency: 'EUR' } },
      { team: 'north', month: '2026-01', amount: { amount: seed++, currency: 'EUR' } },
    ]),
}

/** Every call of a room that writes, about one type of record. */
function* writingCalls(client: Client, roomName: string) {
  for (const [of, method] of methodsOf(client)) {
    if (of !== roomName) continue
    const own = types.includes(roomName as RecordType)
    const find = (table: Record<string, Call>) => callOf(table, roomName, method, own)
    const call =
      find(bigger) ??
      find(writes) ??
      find(revives) ??
      find(inbox) ??
      find(elsewhere) ??
      find(administration) ??
      (method === 'add' && roomName === 'notes' ? notesAdd : undefined)
    const prepare = first[`${roomName}.${method}`] ?? (own ? first[method] : undefined)
    if (call)
      yield {
        name: `${roomName}.${method}`,
        prepare,
        run: async (subject: Subject) => call(apiOf(client, roomName), subject),
      }
  }
}

const notesAdd: Call = (notes, { type, id }) => notes.add({ type, id }, 'Hello @[Ada](user:ada)')

const rooms = [
  ...types.map((type) => [type, type] as const),
  ...['notes', 'tags', 'users', 'pipelines', 'rates', 'quotas', 'calendar', 'notifications'].map(
    (name) => [name, 'contacts'] as const,
  ),
]

test.each(rooms)(
  'whichever statement of a call of %s fails, the tables are as before, and the next call works',
  async (roomName, type) => {
    const { storage, crm, system } = made
    const calls = [
      ...writingCalls(roomName === 'notifications' ? (crm.as({ user: 'ada' }) as Client) : system, roomName),
    ]
    expect(calls.length).toBeGreaterThan(0)
    for (const { name, prepare, run } of calls) {
      const subject = await fresh(type)
      Object.assign(subject, await prepare?.(subject))
      const before = await dumpTables(storage)
      for (let at = 0; at < 1000; at++) {
        const failed = storage.failOn(at === 0 ? 'commit' : at)
        const outcome = (await outcomeOf(() => run(subject))) as { error?: { code: string } }
        storage.failOn(null)
        if (failed()) {
          expect(outcome.error?.code, `${name} at ${at}`).toBe('STORAGE')
          expect(await dumpTables(storage), `${name} at ${at}`).toEqual(before)
          continue
        }
        expect(outcome.error, `${name} succeeds`).toBeUndefined()
        // Without a transaction to fail at its end, there is nothing it could have written.
        if (at === 0) expect(await dumpTables(storage), name).toEqual(before)
        break
      }
    }
  },
)

test('every method that takes an object to write was made to fail', () => {
  const names = rooms.flatMap(([roomName]) => [...writingCalls(made.system, roomName)].map(({ name }) => name))
  const missing = Object.keys(inputs).filter(
    (name) => !name.endsWith('previewConvert') && !names.some((one) => one === name || one.endsWith(`.${name}`)),
  )
  expect(missing).toEqual([])
})
