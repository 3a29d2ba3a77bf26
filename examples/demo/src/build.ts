import type { Crm } from '@rapport/core'
import { leadMoments } from './calendar'
import { type Company, foundCompany } from './company'
import { createWorld } from './history'
import { planLeads } from './leads-history'
import { createMarket } from './market'
import { seedEverything } from './people'

export interface BuildOptions {
  leads: number
  seed: number
  /** The moment up to which the company has lived. */
  today: Date
  /** Stops between two steps; what was written by then stays. */
  signal?: AbortSignal | undefined
  onProgress?: ((state: { leads: number; deals: number; won: number; at: Date }) => void) | undefined
}

export interface Built {
  company: Company
  leads: number
  deals: number
  won: number
  /** How far it got: `today`, unless it was stopped. */
  at: Date
}

/** Two years in the life of an invented company, written through the public API in the order in which it happened. */
export async function buildCompany(crm: Crm, { leads, seed, today, signal, onProgress }: BuildOptions): Promise<Built> {
  const chance = seedEverything(seed)
  const company = await foundCompany(crm, chance, today, leads)
  const { world, live } = createWorld(crm, { chance, company, market: createMarket(chance) })
  planLeads(world, leadMoments(chance, leads, today))
  await live({ until: today, signal, onStep: ({ counts, now }) => onProgress?.({ ...counts, at: now }) })
  return { company, ...world.counts, at: signal?.aborted ? world.now : today }
}
