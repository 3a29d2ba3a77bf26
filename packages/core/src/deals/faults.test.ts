import { eur, isCrmError } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { expect, test } from 'vitest'
import { type Client, withPeople } from '../../test/support/crm'

interface Scene {
  ada: Client
  root: Client
  deal: string
  product: string
  contact: string
}

const LINES = [
  { product: 'Engine', quantity: 2 },
  { name: 'Work', unitPrice: eur(5) },
]

/** Each verb that takes several statements, from a state made anew. */
const VERBS: Record<string, (scene: Scene) => Promise<unknown>> = {
  moveTo: ({ ada, deal }) => ada.deals.moveTo(deal, 'Negotiation'),
  win: ({ ada, deal }) => ada.deals.win(deal),
  lose: ({ ada, deal }) => ada.deals.lose(deal, { reason: 'price' }),
  moveMany: ({ ada, deal }) => ada.deals.moveMany([deal], 'Closed Won'),
  setLines: ({ ada, deal }) => ada.deals.setLines(deal, LINES),
  setContacts: ({ ada, deal, contact }) => ada.deals.setContacts(deal, [{ contact }]),
  setPrice: ({ root, product }) => root.products.setPrice(product, { book: 'EU', price: eur(9) }),
  addStage: ({ root }) => root.pipelines.addStage('Sales', { name: 'Contract', probability: 90 }),
  reorder: ({ root }) =>
    root.pipelines.reorder('Sales', ['Negotiation', 'Qualification', 'Proposal Sent', 'Closed Won', 'Closed Lost']),
  rates: ({ root }) => root.rates.set([{ from: 'EUR', to: 'USD', day: '2026-01-01', rate: 1.1 }]),
  quotas: ({ root }) => root.quotas.set([{ user: 'ada', month: '2026-03', amount: eur(1) }]),
}

async function scene() {
  const people = await withPeople()
  const deal = await people.ada.deals.create({ title: 'A', amount: eur(1) })
  const product = await people.root.products.create({ name: 'Engine', price: eur(10) })
  const contact = await people.ada.contacts.create({ lastName: 'Byron' })
  return { ...people, deal: deal.id, product: product.id, contact: contact.id }
}

test.each(Object.entries(VERBS))('%s: whichever statement fails, nothing has changed', async (_, verb) => {
  const made = await scene()
  const before = await dumpTables(made.storage)
  for (let n = 1; ; n++) {
    const hasFailed = made.storage.failOn(n)
    const error = await verb(made).then(
      () => undefined,
      (thrown) => thrown,
    )
    if (!hasFailed()) break
    expect(isCrmError(error, 'STORAGE')).toBe(true)
    expect(await dumpTables(made.storage)).toEqual(before)
  }
  made.storage.failOn(null)
  expect(await dumpTables(made.storage)).not.toEqual(before)
})

test('the first deal of a tenant: whichever statement fails, neither deal nor pipelines are there', async () => {
  const { ada, storage } = await withPeople()
  const before = await dumpTables(storage)
  for (let n = 1; ; n++) {
    const hasFailed = storage.failOn(n)
    const error = await ada.deals.create({ title: 'A' }).then(
      () => undefined,
      (thrown) => thrown,
    )
    if (!hasFailed()) break
    expect(isCrmError(error, 'STORAGE')).toBe(true)
    expect(await dumpTables(storage)).toEqual(before)
  }
  storage.failOn(null)
  expect(await ada.pipelines.list()).toHaveLength(1)
})
