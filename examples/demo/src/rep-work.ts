import type { NewActivity, NewTask } from '@rapport/core'
import { dayOf, daysAfter } from './calendar'
import type { World } from './history'

/** What it is about: one of these. */
type About = Pick<NewActivity, 'lead' | 'deal'>

const OUTCOMES = ['reached', 'reached', 'voicemail', 'no answer', 'call back']
const SUBJECTS = {
  call: ['First call', 'Follow-up call', 'Question about the offer', 'Call about dates'],
  meeting: ['Demo', 'Visit on site', 'Workshop', 'Negotiation'],
  email: ['Data sheet', 'Offer', 'Minutes of the meeting', 'Answer to questions'],
} as const

const NOTES = [
  'Measures by hand today, **twice a day**. Wants alarms by text message.',
  'Compares us with two others; decides after the board meeting.',
  'Needs the certificate for drinking water before signing.',
  'IT asks for single sign-on. Sent the security paper.',
  'Good talk. The *plant manager* is on our side, procurement is not yet.',
]

/** Calls, meetings and emails of the last hours, logged in one go. */
export async function logTouches(world: World, rep: string, about: About, number: number) {
  const { chance, now } = world
  const activities = Array.from({ length: number }, (_, index): NewActivity => {
    const kind = about.lead
      ? chance.pick(['call', 'call', 'email'] as const)
      : chance.pick(['call', 'meeting', 'email'] as const)
    return {
      ...about,
      owner: rep,
      kind,
      subject: chance.pick(SUBJECTS[kind]),
      occurredAt: new Date(now.getTime() - index * 3_600_000),
      direction: chance.yes(0.75) ? 'out' : 'in',
      ...(kind === 'call' && { outcome: chance.pick(OUTCOMES), duration: chance.whole(1, 25) }),
      ...(kind === 'meeting' && { duration: chance.pick([30, 45, 60, 90]) }),
    }
  })
  if (activities.length === 1) await world.as(rep).activities.create(activities[0] as NewActivity)
  else await world.as(rep).activities.createMany(activities)
}

/** Something to do within some days. Mostly it is done, about in time. */
export async function planTask(world: World, rep: string, about: About, kind: NewTask['kind']) {
  const { chance, now } = world
  const days = chance.whole(2, 10)
  const title =
    { call: 'Call back', meeting: 'Prepare the meeting', 'follow-up': 'Follow up' }[kind as string] ?? 'To do'
  const due = dayOf(daysAfter(now, days))
  const priority = chance.pick(['low', 'normal', 'normal', 'high'] as const)
  const task = await world.as(rep).tasks.create({ ...about, owner: rep, kind, title, dueDate: due, priority })
  if (chance.yes(0.97)) world.later(chance.near(days, 0.3), () => world.as(rep).tasks.complete(task.id))
}

export const writeNote = (world: World, rep: string, deal: string) =>
  world.as(rep).notes.add({ type: 'deals', id: deal }, world.chance.pick(NOTES))
