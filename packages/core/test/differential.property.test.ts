import { isDeepStrictEqual } from 'node:util'
import { type Crm, createCrm, type EventRecord, isCrmError } from '@rapport/core'
import type { Storage } from '@rapport/core/storage'
import { stepClock } from '@rapport/core/testing'
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { tablesOn } from '../src/storage/migrate'
import { addPeople, type Client, runs, types } from './support/crm'
import { DATABASE } from './support/databases'
import { type DatabaseKind, EVERY_DATABASE, titled } from './support/empty-databases'
import { everyOrder, question } from './support/hostile-reads'
import { create, hostileFields, type Operation, write } from './support/hostile-writes'
import { type Made, perform, remember } from './support/perform'
import { idCounter, withIds } from './support/told-ids'

vi.mock('../src/kernel/ids', async (original) => ({
  ...(await original<object>()),
  newId: (await import('./support/told-ids')).newId,
}))

/** A CRM on one of the databases. All are alike: what they are asked, their clock, their ids. */
interface Side {
  name: string
  storage: Storage
  crm: Crm
  ids: { made: number }
  heard: EventRecord[]
}

const clock = stepClock('2026-03-10T12:00:00Z')
const READ = { create: 'all', update: 'own', delete: 'own', export: 'own', merge: 'own', convert: 'own' } as const
const roles = {
  own: { '*': { ...READ, read: 'own' }, reports: { read: 'own' } },
  blind: {
    '*': { ...READ, read: 'all', fields: { email: 'none', amount: 'none', 'custom.word': 'none' } },
    reports: { read: 'all' },
  },
} as const

async function sideOn(kind: DatabaseKind): Promise<Side> {
  const storage = await (await kind.empty()).open()
  const heard: EventRecord[] = []
  const crm = createCrm({
    storage,
    clock,
    roles,
    settings: { currency: 'EUR', country: 'DE', timeZone: 'Europe/Berlin' },
    fields: Object.fromEntries(types.map((type) => [type, hostileFields])),
    subscribers: { all: { events: ['*'], handle: (event: EventRecord) => void heard.push(event) } },
  } as never) as Crm
  await crm.migrate()
  return { name: kind.name, storage, crm, ids: idCounter(), heard }
}

let tenants = 0

/** The operations in a tenant of their own, on every side; each answer is that of the first side. */
async function sameOn(sides: readonly Side[], operations: readonly Operation[]) {
  const tenant = `tenant ${tenants++}`
  clock.set('2026-03-10T12:00:00Z')
  const made: Made = {}
  const onAll = async (what: string, work: (side: Side) => Promise<unknown>) => {
    const answers = await Promise.all(sides.map((side) => withIds(side.ids, () => answerOf(() => work(side)))))
    const [first, ...others] = answers
    for (const [at, answer] of others.entries()) {
      // `toStrictEqual` stumbles over objects with a key `__proto__`: it shows what differs, and does not decide.
      if (isDeepStrictEqual(answer, first)) continue
      expect(answer, `${sides[at + 1]?.name} and ${sides[0]?.name}: ${what}`).toStrictEqual(first)
      throw new Error(`Not the same on ${sides[at + 1]?.name}: ${what}`)
    }
    return first as { value?: unknown }
  }
  for (const side of sides) side.ids.made = tenants * 100_000
  await onAll('people', ({ crm }) => peopleIn(crm.asSystem({ tenant, reason: 'test' }) as Client))
  for (const [at, operation] of operations.entries()) {
    clock.advance(at % 3 === 0 ? 0 : 86_400_000 / 7 + at)
    const { as } = operation
    const answer = await onAll(`${at} ${JSON.stringify(operation)}`, ({ crm }) =>
      perform(
        (as === 'system' ? crm.asSystem({ tenant, reason: 'test' }) : crm.as({ tenant, user: as })) as Client,
        operation,
        made,
      ),
    )
    if ('value' in answer) remember(made, operation, answer.value)
  }
  await onAll('rows', ({ storage }) => rowsOf(storage, tenant))
  await onAll('events', async ({ crm, heard }) => {
    const told = await crm.tick()
    return { told, heard: heard.splice(0) }
  })
}

async function peopleIn(system: Client) {
  await addPeople(system)
  await system.users.sync([
    { id: 'own', name: 'Own', roles: ['own'], teams: ['north'] },
    { id: 'blind', name: 'Blind', roles: ['blind'], teams: ['south'] },
  ])
}

/** No database may refuse what core lets through. */
async function answerOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: await work() }
  } catch (error) {
    if (!isCrmError(error) || error.code === 'STORAGE') throw error
    return { error: error.toJSON() }
  }
}

/** All rows of a tenant. JSON is read, for PostgreSQL orders its keys and spells its numbers anew. */
async function rowsOf(storage: Storage, tenant: string) {
  const dump: Record<string, unknown[]> = {}
  for (const { name, columns } of tablesOn(storage)) {
    if (name === 'guard' || !columns.some((column) => column.name === 'tenant_id')) continue
    const list = columns.map((column) => column.name).join(', ')
    const rows = await storage.read(`select ${list} from ${storage.table(name)} where tenant_id = ?`, [tenant])
    const plain = rows.map((row) => row.map(parsed))
    dump[name] = plain.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
  }
  return dump
}

/** JSON, that within JSON too. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[{[]/.test(value)) return value
  try {
    return JSON.parse(value, (_, inner) => parsed(inner))
  } catch {
    return value
  }
}

const scenario = fc
  .tuple(
    fc.tuple(...[...types, ...types, ...types].map(create)),
    fc.array(fc.oneof({ weight: 3, arbitrary: write }, { weight: 1, arbitrary: question }), {
      minLength: 25,
      maxLength: 40,
    }),
    fc.array(question, { minLength: 8, maxLength: 12 }),
  )
  .map((parts) => [...parts.flat(), ...everyOrder])

const [reference, ...others] = EVERY_DATABASE as [DatabaseKind, ...DatabaseKind[]]
const reached = others.filter(({ skipped }) => !skipped)

/** In the run on SQLite all that can be reached from there; in a run on a server that is its own, that one. */
const compared =
  DATABASE === 'sqlite'
    ? reached
    : reached.filter(({ name }) => name === DATABASE && name === 'postgres' && !process.env.RAPPORT_POSTGRES_URL)

for (const one of others.filter(({ skipped }) => skipped)) test.skip(`as on SQLite: ${titled(one)}`, () => {})

test.runIf(compared.length > 0)(
  `the same answers, orders, errors and rows on SQLite as on ${compared.map(({ name }) => name).join(', ') || 'others'}`,
  async () => {
    const sides: Side[] = []
    for (const kind of [reference, ...compared]) sides.push(await sideOn(kind))
    await fc.assert(
      fc.asyncProperty(scenario, (operations) => sameOn(sides, operations)),
      runs(15),
    )
  },
  120_000,
)
