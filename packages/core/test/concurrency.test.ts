import { type Crm, createCrm } from '@rapport/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { addPeople, type Client, withPeople } from './support/crm'
import { newPlace } from './support/databases'

async function inOnePlace(): Promise<{ open(): Crm }> {
  const place = await newPlace('bare')
  const open = () => {
    const crm = createCrm({ storage: place.open() }) as Crm
    onTestFinished(() => crm.close())
    return crm
  }
  return { open }
}

const fifty = Array.from({ length: 50 }, (_, index) => index)

describe('one CRM', () => {
  test('fifty records made at once are all there, each with its event', async () => {
    const crm = (await inOnePlace()).open()
    await crm.migrate()
    const system = crm.asSystem({ reason: 'test' }) as Client
    await addPeople(system)
    const ada = crm.as({ user: 'ada' })
    const made = await Promise.all(
      fifty.map((index) => ada.leads.create({ name: `Lead ${index}`, tags: [`tag ${index % 3}`] })),
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(50)
    expect((await ada.leads.list({ count: 'exact' })).count).toBe(50)
    expect((await system.audit({ where: { name: 'lead.created' }, limit: 200 })).items).toHaveLength(50)
  })

  test('fifty updates of one record at once all count', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.leads.create({ name: 'Ada', score: 0 })
    await Promise.all(fifty.map((score) => ada.leads.update(id, { score: score + 1 })))
    const lead = await ada.leads.get(id)
    const { items } = await ada.timeline({ type: 'leads', id }, { limit: 100 })
    expect(lead.version).toBe(51)
    // Where they run side by side, the last to write need not be the last to have been asked.
    expect(new Set(items.map(({ changes }) => changes.score?.[1])).size).toBe(51)
    expect(items.filter(({ changes }) => changes.score?.[1] === lead.score)).toHaveLength(1)
  })

  test('of many that change one field from the same version, one wins', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.leads.create({ name: 'Ada', score: 0 })
    const results = await Promise.allSettled(
      fifty.map((score) => ada.leads.update(id, { score: score + 1 }, { ifVersion: 1 })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await ada.leads.get(id)).version).toBe(2)
  })

  test('round-robin is fair when many ask at once', async () => {
    const { system } = await withPeople({ assignment: { leads: { roundRobin: { team: 'north' } } } })
    const made = await Promise.all(fifty.map((index) => system.leads.create({ name: `Lead ${index}` })))
    expect(made.filter(({ owner }) => owner === 'ada')).toHaveLength(25)
    expect(made.filter(({ owner }) => owner === 'bob')).toHaveLength(25)
  })

  test('a bulk call goes on round-robin past an item that is refused', async () => {
    const { system } = await withPeople({ assignment: { leads: { roundRobin: { team: 'north' } } } })
    const results = await system.leads.createMany([
      { name: 'One' },
      { name: 'Two', lostReason: 'price', status: 'converted' } as never,
      { name: 'Three' },
      { name: 'Four' },
    ])
    expect(results.map((result) => (result.ok ? result.value.owner : result.error.code))).toEqual([
      'ada',
      expect.stringMatching(/VALIDATION|INVALID_TRANSITION/),
      'bob',
      'ada',
    ])
    const ids = results.flatMap((result) => (result.ok ? [result.value.id] : []))
    const assigned = await system.leads.assignMany([ids[0] as string, 'nobody', ids[1] as string], {
      roundRobin: { users: ['ada', 'bob', 'cyd'] },
    })
    expect(assigned.map((result) => (result.ok ? result.value.owner : result.error.code))).toEqual([
      'ada',
      'NOT_FOUND',
      'bob',
    ])
  })

  test('a read waits for a write that waits for host code, and does not see half of it', async () => {
    let release = () => {}
    const waiting = new Promise<void>((resolve) => {
      release = resolve
    })
    const { ada, crm } = await withPeople({ hooks: { leads: { inTransaction: () => waiting } } })
    const { id } = await ada.companies.create({ name: 'Navy' })
    const writing = ada.leads.create({ name: 'Ada' })
    const reading = ada.companies.get(id)
    setTimeout(release, 20)
    expect((await reading).name).toBe('Navy')
    await writing
    await crm.close()
  })

  test('a call in a hook that does not use the client it was given fails where there is one connection, and does not hang', async () => {
    const storage = (await newPlace()).openNarrow(200)
    const made = await withPeople({ storage, hooks: { leads: { inTransaction: () => outer().then(() => undefined) } } })
    const outer = () => made.ada.companies.create({ name: 'x' })
    await expect(made.ada.leads.create({ name: 'Ada' })).rejects.toMatchObject({ code: 'STORAGE', rule: 'busy' })
    await made.ada.companies.create({ name: 'fine' })
  })
})

test('two CRMs on one database lose nothing of each other', async () => {
  const place = await inOnePlace()
  const [one, two] = [place.open(), place.open()]
  await Promise.all([one.migrate(), two.migrate()])
  await addPeople(one.asSystem({ reason: 'test' }) as Client)
  const clients = [one.as({ user: 'ada' }), two.as({ user: 'bob' })]
  await Promise.all(fifty.map((index) => clients[index % 2]?.leads.create({ name: `Lead ${index}` })))
  expect((await one.as({ user: 'mia' }).leads.list({ count: 'exact' })).count).toBe(50)
})
