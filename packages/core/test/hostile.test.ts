import * as fc from 'fast-check'
import { field, isCrmError } from '@rapport/core'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../src/kernel/ids'
import { foldText } from '../src/kernel/text'
import { type Client, newCrm, room, runs, types, withPeople } from './support/crm'
import { hostileStrings } from './support/hostile-strings'
import { errorOf, expectHelpful } from './support/outcome'

const fields = { leads: { word: field.text(), note: field.text({ max: 5000 }), any: field.json<Record<string, unknown>>() } }
const makeWorld = () => withPeople({ fields, keep: true } as never)
let world: Awaited<ReturnType<typeof makeWorld>>
beforeAll(async () => {
  world = await makeWorld()
  return () => world.crm.close()
})

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype]
const ownKeys = () => prototypes.map((one) => Reflect.ownKeys(one).length)
const untouched = ownKeys()
afterEach(() => {
  expect(ownKeys()).toEqual(untouched)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

/** What is kept of a line of text, said once more: composed, blanks collapsed. */
const kept = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim()
const isDamaged = (text: string) => text.includes('\0') || !(text as string & { isWellFormed(): boolean }).isWellFormed()
/** Whether anything of it can be searched for: marks and characters without width cannot. */
const isSearchable = (text: string) => foldText(text) !== ''
const named = hostileStrings.map((text) => [JSON.stringify(text.slice(0, 40)) + (text.length > 40 ? ` … ${text.length}` : ''), text] as const)

/** What a field of that length must say to the text: `ok`, or the rule it is refused by. */
function verdict(text: string, max: number): string[] {
  const rules = [...(kept(text) === '' ? ['required'] : []), ...([...kept(text)].length > max ? ['too-long'] : []), ...(isDamaged(text) ? ['forbidden-character'] : [])]
  return rules.length > 0 ? rules : ['ok']
}

const outcome = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work()
    return 'ok'
  } catch (error) {
    if (!isCrmError(error)) throw error
    expectHelpful(error)
    expect(['VALIDATION', 'NOT_FOUND']).toContain(error.code)
    return error.rule as string
  }
}

test('there are some three hundred of them', () => expect(hostileStrings.length).toBeGreaterThan(280))

describe('as the name of a lead: create, get, filter, search, update, timeline', () => {
  test.each(named)('%s', async (_, text) => {
    const { ada } = world
    let id = ''
    const rule = await outcome(async () => {
      id = (await ada.leads.create({ name: text })).id
    })
    expect(verdict(text, 255)).toContain(rule)
    if (rule !== 'ok') return
    const name = kept(text)
    expect((await ada.leads.get(id)).name).toBe(name)

    if (text.length > 500) return
    const found = async (where: object) => (await ada.leads.list({ where: { id, ...where } } as never)).items.length
    expect(await found({ name: text })).toBe(1)
    expect(await found({ name: { in: [text, 'other'] } })).toBe(1)
    expect(await found({ name: { ne: text } })).toBe(0)
    for (const operator of ['contains', 'startsWith', 'endsWith']) expect(await found({ name: { [operator]: text } })).toBe(isSearchable(name) ? 1 : 0)
    expect((await ada.leads.list({ where: { id }, search: text })).items.length).toBe(1)
    expect((await ada.leads.list({ where: { id }, search: `${text}x` })).items.length).toBe(isSearchable(name) ? 0 : 0)

    const changed = await ada.leads.update(id, { title: text, lostReason: null, custom: { word: text, note: text } })
    expect(changed).toMatchObject({ title: name, custom: { word: name, note: text } })
    expect(await ada.leads.get(id)).toEqual(changed)
    expect(await found({ title: name, custom: { word: name } })).toBe(1)
    for (const operator of ['contains', 'startsWith', 'endsWith']) expect(await found({ title: { [operator]: name }, custom: { word: { [operator]: name } } })).toBe(1)
    const [update, create] = (await ada.timeline({ type: 'leads', id })).items
    expect(create?.changes.name).toEqual([null, name])
    expect(update?.changes).toMatchObject({ title: [null, name], 'custom.word': [null, name], 'custom.note': [null, text] })
  })
})

test('a filter on one of them finds that one alone: nothing in it is a wildcard or a statement', async () => {
  const { ada } = world
  const { items } = await ada.leads.list({ limit: 200, orderBy: { name: 'asc' } })
  for (const { name, title } of items) {
    if (title === null) continue
    const byTitle = await ada.leads.list({ where: { title }, limit: 200 })
    expect(byTitle.items.map((one) => one.title)).toEqual(byTitle.items.map(() => title))
    const containing = await ada.leads.list({ where: { name: { contains: name } }, limit: 200 }).catch(() => ({ items: [] }))
    for (const one of containing.items) expect(foldText(one.name)).toContain(foldText(name))
  }
})

test('exported and imported again they are what they were', async () => {
  const { crm, root } = world
  let csv = ''
  for await (const piece of root.leads.export({ fields: ['name', 'title', 'custom.word', 'custom.note'] })) csv += piece
  const copy = crm.asSystem({ tenant: 'copy', reason: 'test' }) as Client
  const result = await copy.leads.import(csv, { mapping: { name: 'name', title: 'title', 'custom.word': 'custom.word', 'custom.note': 'custom.note' } })
  expect(result.errors).toEqual([])
  const all = async (client: Client) => {
    const rows: string[] = []
    for await (const { name, title, custom } of client.leads.each()) rows.push(JSON.stringify([name, title, custom.word ?? null, custom.note === undefined ? null : kept(custom.note as string)]))
    return rows.sort()
  }
  expect(await all(copy)).toEqual(await all(root))
})

test('as tags: found by each, renamed, and listed', async () => {
  const { ada } = world
  for (const [name, text] of named) {
    let id = ''
    const rule = await outcome(async () => {
      id = (await ada.leads.create({ name: 'Tagged', tags: [text] })).id
    })
    expect(verdict(text, 60), name).toContain(rule)
    if (rule !== 'ok') continue
    expect((await ada.leads.get(id)).tags, name).toEqual([kept(text)])
    for (const where of [{ tags: text }, { tags: { has: text } }, { tags: { hasAny: [text] } }, { tags: { hasAll: [text] } }]) {
      expect((await ada.leads.list({ where: { id, ...where } })).items.length, name).toBe(1)
    }
  }
})

test('as ids of users and teams: each sees its own, and nobody is taken for another', async () => {
  const { crm, system } = world
  const accepted: string[] = []
  for (const [name, text] of named) {
    const rule = await outcome(async () => {
      await system.users.syncTeams([{ id: text, name: 'Team' }])
      await system.users.sync([{ id: text, name: 'User', roles: ['sales'], teams: [text] }])
      const me = crm.as({ user: text })
      const { id } = await me.leads.create({ name: 'Mine' })
      expect((await me.leads.get(id)).owner).toBe(text)
      expect((await system.leads.list({ where: { owner: text } })).items.map((one) => one.id)).toEqual([id])
      expect((await system.leads.list({ where: { owner: { team: text } } })).items.map((one) => one.id)).toEqual([id])
      expect((await system.leads.get(id, { include: ['owner'] })).related?.owner).toMatchObject({ id: text })
    })
    if (rule === 'ok') accepted.push(text)
    expect(rule === 'ok', name).toBe(text.trim() !== '' && text.length <= 255 && !isDamaged(text))
  }
  for (const text of accepted) expect((await crm.as({ user: text }).leads.list()).items.map(({ owner }) => owner)).toEqual([text])
})

test('as tenants: each has its own lead and no other', async () => {
  const { crm } = await newCrm()
  const accepted: string[] = []
  for (const [name, tenant] of named) {
    const rule = await outcome(async () => {
      const system = crm.asSystem({ tenant, reason: tenant })
      await system.users.sync([{ id: 'ada', name: 'Ada', roles: ['admin'] }])
      await system.leads.create({ name: 'Mine' })
    })
    if (rule === 'ok') accepted.push(tenant)
    expect(rule === 'ok', name).toBe(tenant.length > 0 && tenant.length <= 255 && !isDamaged(tenant))
  }
  for (const tenant of accepted) {
    expect((await crm.as({ tenant, user: 'ada' }).leads.list({ count: 'exact' })).count).toBe(1)
    expect((await crm.as({ tenant, user: 'ada' }).audit()).items.find(({ name }) => name === 'lead.created')?.reason).toBe(tenant)
  }
})

test('two identities never share one permission, however their names are cut', async () => {
  const { crm } = await newCrm()
  await crm.asSystem({ tenant: 'a', reason: 'test' }).users.sync([{ id: 'b\nc', name: 'Admin', roles: ['admin'] }])
  await crm.asSystem({ tenant: 'a\nb', reason: 'test' }).leads.create({ name: 'Secret' })
  expect((await crm.as({ tenant: 'a', user: 'b\nc' }).leads.list()).items).toEqual([])
  expect((await errorOf(() => crm.as({ tenant: 'a\nb', user: 'c' }).leads.list())).code).toBe('FORBIDDEN')
})

test('as ids, cursors, notes, idempotency keys, stages, reasons and columns of a file', async () => {
  const { ada, system, clock } = world
  clock.advance(1000)
  const lead = await ada.leads.create({ name: 'Target' })
  for (const [name, text] of named) {
    const calls: (() => Promise<unknown>)[] = [
      () => ada.leads.get(text),
      () => ada.leads.update(text, { name: 'X' }),
      () => ada.leads.list({ after: text, limit: 1 }),
      () => ada.timeline({ type: 'leads', id: lead.id }, { after: text }),
      () => ada.notes.add({ type: 'leads', id: lead.id }, text),
      () => ada.leads.update(lead.id, { score: 1 }, { idempotencyKey: text }),
      () => ada.deals.create({ title: 'X', stage: text }),
      () => ada.deals.list({ where: { stage: text, pipeline: text } }),
      () => ada.leads.list({ where: { [text]: text } }),
      () => ada.leads.list({ where: { custom: { [text]: text } } } as never),
      () => ada.leads.list({ orderBy: { [text]: 'asc' } } as never),
      () => ada.leads.list({ include: [text] }),
      () => ada.leads.create({ name: 'X', custom: { [text]: text } } as never),
      () => ada.leads.create({ name: 'X', email: text }),
      () => ada.leads.create({ name: 'X', phone: text }),
      () => ada.leads.create({ name: 'X', referrer: text }),
      () => ada.leads.update(lead.id, { consent: { [text]: text, nested: { [text]: [text] } }, custom: { any: { [text]: text } } }),
      () => system.audit({ where: { actor: text, name: text, recordId: text } }),
      () => system.leads.import(`name,"${text.replaceAll('"', '""')}"\nX,Y\n`, { dryRun: true, mapping: { [text]: null } }),
      () => system.leads.import('name\nX\n', { dryRun: true, values: { [text]: { [text]: text } } }),
      () => system.leads.import('name\nX\n', { dryRun: true, job: text, defaults: { title: text } }),
    ]
    for (const [index, call] of calls.entries()) {
      await call().catch((error) => {
        if (!isCrmError(error)) throw new Error(`call ${index} with ${name}: ${error?.stack}`)
        expect(error.code, `call ${index} with ${name}: ${error.message} ${error.cause}`).not.toBe('STORAGE')
      })
    }
  }
  expect((await ada.leads.get(lead.id)).version).toBeGreaterThan(50)
})

describe('a cursor', () => {
  const invalidCursor = ['VALIDATION', 'after', 'invalid-cursor']
  const forge = (...payload: unknown[]) => Buffer.from(JSON.stringify(payload)).toString('base64url')

  test('that was changed is refused, or leads to records one may see anyway', async () => {
    const { ada } = world
    const query = { orderBy: [{ title: 'asc' as const }, { createdAt: 'desc' as const }], limit: 2 }
    const cursor = (await ada.leads.list(query)).nextCursor as string
    let refused = 0
    for (let at = 0; at < cursor.length; at++) {
      for (const changed of [cursor.slice(0, at), cursor.slice(0, at) + cursor.slice(at + 1), `${cursor.slice(0, at)}A${cursor.slice(at + 1)}`, `${cursor.slice(0, at)}-_${cursor.slice(at)}`]) {
        if (changed === cursor) continue
        try {
          for (const { owner } of (await ada.leads.list({ ...query, after: changed })).items) expect(['ada', 'bob']).toContain(owner)
        } catch (error) {
          if (!isCrmError(error)) throw error
          expect([error.code, error.field, error.rule]).toEqual(invalidCursor)
          refused++
        }
      }
    }
    expect(refused).toBeGreaterThan(cursor.length * 3)
  })

  test('with a forged payload is refused where the types do not fit', async () => {
    const { ada } = world
    const cursor = (await ada.leads.list({ limit: 1 })).nextCursor as string
    const [version, hash, at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    expect((await ada.leads.list({ limit: 1, after: forge(version, hash, at, id) })).items.length).toBe(1)
    const forged = [forge(), forge(version), forge(version, hash), forge(version, hash, at), forge(version, hash, at, id, id), forge(version, hash, true, id), forge(version, hash, at, 5), forge(version, hash, at, null), forge(version, hash, [at], id), forge(version, hash, { at }, id), forge(version, 'x', at, id), forge(2, hash, at, id), forge(null, null), Buffer.from('{"a":1}').toString('base64url'), 'null', '🙂']
    for (const after of forged) {
      const { code, field, rule } = await errorOf(() => ada.leads.list({ limit: 1, after }))
      expect([code, field, rule]).toEqual(invalidCursor)
    }
  })
})

describe('whatever JSON comes in', () => {
  const operators = ['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte', 'between', 'contains', 'startsWith', 'endsWith', 'isNull', 'has', 'hasAny', 'hasAll', 'this', 'last', 'next', 'me', 'team', 'class', 'name']
  const keys = ['and', 'or', 'not', 'custom', 'id', 'name', 'title', 'amount', 'stage', 'pipeline', 'owner', 'company', 'tags', 'createdAt', 'dueDate', 'emails', 'version', 'rotten', 'contact', 'word', 'any', 'consent', 'status', 'constructor', '__proto__', 'toString', ...operators]
  const value = fc.oneof(
    fc.constantFrom<unknown>('x', '', 'asc', 'desc', 'month', '30d', '2026-03-01', '2026-03-01T00:00:00Z', 0, -1, 1.5, 1e308, null, true, false, [], {}, ['x', 'y'], [1, 2], { amount: 1, currency: 'EUR' }, { toString: 1 }, { toJSON: 1 }, { length: 1 }),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      value,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.constantFrom(...keys), tie('tree')), { maxLength: 4 }).map((pairs) => JSON.parse(`{${pairs.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one) ?? 'null'}`).join()}}`)),
    ),
  }))
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true, withTypedArray: true, withSparseArray: true, withBoxedValues: true })
  const json = fc.oneof({ weight: 4, arbitrary: tree }, { weight: 1, arbitrary: fc.jsonValue() })
  const hostile = fc.oneof({ weight: 6, arbitrary: tree }, { weight: 2, arbitrary: fc.jsonValue() }, { weight: 1, arbitrary: anything })

  const onlyOurs = async (work: () => unknown) => {
    try {
      return await work()
    } catch (error) {
      if (!isCrmError(error) || error.code === 'STORAGE') throw error
      return error
    }
  }

  test('as a list request, the answer is a page or an error of ours', async () => {
    const query = fc.record({ where: hostile, orderBy: hostile, limit: hostile, include: hostile, count: hostile, search: hostile, after: hostile, deleted: hostile, nope: hostile }, { requiredKeys: [] })
    let pages = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), fc.oneof({ weight: 4, arbitrary: query }, { weight: 1, arbitrary: fc.record({ where: tree }) }, { weight: 1, arbitrary: hostile }), async (type, request) => {
        const answer = await onlyOurs(() => room(world.mia, type).list(request as never))
        if (isCrmError(answer)) expect(answer.problems.length).toBeGreaterThan(0)
        else pages++
      }),
      runs(500),
    )
    expect(pages).toBeGreaterThan(20)
  })

  test('as a record, a patch and options', async () => {
    const { root } = world
    const ids = new Map<string, string>()
    for (const type of types) ids.set(type, (await room(root, type).create({ name: 'X', title: 'X', kind: 'call', lastName: 'X' } as never).catch(async () => room(root, type).create(type === 'activities' ? { kind: 'call' } : type === 'contacts' ? { lastName: 'X' } : type === 'deals' || type === 'tasks' ? { title: 'X' } : { name: 'X' } ))).id)
    const names = [...keys, 'email', 'phone', 'score', 'utm', 'address', 'addresses', 'phones', 'firstName', 'lastName', 'probability', 'price', 'dueAt', 'subject', 'participants']
    const input = fc.oneof({ weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...names), hostile, { maxKeys: 4 }) }, { weight: 1, arbitrary: hostile })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), input, async (type, input) => {
        const api = room(root, type)
        await onlyOurs(() => api.create(input as never))
        await onlyOurs(() => api.update(ids.get(type) as string, input as never))
        await onlyOurs(() => api.update(ids.get(type) as string, input as never, { idempotencyKey: 'x' }))
        await onlyOurs(() => api.createMany([input] as never))
        const record = await api.get(ids.get(type) as string)
        expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
        expect(Object.getPrototypeOf(record.custom)).toBe(Object.prototype)
      }),
      runs(200),
    )
  })

  test('as the argument of any verb', async () => {
    const { root } = world
    const lead = await root.leads.create({ name: 'X' })
    const deal = await root.deals.create({ title: 'X' })
    const calls: ((json: never) => unknown)[] = [
      (json) => root.leads.convert(lead.id, json).then(() => undefined),
      (json) => root.leads.previewConvert(lead.id, json),
      (json) => root.leads.share(lead.id, json),
      (json) => root.leads.assign(lead.id, json),
      (json) => root.leads.updateMany(json),
      (json) => root.leads.deleteMany(json),
      (json) => root.leads.get(lead.id, { include: json }),
      (json) => root.leads.get(json),
      (json) => root.leads.duplicates(json),
      (json) => root.leads.export({ where: json, limit: 1 } as never).next(),
      (json) => root.leads.export({ fields: json }).next(),
      (json) => root.leads.import('name\nX\n', { dryRun: true, mapping: json }),
      (json) => root.leads.import('name\nX\n', { dryRun: true, values: json }),
      (json) => root.leads.import('name\nX\n', { dryRun: true, defaults: json }),
      (json) => root.leads.import(json, { dryRun: true }),
      (json) => root.deals.moveTo(deal.id, json),
      (json) => root.deals.moveTo(deal.id, 'Negotiation', json),
      (json) => root.deals.setLines(deal.id, json),
      (json) => root.deals.setContacts(deal.id, json),
      (json) => root.notes.add({ type: 'leads', id: lead.id }, json),
      (json) => root.notes.add(json, 'x'),
      (json) => root.timeline(json),
      (json) => root.timeline({ type: 'leads', id: lead.id }, json),
      (json) => root.audit(json),
      (json) => root.audit({ where: json }),
      (json) => root.can('leads', 'read', json),
      (json) => root.pipelines.create(json),
      (json) => root.rates.set(json),
      (json) => root.quotas.set(json),
      (json) => root.users.syncTeams(json),
      (json) => root.users.sync(json),
    ]
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: calls.length - 1 }), json, async (index, json) => {
        await onlyOurs(() => calls[index]?.(json as never)).catch((error) => {
          throw new Error(`call ${index}: ${calls[index]}: ${error.stack}`)
        })
      }),
      runs(500),
    )
  })

  test('however deep it is', async () => {
    const { ada } = world
    const deep = (levels: number, open: string, close: string) => JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`)
    for (const levels of [50, 500, 1100, 2500, 5000]) {
      for (const json of [deep(levels, '{"a":', '}'), { a: deep(levels, '[', ']') }, deep(levels, '{"not":', '}'), deep(levels, '{"and":[', ']}'), deep(levels, '{"company":', '}')]) {
        await onlyOurs(() => ada.leads.list({ where: json }))
        await onlyOurs(() => ada.deals.list({ where: json }))
        await onlyOurs(() => ada.leads.create({ name: 'Deep', consent: json, custom: { any: json } }))
        await onlyOurs(() => ada.leads.create({ name: 'Deep', consent: json, custom: { any: json } }, { idempotencyKey: 'deep' }))
      }
      // What was let in does not keep anybody from reading the others.
      expect((await ada.leads.list({ where: { custom: { word: 'Ada' } }, orderBy: { custom: { word: 'asc' } } })).items.length).toBeGreaterThanOrEqual(0)
      await ada.leads.list({ orderBy: { custom: { word: 'asc' } }, limit: 200 })
    }
  })

  test('however wide it is, also for one who sees the records of many', async () => {
    const { crm, system } = await newCrm({ fields } as never)
    await system.users.syncTeams([{ id: 'us', name: 'Us' }])
    await system.users.sync(Array.from({ length: 55 }, (_, index) => ({ id: `u${index}`, name: 'U', roles: ['sales'], teams: ['us'] })))
    const me = crm.as({ user: 'u0' }) as Client
    const lead = await crm.as({ user: 'u5' }).leads.create({ name: 'Ada', tags: ['VIP'], custom: { word: 'w1' } })
    const deal = await crm.as({ user: 'u6' }).deals.create({ title: 'Engine', amount: { amount: 5, currency: 'EUR' } })
    const many = <T>(of: (index: number) => T) => Array.from({ length: 1000 }, (_, index) => of(index))
    const texts = (prefix: string) => many((index) => `${prefix}${index}`)
    const leads: object[] = [
      { id: { in: [lead.id, ...many(() => newId()).slice(1)] } },
      { name: { in: ['Ada', ...texts('n').slice(1)] } },
      { owner: { in: texts('u') } },
      { tags: { hasAny: ['VIP', ...texts('t').slice(1)] } },
      { not: { tags: { hasAny: texts('t') } } },
      { custom: { word: { in: texts('w') } } },
      { or: [{ name: 'Ada' }, ...many((index) => ({ score: index })).slice(0, 198)] },
      { and: many((index) => ({ name: { ne: `n${index}` } })).slice(0, 199) },
    ]
    for (const where of leads) expect((await me.leads.list({ where, count: 'exact' })).count, JSON.stringify(where).slice(0, 60)).toBe(1)
    for (const where of leads) expect((await me.leads.list({ where, limit: 1 })).items.map(({ id }) => id), JSON.stringify(where).slice(0, 60)).toEqual([lead.id])
    expect((await me.leads.list({ where: { tags: { hasAll: texts('t') } } })).items).toEqual([])
    const money = many((index) => ({ amount: index, currency: index % 2 === 0 ? 'USD' : 'EUR' }))
    for (const where of [{ amount: { in: money } }, { stage: { in: [deal.stage, ...texts('s').slice(1)] } }]) {
      expect((await me.deals.list({ where: where as never })).items.map(({ id }) => id)).toEqual([deal.id])
    }
  })

  test('keys that are names of prototypes stay keys of the record alone', async () => {
    const { ada, system } = world
    const consent = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    const lead = await ada.leads.create({ name: 'Proto', consent, custom: { any: consent } })
    const read = await ada.leads.get(lead.id)
    expect(JSON.stringify(read.consent)).toBe(JSON.stringify(consent))
    expect(JSON.stringify(read.custom.any)).toBe(JSON.stringify(consent))
    expect((read.consent as { polluted?: unknown }).polluted).toBeUndefined()
    const { contact } = await ada.leads.convert(lead.id, { contact: 'create' })
    expect(JSON.stringify(contact?.consent)).toBe(JSON.stringify(consent))
    const result = await system.leads.import('name,__proto__,constructor,custom.__proto__\nX,1,2,3\n', { mapping: { __proto__: null } as never })
    expect(result.created).toBe(1)
  })
})
