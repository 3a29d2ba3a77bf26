import { eur, isCrmError } from '@rapport/core'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { hire, openCrm, prepareCrm, type ShopCrm, winWithOrder } from './src/crm'
import { listOrders, openShop } from './src/shop'

const SAM = 'sam@shop.example'
let pool: Pool
let crm: ShopCrm

beforeAll(async () => {
  pool = new Pool({ connectionString: inject('postgresUrl') })
  crm = openCrm(pool)
  await openShop(pool)
  await prepareCrm(crm)
  await hire(pool, crm, SAM, 'Sam', 'seller')
})

afterAll(async () => {
  await crm.close()
  await pool.end()
})

const deal = (title: string, euros: number) => crm.as({ user: SAM }).deals.create({ title, amount: eur(euros) })

test('a won deal is an order', async () => {
  const { id } = await deal('Two ovens', 8400)
  expect(await winWithOrder(pool, crm, SAM, id)).toMatchObject({ customer: 'Two ovens', cents: 840_000 })
  expect((await crm.as({ user: SAM }).deals.get(id)).status).toBe('won')
})

test('where the shop refuses the order, the deal stays open', async () => {
  const before = await listOrders(pool)
  const { id } = await deal('A gift', 0)
  await expect(winWithOrder(pool, crm, SAM, id)).rejects.toThrow(/check constraint/)
  expect((await crm.as({ user: SAM }).deals.get(id)).status).toBe('open')
  expect(await listOrders(pool)).toEqual(before)
})

test('where the CRM refuses to win it again, there is no second order', async () => {
  const { id } = await deal('A mixer', 900)
  await crm.as({ user: SAM }).deals.lose(id, { reason: 'price' })
  const before = await listOrders(pool)
  const refusal = await winWithOrder(pool, crm, 'nobody@shop.example', id).catch((error) => error)
  expect(isCrmError(refusal)).toBe(true)
  expect(await listOrders(pool)).toEqual(before)
})
