import type { Lead } from '@rapport/core'
import { dayOf, daysAfter } from './calendar'
import type { Rep } from './company'
import { followDeal } from './deals-history'
import type { World } from './history'
import { type Firm, type Prospect, SOURCES, type Source } from './market'
import { chooseBasket, estimate } from './price-list'
import { logTouches, planTask } from './rep-work'

/** A lead on its way, and what is known of it outside the CRM. */
interface LeadStory {
  id: string
  rep: Rep
  prospect: Prospect
  source: Source
  /** How likely each next step is, against the average. */
  interest: number
}

const LOSSES = [
  'No budget',
  'No need',
  'No answer',
  'No answer',
  'Too small',
  'Competitor',
  'Bought elsewhere',
  'other',
]

/** Plans the arrival of all leads; what becomes of each is decided as time goes by. */
export function planLeads(world: World, moments: readonly Date[]) {
  for (const moment of moments) world.at(moment, () => arrive(world))
}

async function arrive(world: World) {
  const { chance, market, company, counts } = world
  const prospect = market.prospect()
  const source = chance.weighted(SOURCES)
  const rep = chance.weighted(company.reps.filter(({ team }) => team === prospect.firm.region.id))
  const byForm = source.name !== 'phone' && source.name !== 'event'
  const lead: Lead = await world.as(byForm ? null : rep.id).leads.create({
    owner: rep.id,
    firstName: prospect.firstName,
    lastName: prospect.lastName,
    email: prospect.email,
    phone: prospect.phone,
    company: prospect.firm.name,
    title: prospect.title,
    source: source.name,
    medium: source.medium,
    campaign: campaignOf(world, source),
    score: Math.min(100, Math.round(chance.near(35 * source.quality, 0.4))),
    consent: { marketing: chance.yes(0.6), at: world.now.toISOString() },
    ...(chance.yes(0.12) && { tags: [chance.pick(['priority', 'trial', 'callback'])] }),
  })
  counts.leads++
  const interest = source.quality * (prospect.firm.employees > 80 ? 1.15 : 0.9)
  const story = { id: lead.id, rep, prospect, source, interest }
  if (chance.yes(0.94)) world.later(chance.near(0.7, 0.8), () => firstTouch(world, story))
  else world.later(chance.near(35, 0.3), () => lose(world, story, 'No answer'))
}

function campaignOf({ chance, now }: World, { campaigns }: Source): string | undefined {
  if (!campaigns) return undefined
  return `${chance.pick(campaigns)}-${now.getUTCFullYear()}-q${Math.floor(now.getUTCMonth() / 3) + 1}`
}

async function firstTouch(world: World, story: LeadStory) {
  const { chance } = world
  const me = world.as(story.rep.id)
  await me.leads.update(story.id, { status: 'contacted' })
  await logTouches(world, story.rep.id, { lead: story.id }, chance.yes(0.3) ? 2 : 1)
  if (chance.yes(0.25)) await planTask(world, story.rep.id, { lead: story.id }, 'follow-up')
  if (chance.yes(Math.min(0.9, 0.5 * story.interest))) world.later(chance.near(4, 0.6), () => qualify(world, story))
  else world.later(chance.near(chance.yes(0.7) ? 7 : 45, 0.5), () => lose(world, story))
}

async function qualify(world: World, story: LeadStory) {
  const { chance } = world
  await world.as(story.rep.id).leads.update(story.id, { status: 'qualified', score: chance.whole(55, 98) })
  if (chance.yes(0.3)) await logTouches(world, story.rep.id, { lead: story.id }, 1)
  if (chance.yes(Math.min(0.92, 0.68 * story.rep.skill))) world.later(chance.near(4, 0.5), () => convert(world, story))
  else world.later(chance.near(20, 0.5), () => lose(world, story))
}

async function lose(world: World, { id, rep }: LeadStory, reason?: string) {
  const lostReason = reason ?? world.chance.pick(LOSSES)
  const lostNote = lostReason === 'other' ? 'Asked for a product we do not make.' : undefined
  await world.as(rep.id).leads.update(id, { status: 'lost', lostReason, lostNote })
}

/** A contact, a company unless it is there already, and mostly a deal. */
async function convert(world: World, { id, rep, prospect, source, interest }: LeadStory) {
  const { chance, counts } = world
  const basket = chooseBasket(chance, prospect.firm.employees)
  const currency = chance.yes(0.1) ? 'USD' : 'EUR'
  const withDeal = chance.yes(0.92)
  const expectedCloseDate = dayOf(daysAfter(world.now, chance.near(50, 0.4)))
  const deal = {
    title: `${basket.title} for ${prospect.firm.name}`,
    amount: estimate(basket, currency),
    expectedCloseDate,
  }
  const made = await world.as(rep.id).leads.convert(id, {
    company: { create: detailsOf(prospect.firm) },
    deal: withDeal ? { create: deal } : 'none',
    onDuplicate: 'link',
  })
  // An open deal of the same name with the same company is the same deal: somebody follows it already.
  if (!made.deal || made.deal.lead !== id) return
  counts.deals++
  const { employees } = prospect.firm
  followDeal(world, {
    id: made.deal.id,
    rep,
    basket,
    currency,
    employees,
    quality: (interest + 1) / 2,
    source: source.name,
  })
}

const detailsOf = ({ domain, industry, employees, city, region }: Firm) => ({
  domain,
  industry,
  size: employees,
  website: `https://${domain}`,
  address: { city, country: region.country },
})
