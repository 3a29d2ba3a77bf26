import { isCrmError, type RecordType } from '@rapport/core'
import { baseFields } from '../../src/records/base-fields'
import { isServerOwned } from '../../src/records/field'
import { type Client, definitionOf, newCrm, room, textField, types } from './crm'
import { customFields, pooled, withStart } from './values'

/** How far `me` sees: the own records, those of a small team, those of a big one, all. Each is read another way. */
export const REACHES = ['own', 'small team', 'big team', 'all'] as const
export type Reach = (typeof REACHES)[number]

const BIG = 64

/** A CRM in which `me` reads that far, and a way to add records with values out of a few. */
export async function crowd(reach: Reach) {
  const level = reach === 'own' || reach === 'all' ? reach : 'team'
  const fields = Object.fromEntries(types.map((type) => [type, customFields]))
  const made = await newCrm({ roles: { reader: { '*': { read: level } } }, fields, keep: true })
  const system = made.system
  await system.users.syncTeams([
    { id: 'us', name: 'Us' },
    { id: 'them', name: 'Them' },
  ])
  const mates = Array.from({ length: reach === 'big team' ? BIG : 3 }, (_, index) => ({
    id: `mate${index}`,
    name: 'Mate',
    teams: ['us'],
  }))
  await system.users.sync([
    { id: 'me', name: 'Me', roles: ['reader'], teams: ['us'] },
    { id: 'zed', name: 'Zed', teams: ['them'] },
    ...mates,
  ])

  const OWNERS = {
    own: ['me'],
    'small team': ['me', 'mate0', 'mate2', 'zed'],
    'big team': ['me', 'mate7', 'mate63', 'zed'],
    all: ['me', 'zed', null],
  }[reach]
  let count = 0

  /** A record of somebody's, seen or, now and then, not; shared with `me` when it is zed's and so chosen. */
  async function add(type: RecordType, picks: readonly number[]): Promise<{ id: string; seen: boolean }> {
    const owner = OWNERS[(picks[0] as number) % OWNERS.length] as string | null
    const values = randomValues(type, picks, ++count)
    const { id } = await createWithin(room(system, type).create, { ...values, owner })
    const shared = level === 'team' && owner === 'zed' && (picks[1] as number) % 2 === 0
    if (shared) await room(system, type).share(id, { with: { team: 'us' }, level: 'read' })
    return { id, seen: owner !== 'zed' || shared || reach === 'all' }
  }

  return { ...made, me: made.crm.as({ user: 'me' }) as Client, add }
}

export function randomValues(type: RecordType, picks: readonly number[], record: number): Record<string, unknown> {
  const definition = definitionOf(type)
  const values: Record<string, unknown> = { [textField(type)]: `Record ${record}` }
  const pick = (at: number) => picks[at % picks.length] as number
  for (const [at, [name, field]] of Object.entries({ ...definition.fields, tags: baseFields.tags }).entries()) {
    if (isServerOwned(field) || field.kind === 'link' || name === 'status') continue
    if (field.mode === 'optional' && pick(at) % 3 === 0 && !(name in values)) continue
    values[name] = pooled(definition, name, field, record, pick(at))
  }
  const custom = Object.entries(customFields).map(([name, field], at) => [
    name,
    pick(at + 5) % 3 === 0 ? null : pooled(definition, name, field, record, pick(at + 5)),
  ])
  return { ...withStart(type, values), custom: Object.fromEntries(custom) }
}

/** Creates with as much of the input as the rules of the room let pass. */
export async function createWithin(create: (input: never) => Promise<{ id: string }>, input: Record<string, unknown>) {
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
