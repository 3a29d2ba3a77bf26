import type { RecordType } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  administration,
  apiOf,
  type Call,
  callOf,
  elsewhere,
  furnished,
  gathers,
  inbox,
  methodsOf,
  reads,
  revives,
  type Subject,
  writes,
} from './support/calls'
import { type Client, definitionOf, minimal, newCrm, room, type TestCrm, types } from './support/crm'
import { errorOf, refusalOf } from './support/outcome'

const UNKNOWN = '01890000-0000-7000-8000-000000000000'
const UNKNOWN_SUBJECT = { id: UNKNOWN, note: UNKNOWN, notification: UNKNOWN, merge: UNKNOWN }
const all = Object.fromEntries(
  ['read', 'create', 'update', 'delete', 'assign', 'share', 'convert', 'merge', 'import', 'export', 'purge'].map(
    (action) => [action, 'team'] as const,
  ),
)
const limited = {
  ...Object.fromEntries(Object.keys(all).map((action) => [action, 'own' as const])),
  read: 'team' as const,
}

/** One of a table of calls for a method of the client; `type` for methods that every room of records has. */
interface Cell {
  name: string
  type: RecordType
  run(client: Client, subject: Subject): Promise<unknown>
}

function cells(methods: [string, string][], table: Record<string, Call>): Cell[] {
  return methods.flatMap(([roomName, method]) => {
    const own = types.includes(roomName as RecordType)
    const made = [callOf(table, roomName, method, own), callOf(table, roomName, `${method} `, own)].filter(
      (call) => call !== undefined,
    )
    const about = own ? [roomName as RecordType] : types
    return made.flatMap((call) =>
      about.map((type) => ({
        name: `${roomName || 'client'}.${method} (${type})`,
        type,
        run: async (client: Client, subject: Subject) => call(apiOf(client, roomName) as never, subject),
      })),
    )
  })
}

let made: TestCrm
let me: Client
let mine: Record<RecordType, string>
let methods: [string, string][]
const subjects = {} as Record<'foreign' | 'unseen' | 'deleted' | 'unknown' | 'readable', Record<RecordType, Subject>>

beforeAll(async () => {
  const everywhere = (grant: object) =>
    Object.fromEntries([...types, 'notes', 'reports'].map((resource) => [resource, grant]))
  made = await newCrm({ roles: { full: everywhere(all), limited: everywhere(limited) }, keep: true })
  const { crm } = made
  const here = made.system
  const there = crm.asSystem({ tenant: 'other', reason: 'test' }) as Client
  for (const system of [here, there]) {
    await system.users.syncTeams([
      { id: 'north', name: 'North' },
      { id: 'south', name: 'South' },
    ])
    await system.users.sync([
      { id: 'me', name: 'Me', roles: ['full'], teams: ['north'] },
      { id: 'mate', name: 'Mate', roles: ['full'], teams: ['north'] },
      { id: 'low', name: 'Low', roles: ['limited'], teams: ['north'] },
      { id: 'zed', name: 'Zed', roles: ['full'], teams: ['south'] },
    ])
  }
  me = crm.as({ user: 'me' }) as Client
  methods = methodsOf(me)
  mine = await each(async (type, seed) => (await room(here, type).create({ ...minimal(type, seed), owner: 'me' })).id)
  subjects.foreign = await each((type, seed) => subject(there, type, 100 + seed, 'me'))
  subjects.unseen = await each((type, seed) => subject(here, type, 200 + seed, 'zed'))
  subjects.readable = await each((type, seed) => subject(here, type, 300 + seed, 'mate'))
  subjects.deleted = await each((type, seed) => subject(here, type, 400 + seed, 'me'))
  for (const { type, id } of Object.values(subjects.deleted)) await room(here, type).delete(id)
  subjects.unknown = await each(async (type) => ({ ...UNKNOWN_SUBJECT, type, mine }))
  return () => crm.close()
})

async function each<T>(make: (type: RecordType, seed: number) => Promise<T>): Promise<Record<RecordType, T>> {
  const entries: [RecordType, T][] = []
  for (const [seed, type] of types.entries()) entries.push([type, await make(type, seed)])
  return Object.fromEntries(entries) as Record<RecordType, T>
}

async function subject(system: Client, type: RecordType, seed: number, owner: string): Promise<Subject> {
  const api = room(system, type) as never as {
    create: (input: object) => Promise<{ id: string }>
    merge?: (winner: string, losers: string[]) => Promise<{ id: string }>
  }
  const { id } = await api.create({ ...minimal(type, seed), owner, tags: ['VIP'] })
  const note = await system.notes.add({ type, id }, `Secret ${seed}`)
  const notification = await notificationOf(system === made.system ? 'default' : 'other', owner, id)
  const subject = { ...(await furnished(system, type, id)), type, id, note: note.id, notification, mine }
  if (!api.merge) return subject
  const twin = await api.create({ ...minimal(type, seed + 50), owner })
  return { ...subject, merge: (await api.merge(id, [twin.id])).id }
}

/** What the owner is told of the record, by itself. */
async function notificationOf(tenant: string, user: string, id: string): Promise<string> {
  await made.crm.tick()
  made.clock.advance(300_000)
  const { items } = await made.crm.as({ tenant, user }).notifications.list({ limit: 1 })
  return items[0]?.record.id === id ? items[0].id : UNKNOWN
}

/** Runs the cells and expects this refusal of each, with every table as it was. */
async function refuses(cells: readonly Cell[], client: Client, subjectOf: (cell: Cell) => Subject, codes: string[]) {
  const before = await dumpTables(made.storage)
  for (const cell of cells) {
    const error = await errorOf(() => cell.run(client, subjectOf(cell)))
    expect(codes, `${cell.name}: ${error.message}`).toContain(error.code)
  }
  expect(await dumpTables(made.storage)).toEqual(before)
}

test('every method of every room is in the matrix', () => {
  const known = [reads, writes, revives, inbox, gathers, elsewhere, administration]
  const missing = methods.filter(
    ([roomName, method]) =>
      !['within', 'transaction', 'subscribe'].includes(method) &&
      !known.some((table) => callOf(table, roomName, method, types.includes(roomName as RecordType))),
  )
  expect(missing).toEqual([])
})

describe.each(['foreign', 'unseen', 'unknown'] as const)('a record that is %s', (kind) => {
  test('is NOT_FOUND for every method, and nothing changes', async () => {
    for (const table of [reads, writes, revives])
      await refuses(cells(methods, table), me, ({ type }) => subjects[kind][type], ['NOT_FOUND'])
  })

  test('is no target to link to', async () => {
    for (const type of types) {
      for (const [name, field] of Object.entries(definitionOf(type).fields)) {
        if (field.kind !== 'link' || !types.includes(field.to as RecordType) || field.mode === 'server') continue
        const target = subjects[kind][field.to as RecordType].id
        const before = await dumpTables(made.storage)
        expect(await refusalOf(() => room(me, type).create({ ...minimal(type, 950), [name]: target }))).toBe(
          `VALIDATION ${name} missing-target`,
        )
        expect(await refusalOf(() => room(me, type).update(mine[type], { [name]: target }))).toBe(
          `VALIDATION ${name} missing-target`,
        )
        expect(await dumpTables(made.storage)).toEqual(before)
      }
    }
  })
})

test('a deleted record is NOT_FOUND for all but those that bring it back or purge it', async () => {
  for (const table of [reads, writes])
    await refuses(cells(methods, table), me, ({ type }) => subjects.deleted[type], ['NOT_FOUND'])
})

test('a record that is not deleted cannot be restored or purged', async () => {
  await refuses(cells(methods, revives), me, ({ type }) => ({ ...subjects.readable[type], id: mine[type] }), [
    'NOT_FOUND',
    'VALIDATION',
  ])
})

test('a record one may only read is FORBIDDEN for every method that changes it', async () => {
  const low = made.crm.as({ user: 'low' }) as Client
  // Merging starts from a record of one's own.
  const own = await each(
    async (type, seed) => (await room(made.system, type).create({ ...minimal(type, 700 + seed), owner: 'low' })).id,
  )
  await refuses(cells(methods, writes), low, ({ type }) => ({ ...subjects.readable[type], mine: own }), ['FORBIDDEN'])
})

test('whoever has no role reaches nothing, with any method', async () => {
  const stranger = made.crm.as({ user: 'stranger' }) as Client
  const harmless = ['leads.statuses', 'leads.sources', 'can', '.can', 'tags.list']
  for (const table of [reads, writes, gathers, elsewhere, administration]) {
    const granted = cells(methods, table).filter((cell) => !harmless.some((name) => cell.name.includes(name)))
    await refuses(granted, stranger, ({ type }) => subjects.readable[type], ['FORBIDDEN', 'NOT_FOUND'])
  }
})

test('another user’s notifications do not exist, nor do those about what is out of reach', async () => {
  for (const kind of ['foreign', 'unseen', 'deleted', 'unknown', 'readable'] as const)
    await refuses(cells(methods, inbox), me, ({ type }) => subjects[kind][type], ['NOT_FOUND'])
  const told = Object.values(subjects).flatMap((subject) => Object.values(subject))
  expect(told.filter(({ notification }) => notification !== UNKNOWN).length).toBeGreaterThan(15)
})

test('no list, export or count mentions a record out of reach', async () => {
  for (const cell of cells(methods, gathers)) {
    const answer = JSON.stringify(await cell.run(me, subjects.readable[cell.type]))
    for (const kind of ['foreign', 'unseen', 'deleted'] as const)
      expect(answer, cell.name).not.toContain(subjects[kind][cell.type].id)
  }
})

test('administration is FORBIDDEN to those whose role reaches their team, and changes nothing', async () => {
  await refuses(cells(methods, administration), me, ({ type }) => subjects.readable[type], ['FORBIDDEN'])
})
