import { type Crm, type CrmOptions, createCrm, eur, type NewDeal, type NewLead, type ScopedClient } from '@rapport/core'
import { stepClock } from '@rapport/core/testing'
import { onTestFinished } from 'vitest'
import { newStorage } from './databases'

/** A sale as it went: created at the first moment in the first stage, then moved on. */
export interface Sale extends Partial<NewDeal> {
  /** Euro, where `amount` does not say otherwise. */
  euro?: number
  path: readonly (readonly [stage: string, at: string])[]
}

export interface Prospect extends Partial<NewLead> {
  created: string
  converted?: string
}

export interface SalesWorld {
  crm: Crm
  admin: ScopedClient
  /** The client of a user. */
  as(user: string): ScopedClient
  /** The system at a past moment. */
  at(moment: string): ScopedClient
  sale(sale: Sale): Promise<string>
  prospect(prospect: Prospect): Promise<string>
}

/** A company in euro and UTC: Ada and Bob of the north, Cleo of the south, an admin; it is 15 March 2026, noon. */
export async function salesWorld(options: Partial<CrmOptions> = {}): Promise<SalesWorld> {
  const crm = createCrm({
    storage: await newStorage(),
    clock: stepClock('2026-03-15T12:00:00Z'),
    settings: { currency: 'EUR' },
    ...options,
  }) as Crm
  onTestFinished(() => crm.close())
  await crm.migrate()
  const system = crm.asSystem({ reason: 'set-up' })
  await system.users.syncTeams([
    { id: 'north', name: 'North' },
    { id: 'south', name: 'South' },
  ])
  await system.users.sync([
    { id: 'ada', name: 'Ada', roles: ['sales'], teams: ['north'] },
    { id: 'bob', name: 'Bob', roles: ['sales'], teams: ['north'] },
    { id: 'cleo', name: 'Cleo', roles: ['sales'], teams: ['south'] },
    { id: 'admin', name: 'Admin', roles: ['admin'] },
  ])
  const as = (user: string) => crm.as({ user })
  const at = (moment: string) =>
    crm.asSystem({
      reason: 'history',
      history: { at: new Date(moment.length === 10 ? `${moment}T00:00:00Z` : moment) },
    })
  return {
    crm,
    admin: as('admin'),
    as,
    at,
    sale: (sale) => makeSale(at, sale),
    prospect: (prospect) => makeProspect(at, prospect),
  }
}

let made = 0

async function makeSale(at: SalesWorld['at'], { euro, path, ...values }: Sale): Promise<string> {
  const [[stage, created], ...moves] = path as [readonly [string, string], ...(readonly [string, string])[]]
  const amount = euro === undefined ? {} : { amount: eur(euro) }
  const loss = stage === 'Closed Lost' ? { lostReason: 'price' } : {}
  const deal = await at(created).deals.create({ title: `Sale ${++made}`, ...amount, ...loss, ...values, stage })
  for (const [to, moment] of moves) {
    await at(moment).deals.moveTo(deal.id, to, to === 'Closed Lost' ? { lostReason: 'price' } : {})
  }
  return deal.id
}

async function makeProspect(at: SalesWorld['at'], { created, converted, ...values }: Prospect): Promise<string> {
  const lead = await at(created).leads.create({ name: `Prospect ${++made}`, ...values })
  if (converted) await at(converted).leads.convert(lead.id, { contact: 'create', company: 'none', deal: 'none' })
  return lead.id
}

export const YEAR = { from: '2026-01-01', to: '2027-01-01' }

/**
 * Seven deals. Days in stages in brackets.
 *
 * | | owner | euro | history |
 * |---|---|---|---|
 * | 1 | Ada | 1,000 | 5 Jan Qualification (5), Proposal Sent (10), Negotiation (15), 4 Feb won: 30 days |
 * | 2 | Ada | 500 | 10 Jan Qualification (10), 20 Jan lost: 10 days |
 * | 3 | Bob | 2,000 | 15 Jan Qualification (10), Negotiation (40), 6 Mar won: 50 days |
 * | 4 | Bob | 300 | 1 Feb Qualification (10), Proposal Sent (4), 15 Feb back in Qualification; expected 31 Mar |
 * | 5 | Cleo | 4,000 | 10 Feb Negotiation; expected 10 Apr |
 * | 6 | Cleo | 700 | 20 Feb Proposal Sent (10), 2 Mar lost: 10 days |
 * | 7 | Ada | none | 1 Mar Qualification, no date expected |
 */
export async function sevenDeals({ sale }: SalesWorld): Promise<void> {
  const [q, p, n, won, lost] = ['Qualification', 'Proposal Sent', 'Negotiation', 'Closed Won', 'Closed Lost'] as const
  await sale({ owner: 'ada', euro: 1000, source: 'website', path: [[q, '2026-01-05'], [p, '2026-01-10'], [n, '2026-01-20'], [won, '2026-02-04']] }) // biome-ignore format: a table
  await sale({
    owner: 'ada',
    euro: 500,
    source: 'website',
    path: [
      [q, '2026-01-10'],
      [lost, '2026-01-20'],
    ],
  })
  await sale({
    owner: 'bob',
    euro: 2000,
    source: 'referral',
    path: [
      [q, '2026-01-15'],
      [n, '2026-01-25'],
      [won, '2026-03-06'],
    ],
  })
  await sale({
    owner: 'bob',
    euro: 300,
    path: [
      [q, '2026-02-01'],
      [p, '2026-02-11'],
      [q, '2026-02-15'],
    ],
    expectedCloseDate: '2026-03-31',
  })
  await sale({ owner: 'cleo', euro: 4000, path: [[n, '2026-02-10']], expectedCloseDate: '2026-04-10' })
  await sale({
    owner: 'cleo',
    euro: 700,
    path: [
      [p, '2026-02-20'],
      [lost, '2026-03-02'],
    ],
  })
  await sale({ owner: 'ada', path: [[q, '2026-03-01']] })
}
