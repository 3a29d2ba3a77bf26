import { eur, isCrmError } from '@rapport/core'
import { Pool } from 'pg'
import { hire, openCrm, prepareCrm, winWithOrder } from './crm'
import { listOrders, openShop } from './shop'

const connectionString = process.env.DATABASE_URL
if (!connectionString) {
  console.error('Say where: DATABASE_URL=postgres://user:password@localhost:5432/shop npm run example:shop')
  process.exit(1)
}

const pool = new Pool({ connectionString })
const crm = openCrm(pool)
await openShop(pool)
await prepareCrm(crm)
await hire(pool, crm, 'mia@shop.example', 'Mia', 'owner')
await hire(pool, crm, 'sam@shop.example', 'Sam', 'seller')

const sam = crm.as({ user: 'sam@shop.example' })
const company = await sam.companies.create({ name: `Bakery ${Date.now()}` })
const deal = await sam.deals.create({ title: 'Two ovens', amount: eur(8400), company: company.id })
console.log('order', await winWithOrder(pool, crm, 'sam@shop.example', deal.id))

const free = await sam.deals.create({ title: 'A gift', amount: eur(0), company: company.id })
await winWithOrder(pool, crm, 'sam@shop.example', free.id).catch((error) =>
  console.log('no order for nothing:', isCrmError(error) ? error.code : error.message),
)
console.log('and the deal is still', (await sam.deals.get(free.id)).status)

const mia = crm.as({ user: 'mia@shop.example' })
const { rows } = await mia.reports.winRate({ period: { this: 'month' }, groupBy: ['owner'] })
console.log(
  'won this month:',
  rows.map(({ ownerName, won, wonValue }) => ({ ownerName, won, wonValue })),
)
console.log('orders:', (await listOrders(pool)).length)
await crm.close()
await pool.end()
