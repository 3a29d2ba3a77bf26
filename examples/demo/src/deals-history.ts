import { dayOf, daysAfter } from './calendar'
import type { Rep } from './company'
import { STAGES } from './demo-crm'
import type { World } from './history'
import { type Basket, chooseBasket, estimate, priced, quote } from './price-list'
import { logTouches, planTask, writeNote } from './rep-work'

/** A deal on its way, and what decides how it goes. */
export interface DealStory {
  id: string
  rep: Rep
  basket: Basket
  currency: string
  employees: number
  /** How likely each next step is, against the average. */
  quality: number
  source: string
}

/** Median days in each stage, and how many deals go on from it. */
const STEPS = [
  { days: 9, goOn: 0.68 },
  { days: 13, goOn: 0.7 },
  { days: 10, goOn: 0.76 },
] as const

const LOSSES = [
  'Price',
  'Price',
  'Competitor',
  'No decision',
  'No decision',
  'No budget',
  'Timing',
  'Missing feature',
  'other',
]

/** Works on a deal that has just begun. */
export function followDeal(world: World, deal: DealStory) {
  workIn(world, deal, 0)
}

/** Some work, and then the decision. Large companies take longer. */
function workIn(world: World, deal: DealStory, stage: number) {
  const { chance } = world
  const step = STEPS[stage] as (typeof STEPS)[number]
  const days = chance.near(step.days * deal.rep.pace * (deal.employees > 400 ? 1.7 : 1), 0.5)
  for (let sessions = chance.yes(0.4) ? 2 : 1; sessions > 0; sessions--)
    world.later(days * chance.between(0.1, 0.8), () => work(world, deal))
  const goesOn = chance.yes(Math.min(0.95, step.goOn * deal.rep.skill ** 0.5 * deal.quality ** 0.4))
  world.later(days, () => (goesOn ? goOn(world, deal, stage) : lose(world, deal)))
}

async function work(world: World, { id, rep }: DealStory) {
  const { chance } = world
  await logTouches(world, rep.id, { deal: id }, chance.whole(1, 2))
  if (chance.yes(0.2)) await planTask(world, rep.id, { deal: id }, chance.pick(['call', 'meeting', 'follow-up']))
  if (chance.yes(0.15)) await writeNote(world, rep.id, id)
}

async function goOn(world: World, deal: DealStory, stage: number) {
  const { chance } = world
  const me = world.as(deal.rep.id)
  if (stage === STAGES.length - 1) return win(world, deal)
  if (stage === 1 && chance.yes(0.04)) {
    await me.deals.moveTo(deal.id, STAGES[0])
    return workIn(world, deal, 0)
  }
  await me.deals.moveTo(deal.id, STAGES[stage + 1] as string)
  if (stage === 0 && chance.yes(0.6))
    await me.deals.setLines(deal.id, quote(deal.basket, chance), priced(deal.currency))
  else if (chance.yes(0.35))
    await me.deals.update(deal.id, { expectedCloseDate: dayOf(daysAfter(world.now, chance.near(20, 0.4))) })
  workIn(world, deal, stage + 1)
}

async function lose(world: World, { id, rep }: DealStory) {
  const reason = world.chance.pick(LOSSES)
  await world.as(rep.id).deals.lose(id, { reason, note: reason === 'other' ? 'The project was stopped.' : null })
}

async function win(world: World, deal: DealStory) {
  const { chance, counts } = world
  const won = await world.as(deal.rep.id).deals.win(deal.id)
  counts.won++
  if (won.company !== null && chance.yes(0.35))
    world.later(chance.between(120, 360), () => buyAgain(world, deal, won.company as string))
}

/** A customer who is content comes back without having been a lead. */
async function buyAgain(world: World, { rep, currency, employees, source }: DealStory, company: string) {
  const { chance, counts } = world
  const me = world.as(rep.id)
  const basket = chooseBasket(chance, employees)
  const deal = await me.deals.create({
    title: `${basket.title}, extension`,
    amount: estimate(basket, currency),
    company,
    source,
    expectedCloseDate: dayOf(daysAfter(world.now, chance.near(35, 0.4))),
    tags: ['existing customer'],
  })
  counts.deals++
  followDeal(world, { id: deal.id, rep, basket, currency, employees, quality: 1.6, source })
}
