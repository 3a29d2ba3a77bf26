import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm, usd } from '@rapport/core'

export const crm = createCrm({ storage: sqlite({ file: 'crm.db' }) })
await crm.migrate()
await crm.asSystem({ reason: 'sign-up' }).users.sync([{ id: 'ada', name: 'Ada', roles: ['sales'] }])

const me = crm.as({ user: 'ada' }) // whoever your login says it is
const lead = await me.leads.create({ name: 'Grace Hopper', email: 'grace@navy.example', company: 'US Navy' })
const { deal } = await me.leads.convert(lead.id, { deal: { create: { title: 'Compiler', amount: usd(12_000) } } })
await me.deals.win(deal.id)
const { totals } = await me.reports.winRate({ period: { this: 'month' } })
console.log(totals) // { won: 1, lost: 0, winRate: 1, … }
