import { field, type RecordType } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { beforeAll, expect, test } from 'vitest'
import { administration, apiOf, type Call, callOf, elsewhere, methodsOf, revives, type Subject, writes } from './support/calls'
import { addPeople, type Client, minimal, newCrm, room, type TestCrm, textField, types } from './support/crm'
import { inputs } from './support/inputs'
import { outcomeOf } from './support/outcome'

let made: TestCrm
let seed = 1000

const tier = field.select(['gold', 'silver'])

beforeAll(async () => {
  made = await newCrm({ fields: Object.fromEntries(types.map((type) => [type, { tier }])), keep: true })
  await addPeople(made.system)
  await made.system.users.sync([{ id: 'mate', name: 'Mate', roles: ['sales'], teams: ['north'] }])
  return () => made.crm.close()
})

/** A record with something of everything hanging on it, so that each call has its steps to do. */
async function fresh(type: RecordType): Promise<Subject> {
  const { system } = made
  const create = async (of: RecordType, more: object = {}) => (await room(system, of).create({ ...minimal(of, seed++), owner: 'ada', ...more })).id
  const mine = {} as Record<RecordType, string>
  for (const of of types) mine[of] = await create(of)
  const id = await create(type, { tags: ['VIP', 'late'], custom: { tier: 'gold' } })
  const note = await system.notes.add({ type, id }, 'Hello @[Ada](user:ada)')
  await room(system, type).share(id, { with: { user: 'mate' }, level: 'read' })
  if (type !== 'activities') await system.activities.create({ kind: 'call', [singular[type] ?? 'lead']: type in singular ? id : mine.leads } as never)
  return { type, id, note: note.id, mine }
}

const singular: Partial<Record<RecordType, string>> = { leads: 'lead', contacts: 'contact', companies: 'company', deals: 'deal' }

/** What must be so before the call can succeed. */
const first: Record<string, (subject: Subject) => Promise<Partial<Subject> | undefined>> = {
  restore: async ({ type, id }) => void (await room(made.system, type).delete(id)),
  purge: async ({ type, id }) => void (await room(made.system, type).delete(id)),
  unmerge: async ({ type, id, mine }) => ({ merge: (await (room(made.system, type) as never as { merge(id: string, ids: string[]): Promise<{ id: string }> }).merge(id, [mine[type]])).id }),
  'deals.reopen': async ({ id }) => void (await made.system.deals.win(id)),
  'products.removePrice': async ({ id }) => void (await made.system.products.setPrice(id, { book: 'list', price: { amount: 5, currency: 'EUR' } })),
}

/** Calls that do more than those of the matrix, so that there are more steps to fail at. */
const bigger: Record<string, Call> = {
  create: (api, { type }) => api.create({ ...minimal(type, seed++), tags: ['a', 'b'], custom: { tier: 'gold' } }, { idempotencyKey: `key ${seed}` }),
  createMany: (api, { type }) => api.createMany([minimal(type, seed++), { ...minimal(type, seed++), tags: ['a'] }, { nope: 1 }, minimal(type, seed++)]),
  update: (api, { type, id }) => api.update(id, { [textField(type)]: `Changed ${seed++}`, tags: ['late', 'new'], custom: { tier: 'silver' }, owner: 'bob' }),
  assign: (api, { id }) => api.assign(id, { roundRobin: { team: 'north' } }),
  assignMany: (api, { id, mine, type }) => api.assignMany([id, mine[type]], { roundRobin: { team: 'north' } }),
  unmerge: (api, { merge }) => api.unmerge(merge),
  'leads.convert': (api, { id }) => api.convert(id, { company: { create: { name: `Company ${seed++}` } }, deal: { create: { title: 'Deal' } } }),
  'users.sync': (api) => api.sync([{ id: `user ${seed++}`, name: 'New', teams: ['north', 'south'] }, { id: 'bob', name: `Bob ${seed}` }]),
  'users.deactivate': async (api) => api.deactivate('mate', { handOverTo: 'bob' }),
  'pipelines.create': (api) => api.create({ name: `Pipeline ${seed++}`, stages: [{ name: 'open', probability: 5 }, { name: 'won', class: 'won' }, { name: 'lost', class: 'lost' }] }),
  'pipelines.reorder': async (api) => {
    const [pipeline] = await api.list()
    const names = pipeline.stages.map(({ name }: { name: string }) => name)
    return api.reorder(pipeline.name, [names[1], names[0], ...names.slice(2)])
  },
  'pipelines.archive': async (api) => api.archive((await api.list()).at(-1).name),
  'pipelines.update': async (api) => api.update((await api.list()).at(-1).name, { name: `Renamed ${seed++}` }),
  'pipelines.addStage': async (api) => api.addStage((await api.list()).at(-1).name, { name: `Stage ${seed++}`, probability: 7 }),
  'pipelines.updateStage': async (api) => api.updateStage((await api.list())[0].stages[1].id, { probability: seed++ % 90 }),
  'rates.set': (api) => api.set([{ from: 'USD', to: 'EUR', day: '2026-01-01', rate: `0.${seed++}` }, { from: 'GBP', to: 'EUR', day: '2026-01-02', rate: `1.${seed++}` }]),
  'quotas.set': (api) => api.set([{ user: 'ada', month: '2026-01', amount: { amount: seed++, currency: 'EUR' } }, { team: 'north', month: '2026-01', amount: { amount: seed++, currency: 'EUR' } }]),
}

/** Every call that writes, of every room and for every type of record. */
function* writingCalls(client: Client) {
  for (const [roomName, method] of methodsOf(client)) {
    const own = types.includes(roomName as RecordType)
    const find = (table: Record<string, Call>) => callOf(table, roomName, method, own)
    const call = find(bigger) ?? find(writes) ?? find(revives) ?? find(elsewhere) ?? find(administration) ?? (method === 'add' && roomName === 'notes' ? notesAdd : undefined)
    const prepare = first[`${roomName}.${method}`] ?? (own ? first[method] : undefined)
    if (!call) continue
    for (const type of own ? [roomName as RecordType] : roomName === 'tags' || roomName === 'notes' ? types : (['leads'] as RecordType[])) {
      yield { name: `${roomName}.${method}`, type, prepare, run: async (subject: Subject) => call(apiOf(client, roomName), subject) }
    }
  }
}

const notesAdd: Call = (notes, { type, id }) => notes.add({ type, id }, 'Hello @[Ada](user:ada)')

test('whichever statement of a call fails, the tables are as before, the error is STORAGE, and the next call works', async () => {
  const { storage, system } = made
  for (const { name, type, prepare, run } of writingCalls(system)) {
    const subject = await fresh(type)
    Object.assign(subject, await prepare?.(subject))
    const before = await dumpTables(storage)
    for (const at of ['commit' as const, ...Array.from({ length: 400 }, (_, index) => index + 1)]) {
      const failed = storage.failOn(at)
      const outcome = (await outcomeOf(() => run(subject))) as { error?: { code: string } }
      storage.failOn(null)
      if (!failed()) {
        expect(outcome.error, `${name} (${type}) succeeds`).toBeUndefined()
        // Without a transaction to fail at its end, there is nothing it could have written.
        if (at === 'commit') expect(await dumpTables(storage), name).toEqual(before)
        break
      }
      expect(outcome.error?.code, `${name} (${type}) at ${at}`).toBe('STORAGE')
      expect(await dumpTables(storage), `${name} (${type}) at ${at}`).toEqual(before)
    }
  }
})

test('the methods that take an object are all among those that were made to fail', () => {
  const names = [...writingCalls(made.system)].map(({ name }) => name)
  for (const name of Object.keys(inputs).filter((name) => !name.endsWith('previewConvert'))) expect(names.some((one) => one === name || one.endsWith(`.${name}`)), name).toBe(true)
})
