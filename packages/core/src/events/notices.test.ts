import { createCrm, type EventName, type EventPattern, type EventRecord } from '@rapport/core'
import { expect, expectTypeOf, test } from 'vitest'
import { newCrm } from '../../test/support/crm'
import { newHostPlace } from '../../test/support/databases'

const ada = { name: 'Ada', source: 'website' } as const

test('listeners hear one event, all of a type, or everything, until they stop', async () => {
  const { crm, system } = await newCrm()
  const heard: string[] = []
  const stop = crm.on('lead.created', ({ name }) => void heard.push(`one ${name}`))
  crm.on('leads.*', ({ name }) => void heard.push(`type ${name}`))
  crm.on('*', ({ name }) => void heard.push(`all ${name}`))
  const lead = await system.leads.create(ada)
  await system.contacts.create({ firstName: 'Grace' })
  stop()
  await system.leads.create(ada)
  await system.leads.update(lead.id, { title: 'Countess' })
  expect(heard).toEqual([
    'one lead.created',
    'type lead.created',
    'all lead.created',
    'all contact.created',
    'type lead.created',
    'all lead.created',
    'type lead.updated',
    'all lead.updated',
  ])
})

test('a listener that throws or rejects hurts neither the write nor the others, and is reported', async () => {
  const reported: unknown[] = []
  const { crm, system } = await newCrm({
    onListenerError: (error, event) => void reported.push([(error as Error).message, event.name]),
  })
  const heard: string[] = []
  crm.on('*', () => {
    throw new Error('thrown')
  })
  crm.on('*', async () => {
    throw new Error('rejected')
  })
  crm.on('*', ({ name }) => void heard.push(name))
  const lead = await system.leads.create(ada)
  await new Promise(setImmediate)
  expect(await system.leads.get(lead.id)).toMatchObject({ name: 'Ada' })
  expect(heard).toEqual(['lead.created'])
  expect(reported).toEqual([
    ['thrown', 'lead.created'],
    ['rejected', 'lead.created'],
  ])
})

test('a report that throws itself hurts nobody either', async () => {
  const { crm, system } = await newCrm({
    onListenerError: () => {
      throw new Error('no log')
    },
  })
  const heard: string[] = []
  crm.on('*', () => {
    throw new Error('thrown')
  })
  crm.on('*', async () => {
    throw new Error('rejected')
  })
  crm.on('*', ({ name }) => void heard.push(name))
  await system.leads.create(ada)
  await new Promise(setImmediate)
  expect(heard).toEqual(['lead.created'])
})

test('announcements come after the commit: what they read is there', async () => {
  const { crm, system, storage } = await newCrm()
  const found: Promise<unknown>[] = []
  crm.on('lead.created', ({ recordId }) => {
    found.push(Promise.resolve(storage.read(`select name from ${storage.table('lead')} where id = ?`, [recordId])))
    found.push(system.leads.update(recordId, { title: 'Countess' }))
  })
  const results = await system.leads.createMany([ada, ada])
  expect(results.every(({ ok }) => ok)).toBe(true)
  expect(await Promise.all(found)).toMatchObject([[['Ada']], { title: 'Countess' }, [['Ada']], { title: 'Countess' }])
})

test('nothing is announced of what was rolled back', async () => {
  const { crm, system, storage } = await newCrm({
    hooks: {
      leads: {
        inTransaction: ({ after }) => {
          if (after.name === 'Bad') throw new Error('refused by the host')
        },
      },
    },
  })
  const heard: string[] = []
  crm.on('*', ({ name }) => void heard.push(name))
  await expect(system.leads.create({ ...ada, name: 'Bad' })).rejects.toThrow()
  storage.failOn('commit')
  await expect(system.leads.create(ada)).rejects.toThrow()
  expect(heard).toEqual([])
  expect(await storage.read(`select count(*) from ${storage.table('event')}`, [])).toEqual([[0]])
})

test('imported history is not announced', async () => {
  const { crm } = await newCrm()
  const heard: string[] = []
  crm.on('*', ({ name }) => void heard.push(name))
  await crm.asSystem({ reason: 'import', history: { at: new Date('2020-01-01T00:00:00Z') } }).leads.create(ada)
  expect(heard).toEqual([])
})

/** A CRM in the host's own database. */
async function inHost() {
  const { kysely, open } = await newHostPlace()
  const crm = createCrm({ storage: open() })
  await crm.migrate()
  const heard: EventRecord[] = []
  crm.on('*', (event) => void heard.push(event))
  return { kysely, crm, heard, me: crm.asSystem({ reason: 'test' }) }
}

test('what was written in a host’s transaction is announced once that is committed, by the next tick', async () => {
  const { kysely, crm, heard, me } = await inHost()
  const lead = await kysely.transaction().execute((trx) => me.within(trx).leads.create(ada))
  expect(heard).toEqual([])
  await crm.tick()
  expect(heard.map(({ recordId }) => recordId)).toEqual([lead.id])
  await crm.tick()
  expect(heard).toHaveLength(1)
})

test('what the host rolled back is never announced', async () => {
  const { kysely, crm, heard, me } = await inHost()
  const rolledBack = kysely.transaction().execute(async (trx) => {
    await me.within(trx).leads.create(ada)
    throw new Error('host changed its mind')
  })
  await expect(rolledBack).rejects.toThrow('host changed its mind')
  await crm.tick()
  await me.leads.create(ada)
  await crm.tick()
  expect(heard).toHaveLength(1)
})

test('names are typed: known events, patterns and a host’s own', async () => {
  const { crm } = await newCrm()
  expectTypeOf<'deal.won'>().toExtend<EventName>()
  expectTypeOf<'lead.assigned'>().toExtend<EventName>()
  expectTypeOf<'lead.exploded'>().not.toExtend<EventName>()
  expectTypeOf<'deals.*' | '*'>().toExtend<EventPattern>()
  for (const pattern of ['deal.won', 'notes.*', '*', 'invoice.paid']) crm.on(pattern, () => {})()
})
