import { isCrmError } from '@rapport/core'
import { expect, test } from 'vitest'
import { withPeople } from './support/crm'

test('several calls take effect together', async () => {
  const { ada } = await withPeople()
  const contact = await ada.transaction(async (tx) => {
    const company = await tx.companies.create({ name: 'Navy' })
    return tx.contacts.create({ lastName: 'Hopper', company: company.id })
  })
  expect((await ada.contacts.get(contact.id, { include: ['company'] })).related?.company).toMatchObject({
    name: 'Navy',
  })
})

test('a throw takes everything back, and nothing is announced', async () => {
  const { ada, crm } = await withPeople()
  const heard: string[] = []
  crm.on('*', (event) => void heard.push(event.name))
  const stop = new Error('stop')
  await expect(
    ada.transaction(async (tx) => {
      await tx.companies.create({ name: 'Navy' })
      throw stop
    }),
  ).rejects.toBe(stop)
  expect((await ada.companies.list()).items).toEqual([])
  expect(heard).toEqual([])
})

test('a refused call inside leaves the others in the transaction', async () => {
  const { ada } = await withPeople()
  await ada.transaction(async (tx) => {
    await tx.companies.create({ name: 'Navy', domain: 'navy.example' })
    await expect(tx.companies.create({ name: 'Copy', domain: 'navy.example' })).rejects.toMatchObject({
      code: 'DUPLICATE',
    })
    await tx.companies.create({ name: 'Army' })
  })
  expect((await ada.companies.list({ orderBy: { name: 'asc' } })).items.map((one) => one.name)).toEqual([
    'Army',
    'Navy',
  ])
})

test('somebody else can act in it, under their own permissions', async () => {
  const { ada, cyd } = await withPeople()
  await ada.transaction(async (tx) => {
    const company = await tx.companies.create({ name: 'Navy' })
    const other = cyd.within(tx)
    await expect(other.companies.get(company.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await other.companies.create({ name: 'Army' })).owner).toBe('cyd')
  })
  expect((await cyd.companies.list()).items).toHaveLength(1)
})

test('events are announced once, after the commit', async () => {
  const { ada, crm } = await withPeople()
  const heard: string[] = []
  crm.on('*', (event) => void heard.push(event.name))
  await ada.transaction(async (tx) => {
    await tx.leads.create({ name: 'A' })
    expect(heard).toEqual([])
    await tx.leads.create({ name: 'B' })
  })
  expect(heard).toEqual(['lead.created', 'lead.created'])
})

test('its client is of no use afterwards', async () => {
  const { ada } = await withPeople()
  const late = await ada.transaction(async (tx) => ({ tx }))
  await expect(late.tx.leads.create({ name: 'Late' })).rejects.toSatisfy((error) => isCrmError(error, 'CLOSED'))
  expect((await ada.leads.list()).items).toEqual([])
})
