import { databaseFiles } from '@rapport/adapters/database-files'
import { type Crm, type CrmOptions, createCrm, type RecordApi, type RecordType, type ScopedClient } from '@rapport/core'
import { type StepClock, sampleValues, stepClock, type WatchedStorage, watchStorage } from '@rapport/core/testing'
import { onTestFinished, vi } from 'vitest'
import type { RecordDefinition } from '../../src/records/definition'
import { DEFINITIONS } from '../../src/scoped-client'
import { DATABASE, newStorage, onSqlite } from './databases'

export const definitions: readonly RecordDefinition[] = DEFINITIONS
export const types = definitions.map(({ type }) => type)
export const THOROUGH = Boolean(process.env.RAPPORT_THOROUGH)
if (THOROUGH) vi.setConfig({ testTimeout: 900_000 })

/** A property of our code has been tried in full on SQLite; on servers, where a run takes longer, it is their SQL that is tried. */
const SHARE = onSqlite ? 1 : DATABASE === 'pglite' ? 0.02 : 0.2

/**
 * So many runs of a property, the same ones each time, so that a failure is of the change at hand. When thorough, twenty times
 * as many and others each time, and only then a failure is made smaller: it takes minutes.
 */
export const runs = (usual: number) => ({
  ...(!THOROUGH && { seed: 1815 }),
  numRuns: Math.ceil(usual * SHARE * (THOROUGH ? 20 : 1)),
  endOnFailure: !THOROUGH,
})

// biome-ignore lint/suspicious/noExplicitAny: rooms are used here without knowing their type
export type Room = RecordApi<any, any, any, any, any>
export type Client = ScopedClient

/** The room of a record type. A file is made by uploading something. */
export function room(client: object, type: RecordType): Room {
  const api = (client as Record<RecordType, Room>)[type]
  if (type !== 'files') return api
  const { upload } = (client as Client).files
  const create: Room['create'] = (input, options) =>
    upload(input && typeof input === 'object' ? { content: `Content of ${input.name}`, ...input } : input, options)
  const createMany: Room['createMany'] = (inputs, { idempotencyKey } = {}) =>
    Promise.all(
      inputs.map((input, at) =>
        create(input, idempotencyKey ? { idempotencyKey: `${idempotencyKey} ${at}` } : {}).then(
          (value) => ({ ok: true as const, value }),
          (error) => ({ ok: false as const, error }),
        ),
      ),
    )
  return { ...api, create, createMany }
}

export const definitionOf = (type: RecordType) => definitions.find((one) => one.type === type) as RecordDefinition

/** What a record of the type needs at least, and some text, different for each seed. */
export const minimal = (type: RecordType, seed: number): Record<string, unknown> => ({
  [textField(type)]: `text ${seed}`,
  ...sampleValues(definitionOf(type).fields, seed, ['required', 'defaulted']),
  ...(type === 'meetings' && { startAt: new Date(Date.UTC(2026, 3, 1, 9) + seed * 3_600_000), zone: 'Europe/Berlin' }),
})

/** A writable text field of the type, to change and see changed. */
export function textField(type: RecordType): string {
  const { fields, title } = definitionOf(type)
  if (fields[title]?.mode === 'required' || fields[title]?.mode === 'optional') return title
  const found = Object.entries(fields).find(
    ([, field]) => field.kind === 'text' && field.mode === 'optional' && !field.normalised,
  )
  return (found as [string, unknown])[0]
}

const SECRET = 'for tests only: not random, but long enough'

export interface TestCrm {
  crm: Crm
  storage: WatchedStorage
  clock: StepClock
  system: Client
}

/** A migrated CRM in memory, with a still clock and a watched storage. Closed when the test ends, unless told. */
export async function newCrm(options: Partial<CrmOptions> & { keep?: boolean } = {}): Promise<TestCrm> {
  const { keep, ...rest } = options
  const storage = watchStorage(options.storage ?? (await newStorage()))
  const clock = stepClock('2026-03-10T12:00:00Z')
  const crm = createCrm({ clock, files: databaseFiles(storage), secrets: [SECRET], ...rest, storage }) as Crm
  await crm.migrate()
  if (!keep) onTestFinished(() => crm.close())
  return { crm, storage, clock, system: crm.asSystem({ reason: 'test' }) as Client }
}

/** Two teams side by side below one: ada and bob in `north`, cyd in `south`, mia above both, root over everything. */
export async function withPeople(options: Partial<CrmOptions> = {}, tenant = 'default') {
  const made = await newCrm(options)
  const system = made.crm.asSystem({ tenant, reason: 'test' }) as Client
  await addPeople(system)
  const as = (user: string) => made.crm.as({ tenant, user }) as Client
  return { ...made, system, as, ada: as('ada'), bob: as('bob'), cyd: as('cyd'), mia: as('mia'), root: as('root') }
}

export async function addPeople(system: Client) {
  await system.users.syncTeams([
    { id: 'all', name: 'All' },
    { id: 'north', name: 'North', parent: 'all' },
    { id: 'south', name: 'South', parent: 'all' },
  ])
  await system.users.sync([
    { id: 'ada', name: 'Ada', roles: ['sales'], teams: ['north'] },
    { id: 'bob', name: 'Bob', roles: ['sales'], teams: ['north'] },
    { id: 'cyd', name: 'Cyd', roles: ['sales'], teams: ['south'] },
    { id: 'mia', name: 'Mia', roles: ['manager'], teams: ['all'] },
    { id: 'root', name: 'Root', roles: ['admin'] },
  ])
}

/** All ids of a list, page by page; none where the type is forbidden. */
export async function listedIds(api: Room, query: Record<string, unknown> = {}): Promise<string[]> {
  const ids: string[] = []
  let after: string | null = null
  do {
    const page: { items: { id: string }[]; nextCursor: string | null } = await api.list({
      limit: 3,
      ...query,
      after,
    } as never)
    ids.push(...page.items.map(({ id }) => id))
    after = page.nextCursor
  } while (after)
  return ids
}
