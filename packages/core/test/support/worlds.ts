import { type FieldLevel, isCrmError, type Level, type RecordType, type Role } from '@rapport/core'
import * as fc from 'fast-check'
import { baseFields } from '../../src/records/base-fields'
import { isServerOwned } from '../../src/records/field'
import { type Client, definitionOf, definitions, newCrm, room, textField, types } from './crm'
import { customFields, pooled, withStart } from './values'

/** One record of a plan, told by choices, so that two worlds can be built from it that differ in what is hidden. */
export interface Planned {
  type: RecordType
  owner: 'me' | 'mate' | 'zed' | null
  picks: number[]
  links: number[]
  deleted: boolean
}

export interface Plan {
  levels: Partial<Record<RecordType, Level>>
  reports: Level
  /** Fields hidden from the asker, `type.field`. */
  hidden: string[]
  records: Planned[]
}

/** When somebody last did something for a record, and will next, is a fact of that record, whoever may see what was done. */
const SHOWN_ELSEWHERE = [
  'activities.occurredAt',
  'tasks.dueAt',
  'tasks.dueDate',
  'meetings.startAt',
  'meetings.startDate',
]

const hideable = definitions.flatMap(({ type, fields, madeFrom }) => {
  const lists = Object.keys(fields).filter((name) => fields[name]?.kind === 'emails' || fields[name]?.kind === 'phones')
  // The first of a list is written through the list, and hidden with it.
  const names = Object.keys({ ...fields, tags: baseFields.tags }).filter(
    (name) => !madeFrom?.[name]?.some((source) => lists.includes(source)),
  )
  const hidden = [
    ...names.filter((name) => fields[name]?.kind !== 'link'),
    ...Object.keys(customFields).map((name) => `custom.${name}`),
  ]
  return hidden.map((name) => `${type}.${name}`).filter((path) => !SHOWN_ELSEWHERE.includes(path))
})

const planned = (among: readonly RecordType[]): fc.Arbitrary<Planned> =>
  fc.record({
    type: fc.constantFrom(...among),
    owner: fc.constantFrom('me' as const, 'mate' as const, 'zed' as const, null),
    picks: fc.array(fc.nat({ max: 63 }), { minLength: 12, maxLength: 12 }),
    links: fc.array(fc.nat({ max: 30 }), { minLength: 4, maxLength: 4 }),
    deleted: fc.constantFrom(false, false, false, false, true),
  })

/** Few types at a time, so that there is something to sort, and to link to. */
export const plan: fc.Arbitrary<Plan> = fc.subarray(types, { minLength: 2, maxLength: 4 }).chain((among) =>
  fc.record({
    levels: fc.record(
      Object.fromEntries(types.map((type) => [type, fc.constantFrom<Level>('none', 'own', 'team', 'team', 'all')])),
    ),
    reports: fc.constantFrom<Level>('own', 'team', 'all'),
    hidden: fc.subarray(hideable, { maxLength: 50 }),
    records: fc.array(planned(among), { minLength: 12, maxLength: 24 }),
  }),
)

const OUT_OF_REACH: Record<Level, readonly (string | null)[]> = {
  none: ['me', 'mate', 'zed', null],
  own: ['mate', 'zed', null],
  team: ['zed', null],
  all: [],
}

export const isUnseen = (plan: Plan, { type, owner }: Planned) =>
  OUT_OF_REACH[plan.levels[type] ?? 'none'].includes(owner)

/** What `me` may do: read as planned, without the hidden fields; write what it reads. */
function askersRole(plan: Plan): Role {
  const grants = Object.fromEntries(
    types.map((type) => {
      const level = plan.levels[type] ?? 'none'
      const names = plan.hidden
        .filter((name) => name.startsWith(`${type}.`))
        .map((name) => [name.slice(type.length + 1), 'none' as FieldLevel])
      return [
        type,
        {
          read: level,
          create: level,
          update: level,
          delete: level,
          share: level,
          export: level,
          fields: Object.fromEntries(names),
        },
      ]
    }),
  )
  return { ...grants, reports: { read: plan.reports }, notes: { read: 'all' } }
}

export interface World {
  me: Client
  system: Client
  /** Ids by place in the plan. */
  ids: string[]
  close(): Promise<void>
}

/** Builds one of the two worlds of a plan through the API. They differ in unseen records and in hidden fields, no more. */
export async function buildWorld(plan: Plan, second: boolean): Promise<World> {
  const fields = Object.fromEntries(types.map((type) => [type, customFields]))
  const { crm, clock } = await newCrm({ roles: { asker: askersRole(plan) }, fields, keep: true })
  const system = crm.asSystem({ reason: 'test' }) as Client
  await system.users.syncTeams([
    { id: 'north', name: 'North' },
    { id: 'south', name: 'South' },
    { id: 'all', name: 'All' },
  ])
  await system.users.sync([
    { id: 'me', name: 'Me', roles: ['asker'], teams: ['north'] },
    { id: 'mate', name: 'Mate', roles: ['sales'], teams: ['north'] },
    { id: 'zed', name: 'Zed', roles: ['sales'], teams: ['south'] },
  ])
  const ids: string[] = []
  for (const [index, planned] of plan.records.entries()) {
    clock.set(new Date(Date.UTC(2026, 2, 5) + index * 3_600_000))
    const api = room(system, planned.type)
    const unseen = isUnseen(plan, planned)
    const created = await createSomehow(api.create, valuesOf(plan, planned, index, ids, second))
    ids.push(created.id)
    await system.notes.add(
      { type: planned.type, id: created.id },
      unseen && second ? 'Another secret' : `Note ${index}`,
    )
    await carryOn(system, planned, created.id, unseen && second)
    if (planned.deleted && (!unseen || !second)) await api.delete(created.id)
    // A record too many, that nothing links to.
    if (unseen && second) await createSomehow(api.create, valuesOf(plan, planned, 500 + index, [], second))
  }
  clock.set('2026-03-10T12:00:00Z')
  await crm.tick({ limit: 5000 })
  return { me: crm.as({ user: 'me' }) as Client, system, ids, close: () => crm.close() }
}

function valuesOf(plan: Plan, planned: Planned, index: number, ids: readonly string[], second: boolean) {
  const { type, owner, picks, links } = planned
  const definition = definitionOf(type)
  const unseen = isUnseen(plan, planned)
  const pickOf = (name: string, at: number) =>
    (picks[at % picks.length] as number) + (second && (unseen || isHidden(plan, type, name)) ? 1 : 0)
  const values: Record<string, unknown> = { [textField(type)]: `Record ${index}`, owner }
  const names = Object.entries({ ...definition.fields, tags: baseFields.tags })
  for (const [at, [name, field]] of names.entries()) {
    if (isServerOwned(field) || name === 'status') continue
    if (field.kind === 'link') {
      const linked = linkTo(plan, planned, field.to as RecordType, links[at % links.length] as number, ids)
      if (linked) values[name] = linked
      continue
    }
    const choice = pickOf(name, at)
    if (choice % 7 === 0 && field.mode === 'optional') continue
    values[name] = pooled(definition, name, field, index, choice)
  }
  // Facts of the content are hidden with each other.
  const isKept = !['type', 'size', 'sha256', 'contentVersion'].some((name) => isHidden(plan, type, name))
  if (type === 'files') values.content = `Content ${index}${second && (unseen || !isKept) ? ' and more' : ''}`
  const custom = Object.entries(customFields).map(([name, field], at) => {
    const choice = pickOf(`custom.${name}`, at + 3)
    return [name, choice % 5 === 0 ? null : pooled(definition, name, field, index, choice)]
  })
  return { ...withStart(type, values), custom: Object.fromEntries(custom) }
}

/** Deals are won and lost, leads contacted and lost. */
async function carryOn(system: Client, { type, picks }: Planned, id: string, otherwise: boolean) {
  const choice = ((picks[1] as number) + (otherwise ? 1 : 0)) % 4
  if (type === 'deals' && choice === 1) await system.deals.win(id)
  if (type === 'deals' && choice === 2) await system.deals.lose(id, { reason: 'price' })
  if (type === 'files' && choice === 1) await system.files.addVersion(id, { content: 'The newest' })
  if (type === 'leads' && choice === 1) await system.leads.update(id, { status: 'contacted' })
  if (type === 'leads' && choice === 2) await system.leads.update(id, { status: 'lost', lostReason: 'price' })
}

const isHidden = (plan: Plan, type: RecordType, name: string) => plan.hidden.includes(`${type}.${name}`)

/** An earlier record to link to; unseen activities, tasks, meetings and files touch only unseen records. */
function linkTo(plan: Plan, from: Planned, to: RecordType, choice: number, ids: readonly string[]): string | undefined {
  const touches = ['activities', 'tasks', 'meetings', 'files'].includes(from.type)
  const candidates = plan.records.slice(0, ids.length).flatMap((one, index) => {
    const fits = one.type === to && !one.deleted && (!touches || !isUnseen(plan, from) || isUnseen(plan, one))
    return fits ? [ids[index] as string] : []
  })
  return choice % 4 === 0 ? undefined : candidates[choice % Math.max(1, candidates.length)]
}

/** Creates with as much of the input as the rules of the room let pass. */
async function createSomehow(create: (input: never) => Promise<{ id: string }>, input: Record<string, unknown>) {
  const values = { ...input }
  for (let tries = 0; ; tries++) {
    try {
      return await create(values as never)
    } catch (error) {
      const field = isCrmError(error) ? error.field?.split('.')[0] : undefined
      if (!field || !(field in values) || tries > 12) throw error
      delete values[field]
    }
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g

/** An answer as text in which ids are places in the plan, so that answers of two worlds can be compared. */
export function comparable(world: World, answer: unknown): string {
  const fresh = new Map<string, string>()
  const text = JSON.stringify(answer, (key, value) => (key === 'nextCursor' ? value !== null : value)) ?? 'undefined'
  return text.replace(UUID, (id) => {
    const place = world.ids.indexOf(id)
    if (place >= 0) return `#${place}`
    if (!fresh.has(id)) fresh.set(id, `new${fresh.size}`)
    return fresh.get(id) as string
  })
}
