import { postgres } from '@rapport/adapters/postgres'
import { createCrm } from '@rapport/core'
import type { Pool } from 'pg'
import { inTransaction, type Order, placeOrder, signUp } from './shop'

/** The CRM in the shop's own database, on its own pool, in a schema beside its tables. */
export const openCrm = (pool: Pool) =>
  createCrm({ storage: postgres({ pool, schema: 'crm' }), settings: { currency: 'EUR', timeZone: 'Europe/Berlin' } })

export type ShopCrm = ReturnType<typeof openCrm>

/** Safe at every start. */
export async function prepareCrm(crm: ShopCrm) {
  await crm.migrate()
  await crm.asSystem({ reason: 'set-up' }).users.syncTeams([{ id: 'shop', name: 'Shop' }])
}

const ROLES = { owner: 'manager', seller: 'sales' } as const

/** The shop's users are the CRM's: both come or neither. */
export const hire = (pool: Pool, crm: ShopCrm, email: string, name: string, job: keyof typeof ROLES) =>
  inTransaction(pool, async (client) => {
    await signUp(client, email, name, job)
    const system = crm.asSystem({ reason: 'sign-up' }).within(client)
    await system.users.sync([{ id: email, name, email, roles: [ROLES[job]], teams: ['shop'] }])
  })

/** A deal that is won is an order: one transaction, so there is never one without the other. */
export const winWithOrder = (pool: Pool, crm: ShopCrm, user: string, dealId: string): Promise<Order> =>
  inTransaction(pool, async (client) => {
    const me = crm.as({ user }).within(client)
    const deal = await me.deals.win(dealId)
    return placeOrder(client, deal.title, deal.amount?.amount ?? 0)
  })
