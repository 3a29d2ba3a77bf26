import { type Crm, type Deal, eur, type Lead, type ScopedClient } from '@rapport/core'
import { daysAfter, startOfDay } from './calendar'
import type { Company, Rep } from './company'
import type { DemoClock } from './demo-clock'
import { FORM_TOKEN } from './demo-crm'
import { asMoment, cash, percent } from './terminal/format'
import { heading, padEnd, type Screen, wrap } from './terminal/screen'
import { printTimeline } from './timeline-words'

export interface Walk {
  rep: Rep
  lead: Lead
  deal: Deal
}

const VISITOR = {
  firstName: 'Nadia',
  lastName: 'Keller',
  email: 'nadia.keller@alpenquell.example',
  phone: '+49 30 23125 777',
  company: 'Alpenquell Mineralwasser',
  title: 'Head of operations',
  message: 'We bottle at three sites and measure by hand. Can you show us the platform?',
  consent: { marketing: true },
}

/** One lead from the website form to a won deal, through the eyes of a sales rep, on a clock that is set by hand. */
export async function walkLead(crm: Crm, { reps }: Company, clock: DemoClock, screen: Screen): Promise<Walk> {
  const rep = reps.find(({ team }) => team === 'dach') as Rep
  heading(screen, 'One lead, from capture to won', `as ${rep.name}, sales rep`)
  const say = narrator(screen, clock)
  const system = crm.asSystem({ reason: 'territory: DACH' })
  const me = crm.as({ user: rep.id })

  await crm.capture({ token: FORM_TOKEN, input: VISITOR })
  say(
    'captured',
    `${VISITOR.firstName} ${VISITOR.lastName} of ${VISITOR.company} fills in the form on the website`,
    'crm.capture({ token, input })',
  )

  const [found] = (await system.leads.list({ where: { email: VISITOR.email, status: 'new' }, limit: 1 })).items
  const lead = await system.leads.assign((found as Lead).id, { user: rep.id })
  say('assigned', `the lead goes to ${rep.name}: her form says Berlin`, 'system.leads.assign(lead.id, { user })')

  await contact(me, lead, clock, say)
  const deal = await convert(me, lead, clock, say)
  const won = await sell(me, deal, clock, say)
  await printTimeline(me, won, screen)
  return { rep, lead, deal: won }
}

type Say = (title: string, words: string, code: string) => void
type Client = ScopedClient

function narrator({ print, paint, width }: Screen, clock: DemoClock): Say {
  let step = 0
  return (title, words, code) => {
    const margin = ' '.repeat(32)
    const [first = '', ...more] = wrap(words, width - margin.length)
    print(
      `  ${String(++step).padStart(2)}  ${paint.dim(asMoment(clock.now()))}  ${paint.green(padEnd(title, 10))}  ${first}`,
    )
    print(...more.map((line) => margin + line), margin + paint.dim(code))
  }
}

async function contact(me: Client, lead: Lead, clock: DemoClock, say: Say) {
  clock.forward({ hours: 2, minutes: 10 })
  await me.activities.create({
    kind: 'call',
    subject: 'First call',
    lead: lead.id,
    duration: 12,
    direction: 'out',
    outcome: 'reached',
  })
  await me.leads.update(lead.id, { status: 'contacted' })
  say(
    'contacted',
    'twelve minutes on the phone, two hours after the form',
    "me.activities.create({ kind: 'call', lead })",
  )

  clock.forward({ days: 1 })
  await me.tasks.create({
    title: 'Send the data sheet',
    kind: 'email',
    dueDate: clock.now().toISOString().slice(0, 10),
    lead: lead.id,
  })
  await me.leads.update(lead.id, { status: 'qualified', score: 85 })
  say(
    'qualified',
    'three sites, a budget, and a date: score 85; a task to send the data sheet',
    "me.leads.update(id, { status: 'qualified' })",
  )
}

async function convert(me: Client, lead: Lead, clock: DemoClock, say: Say): Promise<Deal> {
  clock.forward({ days: 2, hours: 3 })
  const made = await me.leads.convert(lead.id, {
    company: { create: { industry: 'Food & beverage', size: 240 } },
    deal: { create: { title: 'Alpenquell: three sites', amount: eur(25_000) } },
  })
  const deal = made.deal as Deal
  const parts = `contact ${made.contact?.name}, company ${made.company?.name}, deal "${deal.title}" at about ${cash(deal.amount)}`
  say('converted', parts, 'me.leads.convert(lead.id, { company, deal })')
  return deal
}

async function sell(me: Client, deal: Deal, clock: DemoClock, say: Say): Promise<Deal> {
  clock.forward({ days: 3 })
  await me.activities.create({ kind: 'meeting', subject: 'Demo at the spring', deal: deal.id, duration: 90 })
  const lines = [
    { product: 'Platform, one year', quantity: 1, taxPercent: 19 },
    { product: 'Sensor Kit Pro', quantity: 6, discountPercent: 10, taxPercent: 19 },
    { product: 'Installation, a day', quantity: 3, taxPercent: 19 },
  ]
  const quoted = await me.deals.setLines(deal.id, lines)
  say(
    'quoted',
    `three line items, 10 % off the sensors: ${cash(quoted.net)}, ${cash(quoted.gross)} with tax; the amount follows`,
    'me.deals.setLines(deal.id, lines)',
  )

  await me.deals.moveTo(deal.id, 'Proposal Sent')
  clock.forward({ days: 8, hours: 2 })
  const moved = await me.deals.moveTo(deal.id, 'Negotiation')
  await me.notes.add(
    { type: 'deals', id: deal.id },
    'Wants the installation **before the summer**. Legal reads the contract.',
  )
  say(
    'moved',
    `to Negotiation: ${percent(moved.probability / 100)} of ${cash(moved.amount)} is in the forecast; a note says why`,
    "me.deals.moveTo(deal.id, 'Negotiation')",
  )

  clock.forward({ days: 2, hours: 1 })
  const won = await me.deals.win(deal.id)
  say(
    'won',
    `${cash(won.amount)}, ${Math.round((Number(won.closedAt) - Number(won.createdAt)) / 86_400_000)} days after it began`,
    'me.deals.win(deal.id)',
  )
  return won
}

/** When the walk begins: on a Tuesday, early enough to end before today, and none of its days is at a weekend. */
export function startOfWalk(today: Date): Date {
  const tuesday = 17 + ((today.getUTCDay() - 2 - 17 + 28) % 7)
  return new Date(daysAfter(startOfDay(today), -tuesday).getTime() + FORM_TIME)
}

/** 8:12 in Berlin's winter. */
const FORM_TIME = (7 * 60 + 12) * 60_000
