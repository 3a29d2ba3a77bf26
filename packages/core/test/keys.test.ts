import { field, type RecordType } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { beforeAll, expect, test } from 'vitest'
import { baseFields } from '../src/records/base-fields'
import { isServerOwned } from '../src/records/field'
import { administration, apiOf, elsewhere, methodsOf, type Subject, writes } from './support/calls'
import { addPeople, type Client, definitionOf, minimal, newCrm, room, type TestCrm, types } from './support/crm'
import { inputs, plain } from './support/inputs'
import { errorOf } from './support/outcome'

let made: TestCrm
let subjects: Subject[]

beforeAll(async () => {
  const fields = Object.fromEntries(types.map((type) => [type, { tier: field.select(['gold', 'silver']) }]))
  made = await newCrm({ fields, keep: true })
  await addPeople(made.system)
  await made.system.users.sync([{ id: 'mate', name: 'Mate' }])
  const mine = {} as Record<RecordType, string>
  for (const [seed, type] of types.entries())
    mine[type] = (await room(made.system, type).create(minimal(type, seed))).id
  subjects = []
  for (const [seed, type] of types.entries()) {
    const { id } = await room(made.system, type).create(minimal(type, 100 + seed))
    subjects.push({ type, id, note: (await made.system.notes.add({ type, id }, 'x')).id, mine })
  }
  return () => made.crm.close()
})

/** Each method with an object to write, with the records it can be about. */
function* callsWithInput(client: Client) {
  for (const [roomName, method] of methodsOf(client)) {
    const own = types.includes(roomName as RecordType)
    const call = inputs[`${roomName}.${method}`] ?? (own ? inputs[method] : undefined)
    if (!call) continue
    for (const subject of own ? subjects.filter(({ type }) => type === roomName) : subjects.slice(0, 1)) {
      yield {
        name: `${roomName}.${method}`,
        subject,
        run: async (extra: Record<string, unknown>) => call(apiOf(client, roomName), subject, extra),
      }
    }
  }
}

test('every method that writes is told to take an object or not', () => {
  const methods = methodsOf(made.system).map(([roomName, method]) =>
    [types.includes(roomName as RecordType) ? [method] : [], `${roomName}.${method}`.replace(/^\./, '')].flat(),
  )
  const writing = [...Object.keys(writes), ...Object.keys(elsewhere), ...Object.keys(administration)].map((name) =>
    name.trim(),
  )
  const untold = methods.filter(
    (names) =>
      names.some((name) => writing.includes(name)) && !names.some((name) => name in inputs || plain.includes(name)),
  )
  expect(untold).toEqual([])
})

test('an unknown key is refused by every method that takes an object, and nothing is written', async () => {
  const before = await dumpTables(made.storage)
  for (const { name, run } of callsWithInput(made.system)) {
    for (const key of ['nope', 'constructor', 'toString', '']) {
      const error = await errorOf(() => run({ [key]: 'x' }))
      expect([error.code, error.rule], `${name} with ${key}`).toEqual(['VALIDATION', 'unknown-key'])
    }
    const error = await errorOf(() => run(JSON.parse('{"__proto__":"x","nope":"x"}')))
    expect([error.code, error.rule], name).toEqual(['VALIDATION', 'unknown-key'])
  }
  expect(await dumpTables(made.storage)).toEqual(before)
})

test('a field that the SDK sets is refused on every write of a record', async () => {
  const before = await dumpTables(made.storage)
  for (const { name, subject, run } of callsWithInput(made.system)) {
    if (!/(create|update|createMany|updateMany)$/.test(name) || !types.includes(name.split('.')[0] as RecordType))
      continue
    const fields = Object.entries({ ...definitionOf(subject.type).fields, ...baseFields }).filter(([, of]) =>
      isServerOwned(of),
    )
    for (const key of ['id', ...fields.map(([key]) => key)]) {
      const error = await errorOf(() => run({ [key]: null }))
      expect([error.code, error.rule, error.field], `${name} with ${key}`).toEqual(['VALIDATION', 'server-owned', key])
    }
  }
  expect(await dumpTables(made.storage)).toEqual(before)
})

test('an unknown custom field and an unknown option are refused', async () => {
  for (const { type, id } of subjects) {
    for (const write of [
      (custom: object) => room(made.system, type).create({ ...minimal(type, 905), custom }),
      (custom: object) => room(made.system, type).update(id, { custom }),
    ]) {
      expect((await errorOf(() => write({ nope: 1 }))).problems).toMatchObject([
        { field: 'custom.nope', rule: 'unknown-key' },
      ])
      expect((await errorOf(() => write({ tier: 'bronze' }))).problems).toMatchObject([
        { field: 'custom.tier', rule: 'invalid-option' },
      ])
    }
  }
})

test('all problems of an input are told at once', async () => {
  const error = await errorOf(() => made.system.leads.create({ nope: 1, version: 3, email: 'x', score: 101 } as never))
  expect(error.problems.map(({ field, rule }) => `${field} ${rule}`).sort()).toEqual([
    'email invalid-email',
    'nope unknown-key',
    'score too-large',
    'version server-owned',
  ])
})
